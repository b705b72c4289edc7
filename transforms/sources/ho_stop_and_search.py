"""Parser of the Home Office open data on stop and search: searches by force, year, legislation, reason and self-defined ethnicity.

Its columns and labels are in ``data/layouts/ho_stop_and_search_columns.csv`` and ``ho_stop_and_search_labels.csv``.
"""

from datetime import date
from pathlib import Path

from transforms.sources.counts_by_force import edition_of_series, parse_counts
from transforms.sources.grid import Parsed
from transforms.sources.registry import Edition, Source


def parse(content: bytes, edition: Edition, data: Path) -> Parsed:
    """Cells of searches for drugs and of the arrests that followed, one row for each legislation and ethnicity: no row is a total.

    period_text is the last day of the year; 'NA' is kept as printed, and so is 'Vehicle only' among the ethnicities.
    Raises as ``counts_by_force.parse_counts``.
    """
    return parse_counts(content, edition, data)


def edition_in(content: bytes, source: Source, file: str, data: Path) -> Edition | str | None:
    """The edition of a table by the last period that it prints, as ``counts_by_force.edition_of_series``."""
    return edition_of_series(content, source, file, data, _named)


def _named(end: date) -> tuple[str, str]:
    return f"ye-{end:%b-%Y}".lower(), f"Year ending {end:%B %Y}"
