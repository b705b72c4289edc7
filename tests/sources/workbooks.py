"""Fixture workbooks: one CSV for each sheet, built into XLSX bytes."""

import csv
import io
import re
import zipfile
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from transforms.sources.registry import Edition

FIXTURES = Path(__file__).parents[1] / "fixtures"
DATA = Path(__file__).parents[2] / "data"
LANDING = Path(__file__).parents[3] / "shared" / "landing"
LANDING_2026 = LANDING.parent / "landing-2026-12"

Sheets = dict[str, list[list[str]]]


def original(edition: Edition) -> Path:
    """The publisher's file of an edition in whichever landing folder has it; skips the test where none has."""
    for folder in (LANDING, LANDING_2026):
        if (folder / edition.file).is_file():
            return folder / edition.file
    pytest.skip(f"no landing folder has {edition.file}")


def read_rows(path: Path) -> list[list[str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


def read_sheets(folder: Path) -> Sheets:
    """The sheets of a fixture workbook in their order: name -> rows of text."""
    return {name: read_rows(folder / file) for name, file in read_rows(folder / "index.csv")[1:]}


def workbook_bytes(sheets: Sheets) -> bytes:
    """The sheets as an XLSX workbook; text that is a number becomes a number, as in the originals."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as workbook:
        for name, rows in sheets.items():
            sheet = workbook.add_worksheet(name)
            for row, values in enumerate(rows):
                for column, text in enumerate(values):
                    if re.fullmatch(r"-?\d+(\.\d+)?(e-\d+)?", text):
                        sheet.write_number(row, column, float(text))
                    elif text:
                        sheet.write_string(row, column, text)
    return content.getvalue()


def csv_bytes(rows: list[list[str]]) -> bytes:
    content = io.StringIO(newline="")
    csv.writer(content, lineterminator="\r\n").writerows(rows)
    return content.getvalue().encode()


def row_of(rows: list[list[str]], text: str, column: int = 1) -> int:
    """The index of the first row whose cell in ``column`` is ``text``."""
    return next(index for index, row in enumerate(rows) if len(row) > column and row[column] == text)


def one(cells: pl.DataFrame, **texts: str) -> dict[str, str | None]:
    """The one cell whose texts are these."""
    return cells.row(by_predicate=pl.all_horizontal(pl.col(name) == text for name, text in texts.items()), named=True)


def with_error(workbook: bytes, cell: str) -> bytes:
    """The workbook with an error in one cell of its last sheet, as spreadsheet programs store it."""
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as before, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as after:
        last = max(name for name in before.namelist() if name.startswith("xl/worksheets/sheet"))
        for name in before.namelist():
            content = before.read(name)
            if name == last:
                pattern = rb'<c r="' + cell.encode() + rb'"[^>]*>.*?</c>'
                content, found = re.subn(pattern, b'<c r="' + cell.encode() + b'" t="e"><v>#REF!</v></c>', content)
                assert found == 1
            after.writestr(name, content)
    return changed.getvalue()
