"""Measures readers of large workbooks on synthetic files in the shape of the outcomes open data; docs/readers.md keeps the results.

``python benchmarks/readers.py FOLDER`` makes the files below FOLDER, reads each with every reader in a process of its own, and
prints a table: seconds, and the peak memory of the process (imports and the file itself included).
"""

import json
import random
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from xml.sax.saxutils import escape

ROOT = Path(__file__).parents[1]
SEED = 20260331
SHEET = "2025_26"
HEADER = (
    "Financial Year",
    "Financial Quarter",
    "Force Name",
    "Offence Code",
    "Offence Description",
    "Offence Group",
    "Offence Subgroup",
    "Offence code expired",
    "Outcome Type",
    "Outcome Description",
    "Outcome Group",
    "Outcomes for offences that were recorded in the quarter",
    "Outcomes for investigations closed in the quarter",
)
# Codes that a reader must keep as text, '4.1' apart from '4.10'.
CODES = ("92A", "4.1", "4.10", "106", "8N", "33A", "10D", "1")


def synthetic_rows(rows: int) -> Iterator[tuple[str | int, ...]]:
    """Rows of the outcomes table, synthetic and the same for the same ``rows``."""
    draw = random.Random(SEED)
    for _ in range(rows):
        code, outcome = draw.choice(CODES), draw.randrange(23)
        yield (
            "2025/26",
            draw.randrange(1, 5),
            f"Force {draw.randrange(43)}",
            code,
            f"Offence with the code {code} & more",
            f"Group {len(code)}",
            f"Subgroup of {code}",
            draw.choice(("Yes", "No")),
            outcome,
            f"Outcome {outcome}: description as long as the published ones are",
            f"Outcome group {outcome // 4}",
            draw.randrange(-2, 300),
            draw.randrange(300),
        )


def write_xlsx(path: Path, rows: int) -> None:
    """A workbook with one sheet of the synthetic rows and a table of shared strings, as spreadsheet programs write it."""
    strings: dict[str, int] = {}
    letters = "ABCDEFGHIJKLM"
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    types = "application/vnd.openxmlformats-officedocument.spreadsheetml"

    def cell(letter: str, number: int, value: str | int) -> str:
        if isinstance(value, int):
            return f'<c r="{letter}{number}"><v>{value}</v></c>'
        return f'<c r="{letter}{number}" t="s"><v>{strings.setdefault(value, len(strings))}</v></c>'

    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{package}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="{types}.sheet.main+xml"/>'
            f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{types}.worksheet+xml"/>'
            f'<Override PartName="/xl/sharedStrings.xml" ContentType="{types}.sharedStrings+xml"/></Types>',
        )
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/>'
            f'<Relationship Id="r2" Type="{office}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
        )
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="{SHEET}" sheetId="1" r:id="r1"/></sheets></workbook>',
        )
        with archive.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write(f'<worksheet xmlns="{main}"><sheetData>'.encode())
            for number, values in enumerate((HEADER, *synthetic_rows(rows)), start=1):
                row = "".join(cell(letter, number, value) for letter, value in zip(letters, values, strict=True))
                sheet.write(f'<row r="{number}">{row}</row>'.encode())
            sheet.write(b"</sheetData></worksheet>")
        items = "".join(f"<si><t>{escape(text)}</t></si>" for text in strings)
        archive.writestr("xl/sharedStrings.xml", f'<sst xmlns="{main}">{items}</sst>')


def write_ods(path: Path, rows: int) -> None:
    """The same sheet as an OpenDocument spreadsheet: every text in full in every cell, which is what makes these files large."""
    namespaces = " ".join(
        f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{prefix}:1.0"' for prefix in ("office", "table", "text")
    )

    def cell(value: str | int) -> str:
        kind = f'"float" office:value="{value}"' if isinstance(value, int) else '"string"'
        return f"<table:table-cell office:value-type={kind}><text:p>{escape(str(value))}</text:p></table:table-cell>"

    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        kind = "application/vnd.oasis.opendocument.spreadsheet"
        archive.writestr("mimetype", kind, zipfile.ZIP_STORED)
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
            f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>',
        )
        with archive.open("content.xml", "w", force_zip64=True) as content:
            content.write(
                f'<office:document-content {namespaces}><office:body><office:spreadsheet><table:table table:name="{SHEET}">'.encode()
            )
            for values in (HEADER, *synthetic_rows(rows)):
                content.write(f"<table:table-row>{''.join(map(cell, values))}</table:table-row>".encode())
            content.write(
                b'<table:table-row table:number-rows-repeated="600000"><table:table-cell table:number-columns-repeated="16384"/>'
                b"</table:table-row></table:table></office:spreadsheet></office:body></office:document-content>"
            )


# Readers: rows below the header, sum of the last column, rows with the code 4.10


def batches(path: Path) -> tuple[int, int, int]:
    """This project's reader: calamine a sheet at a time for XLSX, expat events for ODS."""
    sys.path.insert(0, str(ROOT))
    import polars as pl

    from transforms.sources.registry import Edition
    from transforms.sources.sheets import sheet_batches

    edition = Edition("synthetic", "any", "synthetic", path.name, "original", "2026-07")
    rows = total = tens = 0
    for _, batch in sheet_batches(path.read_bytes(), edition, SHEET):
        data = batch.filter(pl.col("row") > 1)
        rows += data.height
        total += data["M"].cast(pl.Int64).sum()
        tens += (data["D"] == "4.10").sum()
    return rows, total, tens


def calamine(path: Path) -> tuple[int, int, int]:
    """python-calamine, row by row."""
    from python_calamine import CalamineWorkbook

    with CalamineWorkbook.from_path(path) as workbook:
        rows = total = tens = -1
        for row in workbook.get_sheet_by_name(SHEET).iter_rows():
            total += int(row[12]) if rows >= 0 else 1
            tens += row[3] == "4.10" if rows >= 0 else 1
            rows += 1
    return rows, total, tens


def fastexcel(path: Path) -> tuple[int, int, int]:
    """fastexcel (calamine into Arrow columns), all as text."""
    import fastexcel as reader

    frame = reader.read_excel(path).load_sheet(SHEET, dtypes="string").to_polars()
    return frame.height, frame[HEADER[12]].cast(float).cast(int).sum(), (frame["Offence Code"] == "4.10").sum()


def openpyxl(path: Path) -> tuple[int, int, int]:
    """openpyxl in its read-only mode."""
    from openpyxl import load_workbook

    rows = total = tens = 0
    for row in load_workbook(path, read_only=True)[SHEET].iter_rows(min_row=2, values_only=True):
        rows, total, tens = rows + 1, total + row[12], tens + (row[3] == "4.10")
    return rows, total, tens


def iterparse(path: Path) -> tuple[int, int, int]:
    """zipfile and ElementTree's iterparse, elements cleared row by row (XLSX only)."""
    from xml.etree.ElementTree import iterparse as events

    with zipfile.ZipFile(path) as archive:
        main = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
        strings = [
            item.findtext(f"{main}t")
            for _, item in events(archive.open("xl/sharedStrings.xml"))
            if item.tag == f"{main}si"
        ]
        rows = total = tens = 0
        data = None
        for event, element in events(archive.open("xl/worksheets/sheet1.xml"), events=("start", "end")):
            if event == "start":
                data = element if element.tag == f"{main}sheetData" else data
            elif element.tag == f"{main}row":
                if element.get("r") != "1":
                    values = [cell.findtext(f"{main}v") for cell in element]
                    tens += strings[int(values[3])] == "4.10"
                    total += int(values[12])
                    rows += 1
                data.clear()
    return rows, total, tens


READERS: dict[str, Callable[[Path], tuple[int, int, int]]] = {
    "batches": batches,
    "calamine": calamine,
    "fastexcel": fastexcel,
    "openpyxl": openpyxl,
    "iterparse": iterparse,
}
RUNS = [
    *((reader, "xlsx", 400_000) for reader in READERS),
    *((reader, "xlsx", 100_000) for reader in ("batches", "iterparse")),
    *((reader, "ods", rows) for reader in ("batches", "calamine", "fastexcel") for rows in (100_000, 400_000)),
]


def measure(folder: Path) -> None:
    """Make the files that are not there, read them, print the table; stops when two readers disagree about a file."""
    lines, answers = [], {}
    for reader, kind, rows in RUNS:
        path = folder / f"outcomes-{rows}.{kind}"
        if not path.is_file():
            (write_xlsx if kind == "xlsx" else write_ods)(path, rows)
        if find_spec(reader) is None and reader not in ("batches", "calamine", "iterparse"):
            lines.append(f"| {reader} | {kind} | {rows} | not installed | |")
            continue
        run = subprocess.run(
            [sys.executable, __file__, reader, str(path)], capture_output=True, text=True, check=True, cwd=folder
        )
        result = json.loads(run.stdout)
        if answers.setdefault(path, result["answer"]) != result["answer"]:
            raise SystemExit(f"{reader} reads {result['answer']} from {path.name}, others {answers[path]}")
        lines.append(f"| {reader} | {kind} | {rows:,} | {result['seconds']:.1f} | {result['megabytes']:,.0f} |")
    sizes = [f"{path.name}: {path.stat().st_size / 1e6:.1f} MB" for path in sorted(folder.glob("outcomes-*"))]
    sys.stdout.write(
        "\n".join([*sizes, "", "| reader | file | rows | seconds | peak MB |", "|---|---|---|---|---|", *lines, ""])
    )


if __name__ == "__main__":
    if len(sys.argv) == 3:
        started = time.perf_counter()
        answer = READERS[sys.argv[1]](Path(sys.argv[2]))
        seconds = time.perf_counter() - started
        # Not getrusage: a process inherits the peak of the one that started it.
        status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
        peak = int(status["VmHWM"].split()[0]) / 1024
        sys.stdout.write(json.dumps({"answer": answer, "seconds": seconds, "megabytes": peak}))
    else:
        measure(Path(sys.argv[1]))
