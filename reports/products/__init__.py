"""Which blocks a report has, in which order: national, regional, force, and the pages around them.

No sentence is made here (``reports.wording``), nothing is drawn (``reports.figures``) or computed (``transforms.indicators``).
"""
