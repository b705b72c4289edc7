"""Sums of published parts: synthetic parts, and the totals that the originals are known to have where they are at hand."""

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.contracts.tables import cells
from transforms.errors import UnmatchedError
from transforms.harmonise import Registers, load_registers
from transforms.indicators.force_totals import force_totals
from transforms.sources.published import read_cells
from transforms.sources.registry import Source, load_sources

DATA = Path(__file__).parents[2] / "data"
LANDING = Path(__file__).parents[3] / "shared" / "landing"
SOURCES, REGISTERS = load_sources(DATA), load_registers(DATA)
SEARCHES = "Drugs | searches"
NORFOLK, LANCASHIRE, HUMBERSIDE = "E23000024", "E23000003", "E23000012"
PARTS_ONLY = ("ho_arrests", "ho_police_workforce_open_data", "ho_stop_and_search")


def parts(*texts: tuple[str, str, str], source: str = "ho_stop_and_search") -> pl.DataFrame:
    """Cells of one table: (area, measure, value), each with a breakdown of its own."""
    return pl.DataFrame(
        [
            (
                source,
                "synthetic",
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
        schema=cells(source).schema,
        orient="row",
    )


def totals(*texts: tuple[str, str, str]) -> list[tuple[object, ...]]:
    found = force_totals(parts(*texts), SOURCES, REGISTERS)
    return found.select("area_id", "measure_id", "value", "parts", "parts_without_value").rows()


def test_parts_of_a_force_are_added_up_whatever_its_name_is_spelled() -> None:
    assert totals(("Norfolk", SEARCHES, "7"), ("Norfolk Constabulary", SEARCHES, "1,002")) == [
        (NORFOLK, "stop_searches_for_drugs", 1009.0, 2, 0)
    ]


def test_a_part_without_a_value_is_counted_and_adds_nothing() -> None:
    assert totals(("Norfolk", SEARCHES, "7"), ("Norfolk", SEARCHES, "NA"))[0][2:] == (7.0, 2, 1)


def test_parts_that_are_all_missing_have_no_sum_rather_than_zero() -> None:
    assert totals(("Norfolk", SEARCHES, "NA"), ("Norfolk", SEARCHES, "NA"))[0][2:] == (None, 2, 2)


def test_measures_are_never_added_to_each_other() -> None:
    assert [row[1] for row in totals(("Norfolk", SEARCHES, "7"), ("Norfolk", "Drugs | resultant_arrests", "1"))] == [
        "arrests_after_searches_for_drugs",
        "stop_searches_for_drugs",
    ]


@pytest.mark.parametrize(
    ("area", "measure", "value", "text"),
    [
        ("Norfork", SEARCHES, "7", "Norfork"),
        ("Norfolk", "Knives | searches", "7", "Knives"),
        ("Norfolk", SEARCHES, "..", "."),
    ],
)
def test_what_no_register_explains_is_refused(area: str, measure: str, value: str, text: str) -> None:
    with pytest.raises(UnmatchedError, match=f"ho_stop_and_search synthetic, table 'sheet', cell G2: the text '{text}"):
        totals((area, measure, value))


@given(st.lists(st.integers(0, 10**6) | st.none(), min_size=1, max_size=30), st.randoms(use_true_random=False))
def test_the_order_of_the_parts_changes_nothing(values: list[int | None], random: object) -> None:
    texts = [("Norfolk", SEARCHES, "NA" if value is None else str(value)) for value in values]
    shuffled = list(texts)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    known = [value for value in values if value is not None]
    expected = float(sum(known)) if known else None
    assert totals(*texts)[0][2:] == totals(*shuffled)[0][2:] == (expected, len(values), len(values) - len(known))


@pytest.fixture(scope="module")
def of_originals() -> pl.DataFrame:
    sources: dict[str, Source] = {source_id: SOURCES[source_id] for source_id in PARTS_ONLY}
    if not all((LANDING / edition.file).is_file() for source in sources.values() for edition in source.editions):
        pytest.skip("the originals are not in the landing folder")
    raw = pl.concat([read_cells(source, DATA, LANDING) for source in sources.values()])
    return force_totals(raw, SOURCES, REGISTERS)


def value(frame: pl.DataFrame, measure: str, area: str, period: str) -> float | None:
    row = frame.row(
        by_predicate=(pl.col("measure_id") == measure)
        & (pl.col("area_id") == area)
        & (pl.col("period_text") == period),
        named=True,
    )
    found: float | None = row["value"]
    return found


@pytest.mark.parametrize(
    ("measure", "area", "period", "expected"),
    [
        ("stop_searches_for_drugs", NORFOLK, "2013-03-31", 7420),
        ("stop_searches_for_drugs", NORFOLK, "2018-03-31", 1387),
        ("stop_searches_for_drugs", NORFOLK, "2019-03-31", 2060),
        ("stop_searches_for_drugs", "BTP", "2009-03-31", None),
        ("arrests_for_drug_offences", LANCASHIRE, "2017/18", None),
        ("police_officers_headcount", NORFOLK, "2019-03-01", 1665),
        ("police_officers_full_time_equivalent", NORFOLK, "2019-03-01", 1609.12),
    ],
)
def test_known_totals(of_originals: pl.DataFrame, measure: str, area: str, period: str, expected: float | None) -> None:
    assert value(of_originals, measure, area, period) == expected


def test_the_year_of_two_taxonomies_is_the_sum_over_both(of_originals: pl.DataFrame) -> None:
    year = of_originals.filter(measure_id="arrests_for_drug_offences", period_text="2014/15")
    assert (year.height, year["value"].sum()) == (43, 87777 + 2844)
    assert year.filter(area_id=HUMBERSIDE)["parts"].item() == 60


def test_every_name_of_every_original_is_a_force(of_originals: pl.DataFrame) -> None:
    forces = of_originals.group_by("source_id").agg(pl.col("area_id").n_unique()).sort("source_id")
    assert forces.rows() == [("ho_arrests", 43), ("ho_police_workforce_open_data", 43), ("ho_stop_and_search", 44)]


def test_every_measure_is_registered_as_not_reported(of_originals: pl.DataFrame, registers: Registers) -> None:
    roles = of_originals.select("measure_id").unique().join(registers.measures, on="measure_id", how="left")["role"]
    assert roles.unique().to_list() == ["count_not_reported"]
