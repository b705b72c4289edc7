"""Recorded crime, outcomes and drug subcodes open data: synthetic cuts in the documented layout, added as editions without any code."""

import gzip
import io
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from transforms.errors import LayoutError, RegisterError, UnmatchedError
from transforms.harmonise import harmonise, load_registers
from transforms.harmonise.observe import refuse_unmatched
from transforms.harmonise.periods import financial_quarter
from transforms.sources.grid import MOST_RECORDS, Parsed
from transforms.sources.landing import survey
from transforms.sources.published import parse_edition, read_cells
from transforms.sources.registry import load_source, load_sources

from .accounting import assert_nothing_lost
from .editions import with_edition
from .home_office_files import read
from .open_documents import ods_bytes
from .workbooks import DATA, FIXTURES, LANDING, Sheets, read_rows, workbook_bytes

CRIME, OUTCOMES, SUBCODES = "ho_recorded_crime_open_data", "ho_crime_outcomes", "ho_drug_offence_subcodes"
PARTNERSHIPS = "ho_recorded_crime_community_safety_partnership"
FILES = {CRIME: "2024_25", PARTNERSHIPS: "2024_25", OUTCOMES: "outcomes", SUBCODES: "subcodes"}
LAYOUTS = {
    CRIME: (r"\d{4}[-_]\d{2}", "1", "number_of_offences"),
    PARTNERSHIPS: (r"\d{4}[-_]\d{2}", "1", "offence_count"),
    OUTCOMES: ("2025_26", "1", "outcomes"),
    SUBCODES: ("Data", "1", "subcodes"),
}


def rows_of(source_id: str) -> list[list[str]]:
    return read_rows(FIXTURES / source_id / f"{FILES[source_id]}.csv")


def sheets_of(source_id: str, rows: list[list[str]] | None = None) -> Sheets:
    sheet = {CRIME: "2024_25", PARTNERSHIPS: "2024_25", OUTCOMES: "2025_26", SUBCODES: "Data"}[source_id]
    return {"Notes": [["Notes"]], sheet: rows or rows_of(source_id)}


def parsed(data: Path, source_id: str, sheets: Sheets | None = None, *layout: str) -> Parsed:
    data, edition = with_edition(data, source_id, "added", *(layout or LAYOUTS[source_id]))
    build = workbook_bytes if source_id == OUTCOMES else ods_bytes
    return parse_edition(load_source(data, source_id), edition, build(sheets or sheets_of(source_id)), data)


@pytest.mark.parametrize("source_id", FILES)
def test_a_new_edition_is_a_row_of_the_layout_and_every_row_is_accounted_for(source_id: str, tmp_path: Path) -> None:
    assert_nothing_lost(parsed(tmp_path, source_id), source_id)


def test_every_cell_of_recorded_crime_has_a_meaning_or_a_reason(tmp_path: Path) -> None:
    cells = parsed(tmp_path, CRIME).cells
    result = harmonise(cells, {CRIME: load_source(tmp_path, CRIME)}, load_registers(tmp_path), settled=())
    assert result.unmatched.is_empty()
    assert sorted(result.excluded["area_text"]) == ["Action Fraud", "CIFAS", "UK Finance"]
    columns = ("area_id", "measure_id", "period_start", "period_end", "value")
    assert sorted(result.observations.select(columns).rows()) == [
        ("BTP", "modern_slavery_offences", date(2025, 1, 1), date(2025, 3, 31), -1),
        ("E23000024", "drug_trafficking_offences", date(2024, 4, 1), date(2024, 6, 30), 31),
        ("E23000024", "other_drug_offences", date(2024, 4, 1), date(2024, 6, 30), 2),
        ("E23000034", "other_possession_offences", date(2024, 4, 1), date(2024, 6, 30), 17),
        ("E23000035", "cannabis_possession_offences", date(2024, 4, 1), date(2024, 6, 30), 44),
    ]


@pytest.mark.parametrize("changed", ["Drug supply", "Possession of controlled drugs (cannabis)"])
def test_a_label_that_does_not_agree_with_its_offence_code_is_announced(changed: str, tmp_path: Path) -> None:
    """The code says what is counted; the label beside it must be the registered one, and is never taken for another code's."""
    cells = parsed(tmp_path, CRIME).cells
    first = (pl.col("breakdown_text") == "92A").cum_sum() == 1
    renamed = pl.when((pl.col("breakdown_text") == "92A") & first).then(pl.lit(changed)).otherwise("measure_text")
    result = harmonise(
        cells.with_columns(renamed.alias("measure_text")),
        {CRIME: load_source(tmp_path, CRIME)},
        load_registers(tmp_path),
        settled=(),
    )
    (row,) = result.unmatched.rows(named=True)
    assert (row["what"], row["text"]) == ("measure", f"{changed} | 92A")
    with pytest.raises(
        UnmatchedError, match=r"\| 92A' .* is in no register; nearest known: trafficking in controlled drugs \| 92a"
    ):
        refuse_unmatched(result.unmatched)


def test_the_sheets_and_the_header_of_older_editions_are_another_row_of_the_layout(tmp_path: Path) -> None:
    header, *rows = rows_of(CRIME)
    older = [[*header[:-1], "Offence Count"], *(["2019-20", f"Q{row[1]}", *row[2:]] for row in rows)]
    result = parsed(tmp_path, CRIME, {"2019-20": older}, r"\d{4}[-_]\d{2}", "1", "offence_count")
    assert result.cells.select("table", "cell", "area_text", "breakdown_text", "period_text", "value_text").row(0) == (
        *("2019-20", "H2", "Norfolk", "92A", "2019-20 | Q1", "31"),
    )


def test_a_partnership_stands_beside_the_offence_and_what_no_district_was_given_is_kept(tmp_path: Path) -> None:
    cells = parsed(tmp_path, PARTNERSHIPS).cells
    assert cells.filter(area_text="Norfolk").select("cell", "breakdown_text", "period_text", "value_text").rows() == [
        ("I2", "92A | Kings Lynn and West Norfolk", "2024/25 | Q1", "7"),
        ("I3", "92A | Norwich", "2024/25 | Q1", "24"),
        ("I4", "92C | Unassigned Norfolk", "2024/25 | Q1", "2"),
    ]


def test_the_two_counts_of_an_outcome_stay_two_measures(tmp_path: Path) -> None:
    cells = parsed(tmp_path, OUTCOMES).cells
    recorded = "Outcomes for offences that were recorded in the quarter"
    closed = "Outcomes for investigations closed in the quarter"
    assert cells.select("cell", "measure_text", "breakdown_text", "value_text").rows() == [
        ("L2", recorded, "92A | 1", "12"),
        ("M2", closed, "92A | 1", "15"),
        ("L3", recorded, "92A | 0", "9"),
        ("M3", closed, "92A | 0", "0"),
        ("L4", recorded, "106 | 16", "-1"),
        ("M4", closed, "106 | 16", "3"),
    ]


def test_both_wordings_of_the_outcome_counts_are_known_and_not_taken_for_each_other(tmp_path: Path) -> None:
    rows = rows_of(OUTCOMES)
    rows[0][11:] = [f"Number of {label}" for label in rows[0][11:]]
    result = parsed(tmp_path / "right", OUTCOMES, sheets_of(OUTCOMES, rows), "2025_26", "1", "number_of_outcomes")
    assert result.cells.height == 6
    with pytest.raises(LayoutError, match="cell L1: found 'Number of Outcomes for offences"):
        parsed(tmp_path / "wrong", OUTCOMES, sheets_of(OUTCOMES, rows))


def test_the_row_of_england_and_wales_is_left_out_with_its_reason(tmp_path: Path) -> None:
    result = parsed(tmp_path, SUBCODES)
    assert result.cells["area_text"].unique(maintain_order=True).to_list() == ["Norfolk", "Kent"]
    assert ("aggregate of police forces", 1) in result.left_out.rows()


def changed(source_id: str, row: int, column: int, text: str) -> Sheets:
    rows = rows_of(source_id)
    rows[row][column] = text
    return sheets_of(source_id, rows)


@pytest.mark.parametrize(
    ("row", "column", "text", "message"),
    [
        (0, 7, "Offences", "table '2024_25', cell H1: found 'Offences' where the layout expects 'Number of Offences'"),
        (1, 0, "2024/26", "cell A2: found '2024/26' where a financial year like '2024/25' is expected"),
        (2, 0, "2023/24", "cell A3: found the year '2023/24' on the sheet of another year"),
        (3, 1, "5", "cell B4: found '5' where a quarter, 1 to 4, is expected"),
        (2, 6, "92F", "cell G3: the drug offence code '92F' is not in the layout"),
        (1, 6, "92E", "no row has '92A', which the layout expects"),
        (4, 2, "", "cell C5|C5: the label is blank"),
    ],
)
def test_what_is_not_as_documented_is_refused(row: int, column: int, text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(LayoutError, match=message):
        parsed(tmp_path, CRIME, changed(CRIME, row, column, text))


def test_a_figure_in_a_column_without_a_label_is_refused(tmp_path: Path) -> None:
    rows = rows_of(CRIME)
    rows[3].append("12")
    with pytest.raises(LayoutError, match="cell I4: the cell is in a column without a label"):
        parsed(tmp_path, CRIME, sheets_of(CRIME, rows))


def test_subcodes_without_their_aggregate_are_refused(tmp_path: Path) -> None:
    rows = [row for row in rows_of(SUBCODES) if row[2] != "England and Wales"]
    with pytest.raises(LayoutError, match="no row has 'England and Wales'"):
        parsed(tmp_path, SUBCODES, sheets_of(SUBCODES, rows))


def test_a_column_set_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(RegisterError, match="edition added needs a header_row that is a number and a column_set"):
        parsed(tmp_path, CRIME, None, "2024_25", "1", "nothing")


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2024/25 | 1", date(2024, 4, 1), date(2024, 6, 30)),
        ("2019-20 | Q2", date(2019, 7, 1), date(2019, 9, 30)),
        ("2019_20 | 3", date(2019, 10, 1), date(2019, 12, 31)),
        ("2023/24 | 4", date(2024, 1, 1), date(2024, 3, 31)),
        ("1999/00 | 4", date(2000, 1, 1), date(2000, 3, 31)),
        ("2024/26 | 1", None, None),
        ("2024/25 | 5", None, None),
        ("31-12-2017", None, None),
    ],
)
def test_a_financial_quarter_is_three_months(text: str, first: date | None, last: date | None) -> None:
    start, end = financial_quarter(pl.col("text"))
    assert pl.DataFrame({"text": [text]}).select(start.alias("start"), end.alias("end")).row(0) == (first, last)


def test_a_workbook_with_the_warts_of_published_ones_is_read(tmp_path: Path) -> None:
    """Labels beside the table with nothing below, words and flags where counts are expected, counts taken back, blanks around them, and codes
    that a spreadsheet made of text, one for several offences."""
    header, *_ = rows_of(CRIME)
    drugs = ["Trafficking in controlled drugs", "Drug offences", "Trafficking of drugs", "92A"]
    manslaughter, corporate = (
        [name, "Violence against the person", "Homicide", "4.0999999999999996"]
        for name in ("Manslaughter", "Corporate manslaughter")
    )
    counts = {
        "Norfolk": " 66776 ",
        "Suffolk": "-45 ",
        "Essex": "-00 ",
        "Kent": "N/A - data not provided",
        "Surrey": "N/A - Offence code expired",
        "Sussex": "N/A - offence code expired",
        "Dorset": "N/a",
        "Cumbria": "NA",
        "Durham": "x",
        "Gwent": "-1",
    }
    rows = [["2013/14", "1", force, *drugs, count] for force, count in counts.items()]
    rows += [["2013/14", "1", "Norfolk", *offence, "1"] for offence in (manslaughter, corporate)]
    rows += [["2013/14", "1", body, *drugs, "2"] for body in ("Cifas", "CIFAS", "Action Fraud")]
    others = [[*_NAMES_OF[code], code] for code in ("92C", "92D", "92E", "106")]
    rows += [["2013/14", "1", "Norfolk", *offence, "3"] for offence in others]
    sheets = {"Notes": [["Notes"]], "2013_14": [[*header, "", "Offence Group", "Sheet", "Checked"], *rows]}
    name = "prc-pfa-mar2013-onwards-tables-230720.ods"
    result = read(tmp_path, {name: ods_bytes(sheets, as_text=".*")})
    trafficking = result.observations.filter(measure_id="drug_trafficking_offences")
    assert {
        area: (value, status) for area, value, status in trafficking.select("area_text", "value", "status").rows()
    } == {
        "Norfolk": (66776, "ok"),
        "Suffolk": (-45, "ok"),
        "Essex": (0, "ok"),
        "Gwent": (-1, "ok"),
        **dict.fromkeys(("Kent", "Surrey", "Sussex", "Dorset", "Cumbria", "Durham"), (None, "not_available")),
    }
    assert sorted(result.excluded["area_text"]) == ["Action Fraud", "CIFAS", "Cifas"]


def test_a_count_below_a_label_beside_the_table_is_refused(tmp_path: Path) -> None:
    header, first, *rows = rows_of(CRIME)
    sheets = {"Notes": [["Notes"]], "2024_25": [[*header, "", "Checked"], [*first, "", "7"], *rows]}
    with pytest.raises(LayoutError, match="J1: the label 'Checked' is not in the layout"):
        parsed(tmp_path, CRIME, sheets)


_NAMES_OF = {
    "92C": ("Other drug offences", "Drug offences", "Possession of drugs"),
    "92D": ("Possession of controlled drugs (excl. Cannabis)", "Drug offences", "Possession of drugs"),
    "92E": ("Possession of controlled drugs (Cannabis)", "Drug offences", "Possession of drugs"),
    "106": ("Modern Slavery", "Violence against the person", "Violence without injury"),
}


LANDING_2026 = LANDING.parent / "landing-2026-12"
QUARTERS = {"2017-18": (892, 23_069), "2023-10": (9_507, 258_906), "2026-04": (11_737, 321_894)}


def as_parquet(rows: list[list[str]]) -> bytes:
    """The table as somebody kept it: his own labels, and numbers as floating-point ones, whole or not."""
    header = [
        "FY",
        "Financial Quarter",
        "Force",
        "Offence Description",
        "Group",
        "Offence Subgroup",
        "Offence Code",
        "n",
    ]
    numbers = {"Financial Quarter": pl.Float64, "n": pl.Float64}
    frame = pl.DataFrame(
        [row[: len(header)] for row in rows[1:]], schema=dict.fromkeys(header, pl.String), orient="row"
    )
    file = io.BytesIO()
    frame.with_columns(
        *(pl.col(name).cast(dtype) for name, dtype in numbers.items()),
        (pl.col("Force") != "CIFAS").alias("territorial"),
    ).write_parquet(file)
    return file.getvalue()


def test_a_copy_of_outcomes_that_lost_its_offence_codes_is_refused_with_the_reason(tmp_path: Path) -> None:
    file = io.BytesIO()
    row = ("2024/25", 1.0, "Norfolk", "Drug offences", "Charged/Summonsed", 1.0, 3.0, True)
    labels = [
        "Financial Year",
        "Financial Quarter",
        "Force",
        "Offence Group",
        "Outcome Group",
        "Outcome Type",
        "n",
        "territorial",
    ]
    pl.DataFrame([row], schema=labels, orient="row").write_parquet(file)
    (tmp_path / "outcomes.parquet").write_bytes(file.getvalue())
    (found,) = survey(tmp_path, load_sources(DATA), DATA)
    assert (found.source_id, found.editions) == (OUTCOMES, ())
    assert "without offence codes" in str(found.reason)


def as_csv(rows: list[list[str]]) -> bytes:
    return "".join(",".join(f'"{text}"' if "," in text else text for text in row) + "\n" for row in rows).encode()


def table(tmp_path: Path, content: bytes, name: str, *layout: str) -> Parsed:
    data, edition = with_edition(tmp_path, CRIME, "added", *layout)
    return parse_edition(load_source(data, CRIME), replace(edition, file=name), content, data)


@pytest.mark.parametrize("packed", [False, True])
def test_a_table_as_csv_packed_or_not_is_the_sheet_of_the_workbook(packed: bool, tmp_path: Path) -> None:
    content = as_csv(rows_of(CRIME))
    found = table(
        tmp_path / "csv",
        gzip.compress(content, mtime=0) if packed else content,
        "prc.csv",
        "prc",
        "1",
        "number_of_offences",
    )
    assert_nothing_lost(found, CRIME)
    of_workbook = parsed(tmp_path / "workbook", CRIME).cells
    assert found.cells.drop("table").equals(of_workbook.drop("table"))


def test_the_cell_of_a_parquet_table_is_its_row_and_column(tmp_path: Path) -> None:
    found = table(tmp_path / "parquet", as_parquet(rows_of(CRIME)), "prc.parquet", "prc", "0", "re_saved_2026")
    of_workbook = parsed(tmp_path / "workbook", CRIME).cells
    texts = ["area_text", "measure_text", "breakdown_text", "period_text", "value_text"]
    assert found.cells.select(texts).equals(of_workbook.select(texts))
    first = found.cells.row(0, named=True)
    assert (first["table"], first["cell"], first["value_text"]) == ("prc", "row:1 column:n", "31")
    assert found.rows_read == found.cells.height + found.left_out["rows"].sum()


@pytest.mark.parametrize("cut", [12, -9])
def test_a_parquet_file_that_is_cut_short_is_refused(cut: int, tmp_path: Path) -> None:
    content = as_parquet(rows_of(CRIME))[:cut]
    with pytest.raises(LayoutError, match=r"the file prc.parquet cannot be read, it may be cut short"):
        table(tmp_path, content, "prc.parquet", "prc", "0", "re_saved_2026")


def test_a_parquet_table_of_too_many_records_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    file = io.BytesIO()
    pl.DataFrame({"n": pl.repeat(1, MOST_RECORDS + 1, eager=True)}).write_parquet(file)
    with pytest.raises(LayoutError, match="it has more than 16,777,216 records"):
        table(tmp_path, file.getvalue(), "prc.parquet", "prc", "0", "re_saved_2026")


@pytest.mark.skipif(not LANDING_2026.is_dir(), reason="needs the landing folder of December 2026")
@pytest.mark.parametrize("edition_id", QUARTERS)
def test_the_editions_held_are_read_whole_and_give_the_published_cells(edition_id: str) -> None:
    source = load_source(DATA, CRIME)
    edition = next(each for each in source.editions if each.id == edition_id)
    found = parse_edition(source, edition, (LANDING_2026 / edition.file).read_bytes(), DATA)
    assert (found.cells.height, found.rows_read) == QUARTERS[edition_id]
    assert found.cells.equals(read_cells(replace(source, editions=(edition,)), DATA))
