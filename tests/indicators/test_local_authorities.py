"""From local authorities to police force areas: published figures of children in need, sums that refuse gaps, and rates per 10,000 children."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.harmonise import Registers
from transforms.indicators.local_authorities import (
    area_equal_forces,
    force_sums,
    implausible_zeros,
    upper_tier,
    without_implausible_zeros,
)

EXPLOITATION, GANGS = "child_criminal_exploitation_episodes", "gangs_episodes"
NORFOLK, SUFFOLK, HAMPSHIRE, SOUTH_YORKSHIRE = "E23000024", "E23000025", "E23000030", "E23000011"


@pytest.fixture(scope="module")
def children(observations: pl.DataFrame) -> pl.DataFrame:
    """What the newest releases of the factors and of the population print."""
    of_release = pl.col("source_id").is_in(["dfe_children_in_need", "dfe_child_population"])
    return observations.filter(of_release & ~pl.col("edition_id").str.starts_with("2024-ye"))


@pytest.fixture(scope="module")
def authorities(registers: Registers) -> pl.DataFrame:
    return registers.local_authorities


@pytest.fixture(scope="module")
def sums(children: pl.DataFrame, authorities: pl.DataFrame) -> pl.DataFrame:
    return force_sums(without_implausible_zeros(children), authorities)


def by_year(frame: pl.DataFrame, area_id: str, measure_id: str = EXPLOITATION) -> dict[int, float | None]:
    rows = frame.filter((pl.col("area_id") == area_id) & (pl.col("measure_id") == measure_id))
    return dict(rows.sort("period_end").select(pl.col("period_end").dt.year(), "value").rows())


def test_england_has_the_published_numbers(children: pl.DataFrame) -> None:
    assert by_year(children, "E92000001") == {
        **dict.fromkeys(range(2018, 2022)),
        2022: 10_140,
        2023: 14_420,
        2024: 15_750,
        2025: 16_250,
    }
    gangs = by_year(children, "E92000001", GANGS)
    assert (gangs[2020], gangs[2021], gangs[2024], gangs[2025]) == (14_700, 12_720, 10_180, 8_860)


def test_hampshires_false_zeros_are_never_numbers(children: pl.DataFrame) -> None:
    county = children.filter((pl.col("area_id") == "E10000014") & (pl.col("measure_id") == EXPLOITATION)).sort(
        "period_end"
    )
    assert county["value_text"].to_list()[4:] == ["0", "0", "u", "342"]
    assert county["value"].to_list()[4:] == [None, None, None, 342]
    assert county["status"].to_list()[4:] == ["not_available", "not_available", "not_available", "ok"]
    assert county["correction_id"].drop_nulls().to_list() == [
        "hampshire-2022-not-recorded",
        "hampshire-2023-not-recorded",
    ]


def test_hackney_has_no_figures_for_two_years(children: pl.DataFrame) -> None:
    hackney = children.filter((pl.col("area_id") == "E09000012") & (pl.col("measure_id") == GANGS)).sort("period_end")
    assert hackney["status"].to_list() == ["ok", "ok", "ok", "not_published", "not_published", "ok", "ok", "ok"]


def test_a_force_that_is_one_county_has_the_countys_figures(sums: pl.DataFrame) -> None:
    assert by_year(sums, NORFOLK) == {
        **dict.fromkeys(range(2018, 2022)),
        **dict(zip(range(2022, 2026), (220, 324, 227, 204), strict=True)),
    }
    assert list(by_year(sums, SUFFOLK).values())[4:] == [203, 262, 139, 153]


def test_the_forces_that_are_one_county(authorities: pl.DataFrame) -> None:
    now = area_equal_forces(authorities, date(2025, 3, 31))
    assert now.filter(pl.col("authority_id").str.starts_with("E10"))["name"].sort().to_list() == [
        "Gloucestershire",
        "Hertfordshire",
        "Lincolnshire",
        "Norfolk",
        "Suffolk",
        "Surrey",
        "Warwickshire",
    ]
    assert now.filter(~pl.col("authority_id").str.starts_with("E10"))["name"].to_list() == ["City of London"]
    before = area_equal_forces(authorities, date(2021, 3, 31))["name"].to_list()
    assert {"Cumbria", "Northamptonshire"} <= set(before)


def test_a_county_of_the_same_name_is_smaller_than_its_force(sums: pl.DataFrame, authorities: pl.DataFrame) -> None:
    members = upper_tier(authorities, date(2025, 3, 31)).filter(pl.col("police_force_area_id") == HAMPSHIRE)["name"]
    assert set(members) == {"Hampshire", "Isle of Wight", "Portsmouth", "Southampton"}
    row = sums.row(
        by_predicate=(pl.col("area_id") == HAMPSHIRE)
        & (pl.col("measure_id") == EXPLOITATION)
        & (pl.col("period_end") == date(2024, 3, 31)),
        named=True,
    )
    assert row["value"] is None
    assert row["reason"] == "Portsmouth: not comparable; Hampshire: not available"


def test_one_suppressed_authority_leaves_the_force_without_a_sum(children: pl.DataFrame, sums: pl.DataFrame) -> None:
    gaps = children.filter((pl.col("status") == "suppressed") & (pl.col("measure_id") == GANGS))
    assert gaps.height == 47
    reasons = sums.filter((pl.col("measure_id") == GANGS) & pl.col("value").is_null())["reason"]
    named = set(reasons.str.split("; ").explode())
    assert {f"{name}: suppressed" for name in gaps["area_text"]} <= named
    assert (sums["value"].is_null() == sums["reason"].is_not_null()).all()


def test_children_of_all_forces_are_the_children_of_england(children: pl.DataFrame, sums: pl.DataFrame) -> None:
    # Authorities are printed to the unit and so is England: the one total of these files that is not rounded.
    england = by_year(children, "E92000001", "child_population")
    for year in range(2019, 2025):
        parts = sums.filter((pl.col("measure_id") == "child_population") & (pl.col("period_end").dt.year() == year))
        assert parts["value"].null_count() == 0
        assert parts["value"].sum() == england[year]


def test_former_codes_do_not_lose_barnsley_and_sheffield(sums: pl.DataFrame) -> None:
    rows = sums.filter((pl.col("area_id") == SOUTH_YORKSHIRE) & (pl.col("measure_id") == "child_population"))
    assert rows["authorities"].unique().to_list() == [4]
    assert rows["value"].min() > 280_000


def test_sums_of_authorities_are_near_the_rounded_total(children: pl.DataFrame) -> None:
    assessed = children.filter(
        (pl.col("measure_id") == "assessed_episodes") & (pl.col("period_end") == date(2025, 3, 31))
    )
    total = assessed.filter(pl.col("area_kind") == "local_authority")["value"].sum()
    england = assessed.filter(pl.col("area_kind") == "country")["value"].item()
    assert england % 10 == 0
    assert abs(total - england) <= 5


def test_a_rate_is_per_10_000_children_of_the_mid_year_inside_the_period(indicators: pl.DataFrame) -> None:
    norfolk = indicators.row(
        by_predicate=(pl.col("area_id") == NORFOLK)
        & (pl.col("measure_id") == EXPLOITATION)
        & (pl.col("period_end") == date(2025, 3, 31)),
        named=True,
    )
    assert (norfolk["denominator"], norfolk["multiplier"], norfolk["is_derived"]) == (171_830, 10_000, True)
    assert norfolk["denominator_edition"] == "mid-2024, dfe_child_population 2024-mid-2024"
    assert norfolk["value"] == pytest.approx(11.8722, abs=5e-5)
    assert norfolk["lower_95"] < norfolk["value"] < norfolk["upper_95"]


def test_no_rate_without_a_sum_or_for_very_few_children(indicators: pl.DataFrame) -> None:
    rates = indicators.filter(pl.col("measure_id").is_in([EXPLOITATION, GANGS]), is_preferred=True)
    assert rates["area_id"].n_unique() == 39
    assert set(rates["area_kind"]) == {"police_force_area"}
    assert rates.filter(pl.col("numerator").is_null())["value"].null_count() == rates["numerator"].null_count()
    city = rates.filter((pl.col("area_id") == "E23000034") & pl.col("numerator").is_not_null())
    assert set(city["status"]) == {"population_too_small"}
    dorset = rates.filter(
        (pl.col("area_id") == "E23000039")
        & (pl.col("measure_id") == GANGS)
        & (pl.col("period_end") == date(2019, 3, 31))
    ).row(0, named=True)
    # Its authorities were redrawn in 2019: the children of mid-2018 are not published for them, those of a year later are.
    assert (dorset["numerator"], dorset["status"]) == (35, "ok")
    assert dorset["denominator_edition"] == "mid-2019, dfe_child_population 2024-mid-2019"


def test_zeros_of_large_authorities_are_doubted_and_those_of_small_ones_are_not(children: pl.DataFrame) -> None:
    doubted = implausible_zeros(children)
    assert doubted["expected"].min() >= 10
    wakefield = doubted.filter((pl.col("area_text") == "Wakefield") & (pl.col("period_end") == date(2025, 3, 31)))
    assert wakefield["assessed"].to_list() == [4504]
    assert "Isles of Scilly" not in doubted["area_text"]
    assert "Hampshire" not in doubted["area_text"]  # its zeros are corrected


def observed(values: list[float | None], codes: list[str]) -> pl.DataFrame:
    """Synthetic observations of South Yorkshire's authorities, year to March 2025."""
    return pl.DataFrame(
        {
            "observation_id": [f"synthetic/{code}" for code in codes],
            "area_id": codes,
            "value": values,
            "status": ["ok" if value is not None else "suppressed" for value in values],
        },
        schema_overrides={"value": pl.Float64},
    ).with_columns(
        pl.lit("local_authority").alias("area_kind"),
        pl.lit(GANGS).alias("measure_id"),
        pl.lit("synthetic").alias("source_id"),
        pl.lit("ye-mar-2025").alias("edition_id"),
        pl.lit(date(2024, 4, 1)).alias("period_start"),
        pl.lit(date(2025, 3, 31)).alias("period_end"),
        pl.lit("2025-10").alias("vintage"),
    )


NEW_CODES = ["E08000038", "E08000017", "E08000018", "E08000039"]
OLD_CODES = ["E08000016", "E08000017", "E08000018", "E08000019"]


@pytest.mark.full
@given(st.lists(st.one_of(st.none(), st.integers(0, 5000).map(float)), min_size=4, max_size=4))
def test_a_sum_is_the_sum_of_all_its_parts_or_nothing(registers: Registers, values: list[float | None]) -> None:
    for codes in (NEW_CODES, OLD_CODES):
        (row,) = (
            force_sums(observed(values, codes), registers.local_authorities)
            .filter(pl.col("area_id") == SOUTH_YORKSHIRE)
            .iter_rows(named=True)
        )
        known = [value for value in values if value is not None]
        assert row["value"] == (sum(known) if len(known) == 4 else None)
        assert row["status"] == ("ok" if len(known) == 4 else "suppressed")


def test_an_authority_that_is_not_in_the_table_leaves_the_force_without_a_sum(authorities: pl.DataFrame) -> None:
    sums = force_sums(observed([1.0, 2.0, 3.0], NEW_CODES[:3]), authorities)
    row = sums.row(by_predicate=pl.col("area_id") == SOUTH_YORKSHIRE, named=True)
    assert (row["value"], row["status"], row["reason"]) == (None, "not_available", "Sheffield: not in table")
