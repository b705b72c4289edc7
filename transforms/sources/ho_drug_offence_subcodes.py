"""Parser of the Home Office drug offence subcodes: outcomes of drug trafficking by subcode, police force and quarter.

The layout is written from documentation and not yet proven on a published file; see ``transforms.sources.open_data``.
"""

from transforms.sources.open_data import edition_in
from transforms.sources.open_data import parse_open_data as parse

__all__ = ["edition_in", "parse"]
