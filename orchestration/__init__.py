"""Dagster and the command line: which table is made from which, when, and where it is kept.

Nothing here knows what a police force is: an asset is a single call into ``transforms`` or ``reports``.
"""
