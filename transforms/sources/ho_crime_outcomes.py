"""Parser of the Home Office crime outcomes open data: one workbook for each financial year; two counts in a row, of offences recorded in the quarter and of investigations closed in it.

The layout is written from documentation and not yet proven on a published file; see ``transforms.sources.open_data``.
"""

from transforms.sources.open_data import edition_in
from transforms.sources.open_data import parse_open_data as parse

__all__ = ["edition_in", "parse"]
