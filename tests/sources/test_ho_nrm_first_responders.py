"""National Referral Mechanism referrals by every kind of first responder: a synthetic cut of the table, and facts of the cells that are kept."""

import gzip
from pathlib import Path

import polars as pl
import pytest

from transforms.errors import LayoutError
from transforms.sources.grid import Parsed
from transforms.sources.ho_nrm_first_responders import parse
from transforms.sources.published import read_cells
from transforms.sources.registry import Edition, Source, load_source

from .accounting import assert_nothing_lost
from .landing_folders import found, put, register
from .workbooks import DATA, FIXTURES, csv_bytes, read_rows, row_of

__all__ = ["register"]

SOURCE = load_source(DATA, "ho_nrm_first_responders")
ROWS = read_rows(FIXTURES / SOURCE.id / "2023-q4.csv")
LOCAL_AUTHORITIES = [ROWS[0], *(row for row in ROWS if row[0] == "Local Authority")]


def edition(edition_id: str) -> Edition:
    return next(each for each in SOURCE.editions if each.id == edition_id)


def parsed(rows: list[list[str]] = ROWS, edition_id: str = "2023-q4") -> Parsed:
    return parse(gzip.compress(csv_bytes(rows), mtime=0), edition(edition_id), DATA)


def test_totals_of_kinds_and_parts_of_responders_are_kept() -> None:
    result = parsed()
    assert_nothing_lost(result, SOURCE.id)
    assert result.cells.select("cell", "area_text", "breakdown_text", "period_text", "value_text").rows() == [
        ("G5", "Government agency", "National Crime Agency NCA | Criminal | Child (17 or under)", "2023 Q4", "1.0"),
        ("G8", "Government agency", "National Crime Agency NCA | Labour | Adult (18 or over)", "2023 Q4", "1.0"),
        ("G10", "Government agency", None, "2023 Q4", "2.0"),
        ("G13", "NGO and third sector", "Barnardo's | Sexual & Criminal | Child (17 or under)", "2023 Q4", "1.0"),
        ("G14", "NGO and third sector", None, "2023 Q4", "1.0"),
        ("G16", "Police", None, "2023 Q4", "10.0"),
        ("G18", "Local Authority", "Local Authority | Criminal | Child (17 or under)", "2023 Q4", "5.0"),
        (
            "G20",
            "Local Authority",
            "Local Authority | Not specified or unknown | Child (17 or under)",
            "2023 Q4",
            "1.0",
        ),
        ("G21", "Local Authority", None, "2023 Q4", "6.0"),
    ]
    assert ("total of one first responder, whose parts are kept", 2) in result.left_out.rows()


def test_the_table_of_local_authorities_is_the_rows_of_one_kind() -> None:
    own = parsed(LOCAL_AUTHORITIES, "2023-q4-local-authorities").cells
    among_all = parsed().cells.filter(area_text="Local Authority")
    columns = ["area_text", "breakdown_text", "value_text"]
    assert own.select(columns).equals(among_all.select(columns))


@pytest.mark.parametrize(
    ("responder", "problem"),
    [
        (
            "National Crime Agency NCA",
            "cell G3: the parts of National Crime Agency NCA by type and age add up to 2, and its total is 3",
        ),
        (
            "Local Authority total",
            "cell G21: the parts of Local Authority by type and age add up to 6, and its total is 7",
        ),
    ],
)
def test_parts_that_do_not_make_their_total_are_refused(responder: str, problem: str) -> None:
    rows = [list(row) for row in ROWS]
    (total,) = [row for row in rows if row[1:6] == [responder, "Total", "Total", "Total", "Total"]]
    total[6] = str(int(float(total[6])) + 1)
    with pytest.raises(LayoutError, match=problem):
        parsed(rows)


def test_a_kind_without_a_total_is_refused() -> None:
    with pytest.raises(LayoutError, match="cell A18: the first responder type 'Local Authority' has no total"):
        parsed(ROWS[: row_of(ROWS, "Local Authority total")])


def test_a_new_type_of_exploitation_is_refused() -> None:
    rows = [[text.replace("Labour", "Cuckooing") for text in row] for row in ROWS]
    with pytest.raises(LayoutError, match="cell C8: the label 'Cuckooing' is not known"):
        parsed(rows)


@pytest.mark.parametrize(
    ("rows", "source_id", "edition_id"),
    [
        (ROWS, "ho_nrm_first_responders", "2023-q1"),
        (LOCAL_AUTHORITIES, "ho_nrm_first_responders", "2023-q1-local-authorities"),
        ([ROWS[0], *(row for row in ROWS if row[0] == "Police")], "ho_nrm_police_first_responder", "2023-q1"),
    ],
)
def test_a_quarter_that_is_not_held_is_told_from_others_by_who_stands_in_it(
    tmp_path: Path, register: dict[str, Source], rows: list[list[str]], source_id: str, edition_id: str
) -> None:
    put(tmp_path, "ho_nrm_tables/2023-q1/any.csv.gz", gzip.compress(csv_bytes(rows), mtime=0))
    (file,) = found(tmp_path, register).values()
    assert (file.outcome, file.source_id) == ("read", source_id)
    (told,) = file.editions
    assert (told.id, told.period_words, told.file_kind) == (edition_id, "2023 Q1", "re-save")


TOTALS = {
    "2022-q2": (2104, 265, 950, 852),
    "2022-q3": (2394, 265, 969, 958),
    "2022-q4": (2140, 231, 1034, 1012),
    "2023-q2": (1967, 198, 938, 895),
    "2023-q3": (1995, 210, 970, 963),
    "2023-q4": (1908, 221, 995, 1017),
}
KINDS = ("Government agency", "NGO and third sector", "Police", "Local Authority")


@pytest.mark.parametrize("edition_id", TOTALS)
def test_kept_totals_are_those_of_the_tables_and_their_parts_add_up(edition_id: str) -> None:
    kept = read_cells(SOURCE, DATA).with_columns(pl.col("value_text").cast(pl.Float64).alias("value"))
    of_edition = kept.filter(edition_id=edition_id)
    totals = dict(of_edition.filter(pl.col("breakdown_text").is_null()).select("area_text", "value").rows())
    assert tuple(totals[kind] for kind in KINDS) == TOTALS[edition_id]
    parts = of_edition.drop_nulls("breakdown_text").group_by("area_text").agg(pl.col("value").sum())
    assert dict(parts.rows()) == {kind: count for kind, count in totals.items() if kind != "Police"}
    own = kept.filter(edition_id=f"{edition_id}-local-authorities")
    among_all = of_edition.filter(area_text="Local Authority")
    columns = ["breakdown_text", "value"]
    assert own.select(columns).equals(among_all.select(columns))


def test_children_referred_by_local_authorities_with_criminal_exploitation() -> None:
    kept = read_cells(SOURCE, DATA).filter(
        ~pl.col("edition_id").str.ends_with("local-authorities"),
        pl.col("area_text") == "Local Authority",
        pl.col("breakdown_text").str.contains(r"Criminal.*\| Child"),
    )
    counts = kept.group_by("edition_id", maintain_order=True).agg(pl.col("value_text").cast(pl.Float64).sum())
    assert dict(counts.rows()) == {
        "2022-q2": 513,
        "2022-q3": 587,
        "2022-q4": 614,
        "2023-q2": 542,
        "2023-q3": 542,
        "2023-q4": 639,
    }
