"""Each fact beside the published cell that says it, and the sums that facts are about."""

from collections.abc import Mapping
from pathlib import Path

import polars as pl
import pytest

from transforms.sources.published import read_cells
from transforms.sources.registry import Source

HERE = Path(__file__).parent
FACTS = pl.read_csv(HERE / "facts.csv", infer_schema=False)
NOT_HELD = pl.read_csv(HERE / "not_held.csv", infer_schema=False)
ACCEPTANCE = Path(__file__).parents[3] / "shared" / "domain" / "acceptance.csv"
NORFOLK = "E23000024"


@pytest.fixture(scope="module")
def cells(sources: Mapping[str, Source], data: Path) -> pl.DataFrame:
    return pl.concat([read_cells(source, data) for source in sources.values()])


@pytest.mark.parametrize(
    "fact",
    FACTS.to_dicts(),
    ids=[
        f"{row['fact_id']}-{row['source_id']}-{row['edition_id']}-{row['cell']}" for row in FACTS.iter_rows(named=True)
    ],
)
def test_the_published_cell_says_so(fact: dict[str, str], cells: pl.DataFrame) -> None:
    (printed,) = cells.filter(
        source_id=fact["source_id"], edition_id=fact["edition_id"], table=fact["table"], cell=fact["cell"]
    )["value_text"].to_list()
    if fact["value"].isdigit():
        assert abs(float(printed.replace(",", "")) - int(fact["value"])) <= int(fact["tolerance"])
    else:
        assert printed == fact["value"]


def test_a33_norfolk_is_a_count_of_fifteen_months_and_its_rate_is_derived(indicators: pl.DataFrame) -> None:
    row = indicators.row(
        by_predicate=(pl.col("measure_id") == "london_linked_individuals")
        & (pl.col("area_id") == NORFOLK)
        & (pl.col("edition_id") == "year-1"),
        named=True,
    )
    assert (row["numerator"], row["months"], row["is_derived"]) == (416, 15, True)


def test_a35_norfolk_fell_by_40_per_cent_a_month_where_the_press_said_more_than_half(indicators: pl.DataFrame) -> None:
    linked = indicators.filter(measure_id="london_linked_individuals", area_id=NORFOLK).sort("period_start")
    first, second = (linked["numerator"] / linked["months"]).to_list()
    assert round((second / first - 1) * 100, 1) == -40.5


def test_a77_england_and_wales_is_its_forces_and_british_transport_police(observations: pl.DataFrame) -> None:
    drugs = observations.filter(measure_id="drug_offences", edition_id="ye-dec-2024")
    forces = drugs.filter(area_kind="police_force_area")["value"]
    transport = drugs.filter(area_id="BTP")["value"].item()
    assert (len(forces), forces.sum(), transport) == (43, 190_430, 3_433)
    assert drugs.filter(area_id="K04000001")["value"].item() == 190_430 + 3_433


def test_a84_a_false_zero_is_no_zero_in_an_observation(observations: pl.DataFrame) -> None:
    hampshire = observations.filter(measure_id="child_criminal_exploitation_episodes", area_id="E10000014").filter(
        pl.col("edition_id").str.starts_with("2025-")
    )
    assert hampshire.sort("period_end").tail(4).select("edition_id", "value").rows() == [
        *(("2025-ye-mar-2022", None), ("2025-ye-mar-2023", None), ("2025-ye-mar-2024", None), ("2025-ye-mar-2025", 342))
    ]


def test_every_fact_is_held_or_it_is_said_why_not() -> None:
    held, not_held = set(FACTS["fact_id"]), set(NOT_HELD["fact_id"])
    assert not held & not_held
    assert NOT_HELD["why"].str.ends_with(".").all()
    if not ACCEPTANCE.is_file():
        pytest.skip("the list of acceptance facts is not beside the repository")
    assert held | not_held == set(pl.read_csv(ACCEPTANCE, infer_schema=False)["id"])
