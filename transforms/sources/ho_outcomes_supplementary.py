"""Parser of the Home Office's supplementary metrics of crime outcomes: shares of offences with an outcome, by police force and period (XLSX).

Known are the sheet's name and the labels of its columns, ``data/layouts/ho_outcomes_supplementary_columns.csv``, without their case and
punctuation; not their order, and not whether there are more. Written from documentation, not yet proven on a file.
"""

from pathlib import Path
from typing import Final

from transforms.sources.grid import Parsed
from transforms.sources.labelled import column_set_of, labelled_cells
from transforms.sources.open_data import edition_named
from transforms.sources.registry import Edition, Source
from transforms.sources.sheets import holds_words

SHEET: Final = "Outcomes"


def parse(content: bytes, edition: Edition, data: Path) -> Parsed:
    """One cell for each row: the share, as stored, of an area's offences that a metric names, in a quarter or in the year that ends with it.

    measure_text is the metric's full name with the header of the share, breakdown_text the kind of area and the offences, period_text
    year, quarter and length of the period: '2024 | Q4 | Rolling annual'. Raises LayoutError as ``labelled_cells``.
    """
    return labelled_cells(content, edition, data, SHEET)


def edition_in(content: bytes, source: Source, file: str, data: Path) -> Edition | str | None:
    """The edition of a workbook with this table, named after its file; the reason without a day in the name; None for any other file."""
    if not content.startswith(b"PK") or not holds_words(content, "granularity", "metric"):
        return None
    return edition_named(source, file) if column_set_of(content, source, file, data, SHEET) else None
