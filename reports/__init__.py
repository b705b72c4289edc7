"""Frames in, documents out: products choose blocks, ``wording`` makes sentences, ``figures`` draws, ``render`` writes HTML and PDF.

Imports ``transforms``' public tables and never Dagster. No formula belongs here: a number that a report prints is a row of
``out/indicators``.
"""
