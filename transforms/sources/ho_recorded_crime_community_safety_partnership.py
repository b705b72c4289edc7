"""Parser of the Home Office police recorded crime by community safety partnership: the open data layout, with the partnership beside the force.

The layout is written from documentation and not yet proven on a published file; see ``transforms.sources.open_data``.
"""

from transforms.sources.open_data import edition_in
from transforms.sources.open_data import parse_open_data as parse

__all__ = ["edition_in", "parse"]
