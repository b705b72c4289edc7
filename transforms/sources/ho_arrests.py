"""Parser of the Home Office open data on arrests: arrests by force, financial year, offence group, ethnic group, age group and sex.

Its columns and labels are in ``data/layouts/ho_arrests_columns.csv`` and ``ho_arrests_labels.csv``. Offence groups were redrawn in
2015/16; two forces moved a year before the others, so both labels of drug offences are kept.
"""

from datetime import date
from pathlib import Path

from transforms.sources.counts_by_force import edition_of_series, parse_counts
from transforms.sources.grid import Parsed
from transforms.sources.registry import Edition, Source


def parse(content: bytes, edition: Edition, data: Path) -> Parsed:
    """Cells of arrests for drug offences, one row for each ethnic group, age group and sex: no row is a total.

    period_text is the financial year ('2017/18'); 'NA' is kept as printed. Raises as ``counts_by_force.parse_counts``.
    """
    return parse_counts(content, edition, data)


def edition_in(content: bytes, source: Source, file: str, data: Path) -> Edition | str | None:
    """The edition of a table by the last period that it prints, as ``counts_by_force.edition_of_series``."""
    return edition_of_series(content, source, file, data, _named)


def _named(end: date) -> tuple[str, str]:
    return f"{end.year - 1}-{end:%y}", f"Financial year {end.year - 1}/{end:%y}"
