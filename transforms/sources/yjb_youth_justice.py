"""Parser of the local level open data of the youth justice statistics (ODS), a workbook for each table, by youth justice service and year.

One table counts the cautions and sentences of children by type, the other the children themselves by age, ethnicity and sex. Known are the
sheet's name and the labels of the columns, ``data/layouts/yjb_youth_justice_columns.csv``, not their order. Written from documentation,
not yet proven on a file.
"""

from datetime import date
from pathlib import Path
from typing import Final

from transforms.sources.calendar import expected_vintage
from transforms.sources.grid import Parsed, filled_cells
from transforms.sources.labelled import column_set_of, labelled_cells, sheet_grid
from transforms.sources.registry import Edition, Source
from transforms.sources.sheets import holds_words

SHEET: Final = "Data"

_TITLES = {"outcomes": "Cautions and sentences of children", "children": "Children cautioned or sentenced"}


def parse(content: bytes, edition: Edition, data: Path) -> Parsed:
    """One cell for each row: a number of cautions and sentences, or of children, of a youth justice service in a financial year, '2024-25'.

    area_text is the youth justice service; breakdown_text begins with the police and crime commissioner's area and the region. The column
    that names England or Wales is left out: it is known to say 'London' in places. Raises LayoutError as ``labelled_cells``.
    """
    return labelled_cells(content, edition, data, SHEET)


def edition_in(content: bytes, source: Source, file: str, data: Path) -> Edition | str | None:
    """The edition of a workbook with one of the tables, named after table and last year; None for any other file, and why not without a year."""
    if not content.startswith(b"PK") or not holds_words(content, "Financial_Year", "YJS"):
        return None
    table = column_set_of(content, source, file, data, SHEET)
    if table is None:
        return None
    texts = filled_cells(sheet_grid(content, Edition(source.id, "unknown", "", file, "original", ""), SHEET))["text"]
    last = texts.filter(texts.str.contains(r"^20\d\d-\d\d$")).max()
    if not isinstance(last, str):
        return f"it is a table of {source.id}, but no row of it has a financial year, such as 2024-25; fetch it again"
    edition_id = f"{table}-to-{last}"
    end = date(int(last[:4]) + 1, 3, 31)
    known = next((each for each in source.editions if each.id == edition_id), None)
    return known or Edition(
        source_id=source.id,
        id=edition_id,
        title=f"{_TITLES[table]}, to the year ending March {end.year}",
        file=file,
        file_kind="original",
        vintage=expected_vintage(source, end, 3),
        published=False,
    )
