"""Sums of published parts: synthetic parts, and what the parts that are held are known to add up to."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.contracts.tables import OBSERVATIONS, cells
from transforms.harmonise import harmonise, load_registers
from transforms.indicators.force_totals import counted
from transforms.sources.published import read_cells
from transforms.sources.registry import load_sources

DATA = Path(__file__).parents[2] / "data"
SOURCES, REGISTERS = load_sources(DATA), load_registers(DATA)
SEARCHES, ARRESTS = "Drugs | searches", "Drugs | resultant_arrests"
NORFOLK, LANCASHIRE = "E23000024", "E23000003"
PARTS_ONLY = ("ho_arrests", "ho_police_workforce_open_data", "ho_stop_and_search")


def totals(*texts: tuple[str, str, str]) -> pl.DataFrame:
    """Counts of synthetic parts of one table, each a cell: (area, measure, value)."""
    raw = pl.DataFrame(
        [
            (
                "ho_stop_and_search",
                "ye-mar-2019",
                "sheet",
                f"G{row}",
                "figure",
                None,
                area,
                measure,
                f"part {row}",
                "2018-03-31",
                value,
                None,
            )
            for row, (area, measure, value) in enumerate(texts, 2)
        ],
        schema=cells("ho_stop_and_search").schema,
        orient="row",
    )
    found = harmonise(raw, SOURCES, REGISTERS, settled=())
    assert found.unmatched.is_empty()
    return counted(found.observations, REGISTERS.measures).sort("measure_id")


def test_parts_of_a_force_are_added_up_whatever_its_name_is_spelled() -> None:
    (row,) = totals(("Norfolk", SEARCHES, "7"), ("Norfolk Constabulary", SEARCHES, "1,002")).rows(named=True)
    assert (row["area_id"], row["measure_id"], row["value"]) == (NORFOLK, "stop_searches_for_drugs", 1009)
    assert (row["period_start"], row["period_end"]) == (date(2017, 4, 1), date(2018, 3, 31))


def test_a_sum_names_every_cell_that_it_is_of() -> None:
    (row,) = totals(("Norfolk", SEARCHES, "7"), ("Norfolk", SEARCHES, "NA"), ("Norfolk", SEARCHES, "2")).rows(
        named=True
    )
    assert row["observation_id"] == ("ho_stop_and_search/ye-mar-2019/sheet/G2; ho_stop_and_search/ye-mar-2019/sheet/G4")
    assert (row["value"], row["status"]) == (9, "ok")


def test_parts_that_are_all_missing_have_no_sum_rather_than_zero() -> None:
    (row,) = totals(("Norfolk", SEARCHES, "NA"), ("Norfolk", SEARCHES, "NA")).rows(named=True)
    assert (row["value"], row["status"]) == (None, "not_available")


def test_measures_are_never_added_to_each_other() -> None:
    found = totals(("Norfolk", SEARCHES, "7"), ("Norfolk", ARRESTS, "1"))
    assert found.select("measure_id", "value").rows() == [
        ("arrests_after_searches_for_drugs", 1),
        ("stop_searches_for_drugs", 7),
    ]


def test_figures_that_are_no_parts_are_never_added_up() -> None:
    printed = totals(("Norfolk", SEARCHES, "7")).with_columns(pl.lit(None, pl.String).alias("part"))
    assert counted(pl.concat([printed, printed]), REGISTERS.measures)["value"].to_list() == [7, 7]


@pytest.mark.full
@given(st.lists(st.integers(0, 10**6) | st.none(), min_size=1, max_size=30), st.randoms(use_true_random=False))
def test_the_order_of_the_parts_changes_nothing(values: list[int | None], random: object) -> None:
    period = (date(2017, 4, 1), date(2018, 3, 31))
    parts = [
        {
            **dict.fromkeys(OBSERVATIONS.schema),
            **{"source_id": "ho_stop_and_search", "edition_id": "ye-mar-2019", "area_id": NORFOLK},
            **{"observation_id": f"G{row}", "measure_id": "stop_searches_for_drugs", "part": f"part {row}"},
            **{"period_start": period[0], "period_end": period[1], "status": "ok", "value": value},
        }
        for row, value in enumerate(values)
    ]
    shuffled = list(parts)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    known = [value for value in values if value is not None]
    of_each = [
        counted(pl.DataFrame(rows, schema=OBSERVATIONS.schema, orient="row"), REGISTERS.measures)
        for rows in (parts, shuffled)
    ]
    assert of_each[0].equals(of_each[1])
    assert of_each[0]["value"].to_list() == [float(sum(known)) if known else None]


NRM, CHILDREN = "ho_nrm_police_first_responder", "nrm_police_child_criminal_referrals"


def children_referred(*texts: tuple[str | None, str]) -> dict[str, object]:
    """Children in one synthetic quarter of Norfolk, from cells (type and age, value) beside its total."""
    raw = pl.DataFrame(
        [
            (
                NRM,
                "2022-q2",
                "t",
                f"G{row}",
                "figure",
                None,
                "Norfolk Constabulary",
                "People",
                part,
                "2022 Q2",
                value,
                None,
            )
            for row, (part, value) in enumerate(texts, 2)
        ],
        schema=cells(NRM).schema,
        orient="row",
    )
    found = harmonise(raw, SOURCES, REGISTERS, settled=())
    assert found.unmatched.is_empty()
    return counted(found.observations, REGISTERS.measures).filter(measure_id=CHILDREN).row(0, named=True)


def test_parts_beside_a_whole_are_added_up_to_measures() -> None:
    child, other = "Criminal | Child (17 or under)", "Labour & Criminal | Child (17 or under)"
    row = children_referred((None, "9"), (child, "5"), (other, "1"), ("Sexual | Child (17 or under)", "3"))
    assert (row["value"], row["status"], row["part"]) == (6, "ok", None)
    assert row["observation_id"] == f"{NRM}/2022-q2/t/G3; {NRM}/2022-q2/t/G4"


def test_a_part_that_is_not_printed_is_zero_where_the_others_make_up_the_whole() -> None:
    row = children_referred((None, "9"), ("Labour | Adult (18 or over)", "9"))
    assert (row["value"], row["status"], row["observation_id"]) == (0, "ok", f"{NRM}/2022-q2/t/G2")


@pytest.mark.parametrize("parts", [("5", "3"), ("5", "5")])
def test_parts_that_do_not_make_up_the_whole_have_no_value(parts: tuple[str, str]) -> None:
    first, second = parts
    row = children_referred(
        (None, "9"), ("Criminal | Child (17 or under)", first), ("Labour | Adult (18 or over)", second)
    )
    assert (row["value"], row["status"]) == (None, "not_available")


@pytest.fixture(scope="module")
def held() -> pl.DataFrame:
    raw = pl.concat([read_cells(SOURCES[source_id], DATA) for source_id in PARTS_ONLY])
    found = harmonise(raw, SOURCES, REGISTERS, settled=PARTS_ONLY)
    assert found.unmatched.is_empty()
    return counted(found.observations, REGISTERS.measures)


@pytest.mark.parametrize(
    ("measure", "area", "period_end", "expected"),
    [
        ("stop_searches_for_drugs", NORFOLK, date(2018, 3, 31), 1387),
        ("stop_searches_for_drugs", NORFOLK, date(2019, 3, 31), 2060),
        ("arrests_for_drug_offences", NORFOLK, date(2018, 3, 31), 764),
        ("arrests_for_drug_offences", LANCASHIRE, date(2018, 3, 31), None),
        ("police_officers_full_time_equivalent", NORFOLK, date(2022, 3, 31), 1838.093),
    ],
)
def test_known_totals(held: pl.DataFrame, measure: str, area: str, period_end: date, expected: float | None) -> None:
    assert held.filter(measure_id=measure, area_id=area, period_end=period_end)["value"].to_list() == [expected]


def test_every_force_is_there_once_in_every_period(held: pl.DataFrame) -> None:
    series = held.filter(area_kind="police_force_area").group_by("source_id", "measure_id", "period_end")
    counts = series.agg(pl.len().alias("rows"), pl.col("area_id").n_unique().alias("forces"))
    assert counts.select("rows", "forces").unique().rows() == [(43, 43)]
