"""Parser of the Home Office police recorded crime, police force area open data: one sheet for each financial year, one row for each quarter, force and offence.

The layout is written from documentation and not yet proven on a published file; see ``transforms.sources.open_data``.
"""

from transforms.sources.open_data import edition_in
from transforms.sources.open_data import parse_open_data as parse

__all__ = ["edition_in", "parse"]
