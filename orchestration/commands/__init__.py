"""The commands of `countylines`: what a person types and reads, one module for each or for a few that go together.

A command reads its options, calls one function of the house, and prints. What takes long to import is imported by the command that needs
it. The rules of policing data belong in ``transforms``, sentences in ``reports.wording``.
"""
