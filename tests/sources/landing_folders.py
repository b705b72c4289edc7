"""Landing folders as a person fills them, for the tests of what becomes of their files."""

import io
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from transforms.harmonise import harmonise, load_registers
from transforms.sources.landing import survey, with_landing
from transforms.sources.published import read_cells
from transforms.sources.recognise import LandingFile
from transforms.sources.registry import Source, load_sources

from .workbooks import DATA, FIXTURES, LANDING, Sheets, read_sheets, workbook_bytes

ONS, NRM, ARCHIVE = "ons_pfa_tables", "ho_nrm_police_first_responder", "police_uk_archive"
QUARTER = next((FIXTURES / NRM).glob("*q2*"))
with_originals = pytest.mark.skipif(not LANDING.is_dir(), reason="no landing folder with original files here")


@pytest.fixture(scope="module")
def register() -> dict[str, Source]:
    return load_sources(DATA)


def found(folder: Path, register: Mapping[str, Source]) -> dict[str, LandingFile]:
    return {file.path: file for file in survey(folder, register, DATA)}


def put(folder: Path, name: str, content: bytes) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)


def retitled(sheets: Sheets, before: str, after: str) -> Sheets:
    return {name: [[text.replace(before, after) for text in row] for row in rows] for name, rows in sheets.items()}


def pfa_workbook(before: str = "", after: str = "", edition_id: str = "ye-mar-2019") -> bytes:
    return workbook_bytes(retitled(read_sheets(FIXTURES / ONS / edition_id), before, after))


def zipped(**members: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, member in members.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), member)
    return content.getvalue()


def observed(folder: Path, register: Mapping[str, Source], files: Iterable[LandingFile]) -> pl.DataFrame:
    """The observations of a landing folder of small synthetic archives, each of whose cells must be understood: so small a month is usual there."""
    source = with_landing(register, files)[ARCHIVE]
    held = replace(source, editions=tuple(each for each in source.editions if (folder / each.file).is_file()))
    usual = pl.read_csv(FIXTURES / "incident_supply.csv", infer_schema=False)
    registers = replace(load_registers(DATA), incident_supply=usual)
    result = harmonise(read_cells(held, DATA, folder), {ARCHIVE: held}, registers, settled=())
    assert result.unmatched.is_empty()
    return result.observations
