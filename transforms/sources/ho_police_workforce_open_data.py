"""Parser of the Home Office open data on the police workforce: people by force, year, sex and rank, as headcount and full-time equivalents.

Its columns and labels are in ``data/layouts/ho_police_workforce_open_data_columns.csv`` and ``ho_police_workforce_open_data_labels.csv``.
"""

from datetime import date
from pathlib import Path

from transforms.sources.counts_by_force import edition_of_series, parse_counts
from transforms.sources.grid import Parsed
from transforms.sources.registry import Edition, Source


def parse(content: bytes, edition: Edition, data: Path) -> Parsed:
    """Cells of police officers, one row for each sex and rank: no row is a total.

    period_text is the date as stored: '2022-03-01' stands for 31 March 2022. Raises as ``counts_by_force.parse_counts``.
    """
    return parse_counts(content, edition, data)


def edition_in(content: bytes, source: Source, file: str, data: Path) -> Edition | str | None:
    """The edition of a table by the last period that it prints, as ``counts_by_force.edition_of_series``."""
    return edition_of_series(content, source, file, data, _named)


def _named(end: date) -> tuple[str, str]:
    return f"{end:%Y-%m}", f"{end.day} {end:%B %Y}"
