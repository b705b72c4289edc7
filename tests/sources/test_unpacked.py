"""Small files that would become enormous are refused before they do."""

import gzip
import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from transforms.errors import LayoutError
from transforms.sources import unpacked
from transforms.sources.grid import csv_grid, workbook_grids
from transforms.sources.landing import survey
from transforms.sources.published import parse_edition
from transforms.sources.recognise import NOT_RECOGNISED
from transforms.sources.registry import Edition, load_sources
from transforms.sources.sheets import sheet_batches

from .open_documents import document_bytes
from .workbooks import DATA, workbook_bytes

EDITION = Edition("synthetic", "one", "Synthetic", "synthetic.xlsx", "original", "2026-07")
TWO_CELLS = {"S": [["a", ""], ["", "b"]]}
Change = Callable[[bytes], bytes]


def changed(content: bytes, part: str, change: Change) -> bytes:
    """The workbook with one of its parts changed."""
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            after.writestr(name, change(before.read(name)) if name == part else before.read(name))
    return result.getvalue()


def with_sheet(change: Change) -> bytes:
    return changed(workbook_bytes(TWO_CELLS), "xl/worksheets/sheet1.xml", change)


def far_corner(sheet: bytes) -> bytes:
    return sheet.replace(b'<row r="2"', b'<row r="1048576"').replace(b'r="B2"', b'r="XFD1048576"')


def unlabelled(sheet: bytes) -> bytes:
    """The same corner reached without saying so: rows far apart, and a row of cells that do not name their column."""
    cells = b"<c><v>1</v></c>" * 16384
    sheet = sheet.replace(b"<sheetData>", b'<sheetData><row r="1">' + cells + b"</row>")
    return sheet.replace(b'<row r="2"', b'<row r="1048576"').replace(b'<c r="B2"', b"<c")


def in_entities(sheet: bytes) -> bytes:
    return far_corner(sheet).replace(b"XFD1048576", b"&#88;FD1048576")


def long_here_and_wide_there(sheet: bytes) -> bytes:
    """One cell far down and one far to the right, neither of which is out of the ordinary by itself."""
    return (
        sheet.replace(b'<row r="2"', b'<row r="1048576"')
        .replace(b'r="B2"', b'r="B1048576"')
        .replace(b'r="A1"', b'r="ZZ1"')
    )


@pytest.mark.parametrize("change", [far_corner, unlabelled, in_entities, long_here_and_wide_there])
def test_two_cells_at_the_corners_of_a_sheet_are_refused(change: Change) -> None:
    with pytest.raises(LayoutError, match=r"synthetic one: the file synthetic.xlsx cannot be read.*reaches to row"):
        workbook_grids(with_sheet(change), EDITION)
    with pytest.raises(LayoutError, match="reaches to row"):
        list(sheet_batches(with_sheet(change), EDITION, "S"))


@pytest.mark.full
def test_an_ordinary_wide_or_long_sheet_is_read() -> None:
    wide = {"S": [["a"] * 700, ["b"] * 700]}
    assert workbook_grids(workbook_bytes(wide), EDITION)["S"].shape == (2, 701)
    assert workbook_grids(workbook_bytes({"S": [["a"]] * 20_000}), EDITION)["S"].height == 20_000


def test_a_sheet_of_more_columns_than_have_letters_here_is_refused() -> None:
    with pytest.raises(LayoutError, match="703 columns"):
        workbook_grids(workbook_bytes({"S": [["a"] * 703]}), EDITION)
    with pytest.raises(LayoutError, match="703 columns"):
        csv_grid(b",".join([b"a"] * 703), EDITION)


@pytest.mark.full
@pytest.mark.parametrize(
    "body",
    [
        '<table:table-row><table:table-cell table:number-columns-repeated="9999999" office:value-type="string"><text:p>a</text:p></table:table-cell></table:table-row>' * 4,
        '<table:table-row table:number-rows-repeated="1048576"><table:table-cell table:number-columns-repeated="16384" office:value-type="string"><text:p>a</text:p></table:table-cell></table:table-row>',
        '<table:table-row><table:table-cell table:number-columns-repeated="2147483647" office:value-type="string"><text:p>a</text:p></table:table-cell></table:table-row>',
        '<table:table-row><table:table-cell office:value-type="float" office:value="many"/></table:table-row>',
    ],
    ids=["columns", "rows", "digits", "number"],
)  # fmt: skip
def test_repeated_cells_of_an_open_document_are_counted_before_they_are_made(body: str) -> None:
    content = document_bytes(f'<table:table table:name="S">{body}</table:table>')
    with pytest.raises(LayoutError, match="cannot be read"):
        list(sheet_batches(content, EDITION, "S"))


def test_entities_that_multiply_are_refused() -> None:
    """The XML library stops them itself; this holds it to that."""
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    bomb = f'<!DOCTYPE x [<!ENTITY e0 "aaaaaaaaaa">{levels}]>'

    def with_entities(document: bytes) -> bytes:
        return re.sub(rb"(<\?xml[^>]*\?>)", rb"\1" + bomb.encode(), document).replace(b"<text:p>", b"<text:p>&e11;", 1)

    row = '<table:table-row><table:table-cell office:value-type="string"><text:p>a</text:p></table:table-cell></table:table-row>'
    content = changed(document_bytes(f'<table:table table:name="S">{row}</table:table>'), "content.xml", with_entities)
    with pytest.raises(LayoutError, match="amplification"):
        list(sheet_batches(content, EDITION, "S"))


def test_what_unpacks_to_more_than_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacked, "MOST_BYTES", 1 << 16)
    with pytest.raises(LayoutError, match="larger than 65,536 bytes"):
        csv_grid(gzip.compress(b"a,b\n" * 20_000), EDITION)
    assert csv_grid(gzip.compress(b"a,b\n" * 100), EDITION).height == 100
    with pytest.raises(LayoutError, match="larger than 65,536 bytes"):
        workbook_grids(with_sheet(lambda sheet: sheet + b" " * (1 << 16)), EDITION)


def test_a_directory_that_understates_a_part_is_refused_by_its_checksum() -> None:
    content = with_sheet(lambda sheet: sheet + b" " * 100_000)
    entry = next(
        found.start()
        for found in re.finditer(rb"PK\x01\x02", content)
        if b"sheet1.xml" in content[found.start() : found.start() + 80]
    )
    untrue = content[: entry + 24] + (200).to_bytes(4, "little") + content[entry + 28 :]
    with pytest.raises(LayoutError, match="cannot be read"):
        workbook_grids(untrue, EDITION)


@pytest.mark.parametrize("start", [b"\x28\xb5\x2f\xfd", b"\x78\x9c"])
def test_other_packings_are_refused(start: bytes) -> None:
    with pytest.raises(LayoutError, match="packed in another way than gzip"):
        csv_grid(start + b"rest", EDITION)


@pytest.mark.full
@pytest.mark.parametrize(
    "content",
    [b"[" * 100_000, b'{"features":' * 100_000, b"{}", b"[]", b'{"features": [{"properties": 5}]}', b'{"features": [1]}', b'{"features": {}}'],
    ids=["lists", "objects", "empty", "list", "number", "feature", "mapping"],
)  # fmt: skip
def test_json_that_is_no_collection_of_features_is_refused(content: bytes, tmp_path: Path) -> None:
    sources = load_sources(DATA)
    boundaries = next(each for each in sources["ons_geography"].editions if each.file.endswith(".geojson"))
    with pytest.raises(LayoutError):
        parse_edition(sources["ons_geography"], boundaries, content, DATA)
    (tmp_path / "boundaries.geojson").write_bytes(content)
    (file,) = survey(tmp_path, sources, DATA)
    assert file.outcome == NOT_RECOGNISED


def test_a_workbook_of_empty_sheets_is_refused_by_its_layout() -> None:
    source = load_sources(DATA)["ons_pfa_tables"]
    edition = next(each for each in source.editions if each.id == "ye-dec-2019")
    content = workbook_bytes({name: [] for name in ("Notes", "Table P1", "Table P3", "Table P4")})
    with pytest.raises(LayoutError, match="table 'Table P1', cell A1"):
        parse_edition(source, edition, content, DATA)


@pytest.mark.parametrize(
    ("source_id", "content", "message"),
    [
        ("mysociety_local_authorities", b"a,b\n1,2\n", "the column is not there"),
        ("police_uk_archive", b"PK\x05\x06" + b"\x00" * 18, "holds no file of records"),
    ],
)
def test_what_fuzzing_found_stays_refused(source_id: str, content: bytes, message: str) -> None:
    source = load_sources(DATA)[source_id]
    with pytest.raises(LayoutError, match=message):
        parse_edition(source, source.editions[0], content, DATA)


def elsewhere(content: bytes) -> bytes:
    """The workbook with its sheet under a name of its own, to which its relations lead."""
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            text = before.read(name).replace(b"worksheets/sheet1.xml", b"tables/first.part")
            after.writestr(name.replace("worksheets/sheet1.xml", "tables/first.part"), text)
    return result.getvalue()


def in_utf_16(content: bytes) -> bytes:
    return changed(
        content, "xl/worksheets/sheet1.xml", lambda sheet: sheet.decode().replace("UTF-8", "UTF-16").encode("utf-16")
    )


@pytest.mark.parametrize("hide", [bytes, elsewhere, in_utf_16])
def test_a_sheet_is_measured_whatever_its_part_is_called_and_however_it_is_encoded(
    hide: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = hide(with_sheet(lambda sheet: sheet.replace(b'r="B2"', b'r="AAA2"')))
    unpacked.refuse_oversized(content)
    monkeypatch.setattr(unpacked, "MOST_CELLS", 1405)
    with pytest.raises(unpacked.UnreadableError, match="row 2 and column 703"):
        unpacked.refuse_oversized(content)


@pytest.mark.parametrize("separator", [",", "\t"])
def test_a_csv_file_of_too_many_cells_is_refused_before_it_is_read(
    separator: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = "\n".join([separator.join("abc")] * 4).encode()
    assert csv_grid(content, EDITION).height == 4
    monkeypatch.setattr(unpacked, "MOST_CSV_CELLS", 11)
    assert csv_grid(content, EDITION).height == 4
    monkeypatch.setattr(unpacked, "MOST_CSV_CELLS", 10)
    with pytest.raises(LayoutError, match="more than 10 cells"):
        csv_grid(content, EDITION)
