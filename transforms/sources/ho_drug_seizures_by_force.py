"""Parser of the Home Office tables of drug seizures by police force: one row for each force, one column for each drug and class.

Labels of the columns behind Barbiturates stand over other figures in two years: the layout reads no column behind Total Class A.
"""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Final

from transforms.sources.calendar import expected_vintage
from transforms.sources.grid import Parsed, csv_grid
from transforms.sources.registry import Edition, Source
from transforms.sources.tidy import tidy_cells

_YEAR_ENDING: Final = re.compile(r"ye-mar-(20\d\d)(?!\d)")
_FINANCIAL_YEAR: Final = re.compile(r"(?<!\d)(?:20)?(\d\d)-(\d\d)(?!\d)")
_CENTURY: Final = 2000


def parse(content: bytes, edition: Edition, data: Path) -> Parsed:
    """Cells of the columns of all drugs and of Class A, of every force and body; a blank is kept as one.

    The table does not print its year: that is its edition's. Raises LayoutError as ``tidy_cells``.
    """
    return tidy_cells(csv_grid(content, edition), edition, data)


def edition_in(content: bytes, source: Source, file: str, data: Path) -> Edition | None:
    """The financial year of a table, which its bytes do not say: by the folder ('ye-mar-2013') or the file's name ('Seizures12-13'); None otherwise."""
    year = _year_ending(file)
    if year is None:
        return None
    edition_id = f"ye-mar-{year}"
    known = next((each for each in source.editions if each.id == edition_id), None)
    return known or replace(_of_year(source, edition_id, year, file), file_kind="re-save")


def _year_ending(file: str) -> int | None:
    if found := _YEAR_ENDING.search(file):
        return int(found[1])
    found = _FINANCIAL_YEAR.search(file.rpartition("/")[2])
    if found is None or int(found[2]) != (int(found[1]) + 1) % 100:
        return None
    return _CENTURY + int(found[2])


def _of_year(source: Source, edition_id: str, year: int, file: str) -> Edition:
    end = date(year, 3, 31)
    return Edition(
        source_id=source.id,
        id=edition_id,
        title=f"Year ending March {year}",
        file=file,
        file_kind="original",
        vintage=expected_vintage(source, end, 2),
        period_start=date(year - 1, 4, 1),
        period_end=end,
        published=False,
    )
