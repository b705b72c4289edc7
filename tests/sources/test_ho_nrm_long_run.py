"""Long-run tables of the National Referral Mechanism, and referrals by UK county: synthetic cuts, and what the kept cells say and add up to."""

import polars as pl
import pytest

from transforms.errors import LayoutError
from transforms.sources.ho_nrm_long_run import parse
from transforms.sources.published import read_cells
from transforms.sources.registry import load_source

from .accounting import assert_nothing_lost
from .workbooks import DATA, csv_bytes

SOURCE = load_source(DATA, "ho_nrm_long_run")
EDITIONS = {edition.id.removeprefix("2023-q4-"): edition for edition in SOURCE.editions}
ROWS = [
    ["Year", "Quarter", "Age at exploitation", "Location of exploitation", "NRM referrals"],
    ["2009", "Q2", "Child (17 or under)", "UK", "1"],
    ["2009", "Q2", "Child (17 or under)", "Not specified or unknown", "4"],
    ["2009", "Q2", "Child (17 or under)", "Total", "5"],
]


def test_every_row_is_a_cell_with_its_quarter_age_and_location() -> None:
    parsed = parse(csv_bytes(ROWS), EDITIONS["referrals"], DATA)
    assert_nothing_lost(parsed, SOURCE.id)
    assert parsed.cells.select("cell", "measure_text", "breakdown_text", "period_text", "value_text").rows()[0] == (
        *("E2", "NRM referrals", "Child (17 or under) | UK", "2009 | Q2", "1"),
    )


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ([*ROWS, ROWS[1]], "cell A5: the row says what a row above it says"),
        ([ROWS[0], ["2009", "", *ROWS[1][2:]]], "cell B2: the label is blank"),
        (
            [[*ROWS[0][:4], "Referrals"], *ROWS[1:]],
            "cell E1: found 'Referrals' where the layout expects 'NRM referrals'",
        ),
    ],
)
def test_a_table_that_is_not_as_described_is_refused(rows: list[list[str]], problem: str) -> None:
    with pytest.raises(LayoutError, match=problem):
        parse(csv_bytes(rows), EDITIONS["referrals"], DATA)


@pytest.fixture(scope="module")
def kept() -> pl.DataFrame:
    period = pl.col("period_text").str.split(" | ")
    return read_cells(SOURCE, DATA).with_columns(
        pl.col("edition_id").str.strip_prefix("2023-q4-").alias("of"),
        period.list.first().alias("year"),
        period.list.last().alias("quarter"),
        pl.col("value_text").cast(pl.Int64).alias("value"),
    )


def test_referrals_by_location_add_up_to_their_total(kept: pl.DataFrame) -> None:
    parts = pl.col("breakdown_text").str.split(" | ")
    referrals = kept.filter(of="referrals").with_columns(parts.list.first().alias("age"), parts.list.last().alias("at"))
    is_total = pl.col("at") == "Total"
    added = referrals.group_by("year", "quarter", "age").agg(
        pl.col("value").filter(~is_total).sum().alias("added"), pl.col("value").filter(is_total).item().alias("total")
    )
    assert added.height == 59 * 3, "quarters since April 2009, three ages"
    assert added.filter(pl.col("added") != pl.col("total")).is_empty()
    totals = referrals.filter(is_total)
    years = dict(totals.group_by("year").agg(pl.col("value").sum()).rows())
    assert {year: years[year] for year in ("2009", "2019", "2020", "2021", "2022", "2023")} == {
        **{"2009": 552, "2019": 10_606, "2020": 10_582, "2021": 12_700, "2022": 16_921, "2023": 17_004},
    }
    children = totals.filter(year="2023", age="Child (17 or under)")["value"].sum()
    first_quarter = totals.filter(year="2023", quarter="Q1")["value"].sum()
    assert (children, first_quarter) == (7_432, 4_738)


@pytest.mark.parametrize(
    ("of", "years", "newest"),
    [("duty-to-notify", 9, 4_929), ("reasonable-grounds", 10, 15_247), ("conclusive-grounds", 10, 9_825)],
)
def test_years_are_the_sums_of_their_quarters(kept: pl.DataFrame, of: str, years: int, newest: int) -> None:
    table = kept.filter(of=of)
    is_year = pl.col("quarter") == "Total"
    added = table.group_by("year", "measure_text").agg(
        pl.col("value").filter(~is_year).sum().alias("added"), pl.col("value").filter(is_year).item().alias("total")
    )
    assert added["year"].n_unique() == years
    assert added.filter(pl.col("added") != pl.col("total")).is_empty()
    assert table.filter(is_year, year="2023", measure_text="Total")["value"].to_list() == [newest]


@pytest.mark.parametrize("of", ["reasonable-grounds", "conclusive-grounds"])
def test_decisions_add_up_by_age_and_in_all(kept: pl.DataFrame, of: str) -> None:
    table = kept.filter(of=of).with_columns(pl.col("measure_text").str.split(" - ").list.first().alias("age"))
    is_sum = pl.col("measure_text").str.ends_with("Total")
    by_age = (
        table.filter(pl.col("measure_text") != "Total")
        .group_by("period_text", "age")
        .agg(pl.col("value").filter(~is_sum).sum().alias("added"), pl.col("value").filter(is_sum).item().alias("total"))
    )
    assert by_age.filter(pl.col("added") != pl.col("total")).is_empty()
    of_all = table.group_by("period_text").agg(
        pl.col("value").filter(~is_sum).sum().alias("added"),
        pl.col("value").filter(measure_text="Total").item().alias("total"),
    )
    assert of_all.filter(pl.col("added") != pl.col("total")).is_empty()


def test_first_publications_differ_from_the_series_by_a_few_people(kept: pl.DataFrame) -> None:
    """The tables by kind of first responder are of their quarter's bulletin, the series of that of March 2024."""
    first = read_cells(load_source(DATA, "ho_nrm_first_responders"), DATA).filter(
        pl.col("breakdown_text").is_null(), ~pl.col("edition_id").str.ends_with("local-authorities")
    )
    counts = dict(first.group_by("period_text").agg(pl.col("value_text").cast(pl.Float64).sum()).rows())
    totals = kept.filter(pl.col("breakdown_text").str.ends_with("| Total"), of="referrals")
    series = dict(totals.group_by(pl.concat_str("year", "quarter", separator=" ")).agg(pl.col("value").sum()).rows())
    assert {quarter: (count, series[quarter]) for quarter, count in sorted(counts.items())} == {
        "2022 Q2": (4_171, 4_157),
        "2022 Q3": (4_586, 4_578),
        "2022 Q4": (4_417, 4_413),
        "2023 Q2": (3_998, 3_993),
        "2023 Q3": (4_138, 4_131),
        "2023 Q4": (4_141, 4_142),
    }


def test_uk_counties_are_a_geography_of_their_own() -> None:
    source = load_source(DATA, "ho_nrm_uk_counties")
    kept = read_cells(source, DATA)
    assert (kept.height, kept["value_text"].cast(pl.Int64).sum()) == (74, 2_575)
    counts = dict(kept.select("area_text", "value_text").rows())
    assert (counts["Greater London"], counts["Norfolk"], counts["Clwyd"]) == ("618", "18", "20")
    assert source.reaches == "raw", "no cell becomes a figure of a police force area, whatever its name"
