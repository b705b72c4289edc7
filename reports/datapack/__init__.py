"""The data behind the reports, for people who bring their own tools: a workbook for each report, and one pack of tables for all.

Here belongs the choice of sheets and files, how they are written, and the metadata that describes them. No number is computed here,
and a sentence that a report prints stays in ``reports.wording``.
"""
