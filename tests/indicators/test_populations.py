"""Which population a rate is divided by."""

from datetime import date
from typing import Any

import polars as pl
import pytest

from transforms.indicators.local_authorities import OF_AUTHORITIES
from transforms.indicators.populations import canonical_by_force, populations

from .synthetic import YEAR_2023, computed, frame, number, observation, residents

TWO = ("ALPHA", "BRAVO")


def year_chosen(period: tuple[date, date], *held: int) -> int | None:
    """The mid-year that the rule chooses for a period, of those held."""
    printed = populations(frame(*(residents("ALPHA", 100_000 + year, year) for year in held)))
    periods = pl.DataFrame({"period_start": [period[0]], "period_end": [period[1]]})
    chosen = canonical_by_force(periods, printed)
    assert chosen.height <= 1
    return chosen["year"].item() if chosen.height else None


@pytest.mark.parametrize(
    ("period", "held", "chosen"),
    [
        ((date(2019, 1, 1), date(2019, 12, 31)), (2018, 2019, 2020), 2019),
        ((date(2018, 4, 1), date(2019, 3, 31)), (2017, 2018, 2019), 2018),
        ((date(2018, 7, 1), date(2019, 6, 30)), (2017, 2018, 2019), 2018),
        ((date(2018, 10, 1), date(2019, 9, 30)), (2017, 2018, 2019), 2019),
        ((date(2018, 1, 1), date(2019, 3, 31)), (2017, 2018, 2019), 2018),  # fifteen months
        ((date(2022, 4, 1), date(2022, 6, 30)), (2021, 2022, 2023), 2022),  # one quarter
        ((date(2019, 1, 1), date(2019, 12, 31)), (2017, 2018), 2018),
        ((date(2022, 4, 1), date(2022, 6, 30)), (2018, 2023), 2023),
        ((date(2019, 1, 1), date(2019, 12, 31)), (2018, 2020), 2018),  # both a year away: the earlier
        ((date(2021, 1, 1), date(2021, 12, 31)), (2018, 2023), None),
        ((date(2007, 4, 1), date(2008, 3, 31)), (2016,), None),
        ((date(2019, 1, 1), date(2019, 12, 31)), (), None),
    ],
)
def test_the_mid_year_nearest_to_the_middle_of_the_period_at_most_one_year_away(
    period: tuple[date, date], held: tuple[int, ...], chosen: int | None
) -> None:
    assert year_chosen(period, *held) == chosen


def test_the_newest_edition_of_a_mid_year_is_used() -> None:
    rows = [
        observation("ALPHA", 90),
        residents("ALPHA", 900_000, edition_id="first", vintage="2024-04"),
        residents("ALPHA", 950_000, edition_id="rebased", vintage="2025-04"),
    ]
    alpha = number(computed(*rows, forces=TWO), "ALPHA")
    assert (alpha["denominator"], alpha["denominator_edition"]) == (950_000, "mid-2023, synthetic_people rebased")


def two_forces(*people: dict[str, Any]) -> dict[str, Any]:
    return number(computed(observation("ALPHA", 90), observation("BRAVO", 60), *people, forces=TWO), "REGION")


def total(value: float, year: int = 2023) -> dict[str, Any]:
    return residents("REGION", value, year, area_kind="region")


def test_the_publishers_own_total_is_used_where_it_covers_the_same_forces() -> None:
    """It is rounded once; the sum of its parts is rounded as often as there are parts."""
    region = two_forces(residents("ALPHA", 900_000), residents("BRAVO", 600_000), total(1_500_100))
    assert (region["denominator"], region["value"]) == (1_500_100, pytest.approx(150e5 / 1_500_100))
    assert "/REGION/" in region["denominator_observations"]


def test_without_a_printed_total_the_parts_are_added_up() -> None:
    region = two_forces(residents("ALPHA", 900_000), residents("BRAVO", 600_000))
    assert region["denominator"] == 1_500_000
    assert region["denominator_observations"].count(";") == 1


def test_a_printed_total_of_more_forces_is_not_used() -> None:
    """Bravo gave no count; the printed total has its residents."""
    rows = [observation("ALPHA", 90), observation("BRAVO", None)]
    people = [residents("ALPHA", 900_000), residents("BRAVO", 600_000), total(1_500_100)]
    region = number(computed(*rows, *people, forces=TWO), "REGION")
    assert (region["denominator"], region["value"]) == (900_000, 10.0)


def test_a_printed_total_of_fewer_forces_is_not_used() -> None:
    """The edition that prints the total has no residents of Bravo, so its total cannot hold them; they come from the year before."""
    region = two_forces(residents("ALPHA", 900_000), residents("BRAVO", 590_000, 2022), total(900_100))
    assert region["denominator"] == 1_490_000
    assert region["denominator_edition"] == (
        "mid-2022, synthetic_people people-2022 and mid-2023, synthetic_people people-2023"
    )


def test_a_missing_population_is_no_rate_and_no_error() -> None:
    alpha = number(computed(observation("ALPHA", 90), residents("ALPHA", None), forces=TWO), "ALPHA")
    assert (alpha["denominator"], alpha["value"], alpha["status"]) == (None, None, "no_population")
    assert alpha["denominator_rule"] == "none"


def test_a_population_of_zero_is_no_rate_and_no_error() -> None:
    alpha = number(computed(observation("ALPHA", 90), residents("ALPHA", 0), forces=TWO), "ALPHA")
    assert (alpha["value"], alpha["upper_95"], alpha["status"]) == (None, None, "population_too_small")


def test_no_event_is_a_rate_of_zero() -> None:
    alpha = number(computed(observation("ALPHA", 0), residents("ALPHA", 500_000), forces=TWO), "ALPHA")
    assert (alpha["value"], alpha["lower_95"], alpha["method"]) == (0.0, 0.0, "exact")
    assert alpha["upper_95"] == pytest.approx(3.6888794541 / 5, abs=1e-9)


def as_published(count: int, printed_residents: float, printed_rate: float | None) -> dict[str, Any]:
    """A count, a population and a rate that one edition prints for one force."""
    same = {"source_id": "synthetic_tables", "edition_id": "ye-dec-2023"}
    rows = [
        observation("ALPHA", count, YEAR_2023, "drug_offences", **same),
        observation("ALPHA", printed_rate, YEAR_2023, "drug_offence_rate_published", **same),
        residents("ALPHA", printed_residents, 2022, **same),
    ]
    return number(computed(*rows, forces=TWO), "ALPHA", denominator_rule="as_published")


def test_the_whole_number_behind_a_printed_rate_is_used() -> None:
    row = as_published(2730, 903_700, 1000 * 2730 / 903_680)
    assert (row["denominator"], row["denominator_used"]) == (903_700, 903_680)
    assert row["value"] == pytest.approx(1000 * 2730 / 903_680, rel=1e-12)


def test_exactly_half_of_the_rounding_is_rounded_whatever_the_last_digit_of_the_rate() -> None:
    """A rate with its sixteenth digit rounded, as some programs write it, gives a hair more than half a hundred."""
    assert 3_113_200 - 1000 * 8123 / 2.609254292276312 > 50
    assert as_published(8123, 3_113_200, 2.609254292276312)["denominator_used"] == 3_113_150


@pytest.mark.parametrize(
    "printed_rate",
    [
        None,
        1000 * 2730 / 903_680.4,  # no whole number of residents
        1000 * 2730 / 903_760,  # whole, and rounds to another population than is printed
        3.02,  # printed with two decimals
        0.0,
    ],
)
def test_a_rate_that_does_not_give_its_population_away_leaves_the_printed_one(printed_rate: float | None) -> None:
    row = as_published(2730, 903_700, printed_rate)
    assert (row["denominator_used"], row["value"]) == (903_700, pytest.approx(1000 * 2730 / 903_700))


def test_no_offence_leaves_the_printed_population() -> None:
    row = as_published(0, 903_700, 0.0)
    assert (row["denominator_used"], row["value"], row["status"]) == (903_700, 0.0, "ok")


NORFOLK, DERBYSHIRE = "E23000024", "E23000018"
DISTRICTS_OF_NORFOLK = [f"E0700014{last}" for last in range(3, 10)]


def of_districts(districts: list[str], year: int = 2023, vintage: str = "2024-07") -> list[dict[str, Any]]:
    """A synthetic table of districts, each with ten thousand residents, and one more for each district before it."""
    columns = {"area_kind": "district", "edition_id": "by-district", "vintage": vintage}
    return [residents(area_id, 10_000 + place, year, **columns) for place, area_id in enumerate(districts)]


def test_districts_make_up_the_residents_of_their_force() -> None:
    rows = [observation(NORFOLK, 90), observation(DERBYSHIRE, 60), *of_districts(DISTRICTS_OF_NORFOLK)]
    found = computed(*rows, forces=(NORFOLK, DERBYSHIRE))
    norfolk = number(found, NORFOLK)
    assert (norfolk["denominator"], norfolk["denominator_rule"]) == (70_021, "canonical")
    assert norfolk["denominator_edition"] == "mid-2023, synthetic_people by-district"
    assert norfolk["denominator_observations"].count("; ") == 6
    assert number(found, DERBYSHIRE)["status"] == "no_population"


def test_a_force_that_lacks_a_district_has_no_population() -> None:
    found = computed(observation(NORFOLK, 90), *of_districts(DISTRICTS_OF_NORFOLK[1:]), forces=(NORFOLK, DERBYSHIRE))
    assert number(found, NORFOLK)["status"] == "no_population"


def test_districts_are_those_of_the_month_in_which_the_table_was_published() -> None:
    """A table has today's districts for all its years: Cumbria is two authorities in it, though it had six districts in 2015."""
    cumbria, today = "E23000002", ["E06000063", "E06000064"]
    period = (date(2015, 1, 1), date(2015, 12, 31))
    for vintage, denominator in (("2024-07", 20_001), ("2021-07", None)):
        rows = [observation(cumbria, 90, period), *of_districts(today, 2015, vintage)]
        assert number(computed(*rows, forces=(cumbria, NORFOLK)), cumbria, period)["denominator"] == denominator


def test_a_figure_for_the_force_itself_stands_before_a_newer_sum_of_districts() -> None:
    rows = [observation(NORFOLK, 90), *of_districts(DISTRICTS_OF_NORFOLK)]
    printed = residents(NORFOLK, 69_900, edition_id="of-forces", vintage="2019-07")
    assert number(computed(*rows, printed, forces=(NORFOLK, DERBYSHIRE)), NORFOLK)["denominator"] == 69_900


def test_every_count_of_a_force_since_2011_has_a_rate_on_the_residents_of_its_year(indicators: pl.DataFrame) -> None:
    """But where a force has fewer than 50,000 residents, as the City of London, or cancelled more records than it made, and per child in Dorset before mid-2018, where no estimate is published."""
    counts = indicators.filter(
        (pl.col("area_kind") == "police_force_area")
        & pl.col("numerator").is_not_null()
        & (pl.col("period_end") >= date(2011, 1, 1))
        & (pl.col("denominator_rule") != "offences")
    )
    assert counts.height > 3_000
    without = counts.filter(pl.col("denominator").is_null())
    assert set(without["area_id"]) == {"E23000039"}
    assert set(without["measure_id"]) <= set(OF_AUTHORITIES)
    assert without["period_end"].max() < date(2018, 6, 30)
    counts = counts.filter(pl.col("denominator").is_not_null())
    assert set(counts.filter(pl.col("status") != "ok")["status"]) <= {"population_too_small", "not_comparable"}
    assert set(counts.filter(status="population_too_small")["area_id"]) == {"E23000034"}
    middle = pl.col("period_start") + (pl.col("period_end") - pl.col("period_start")) / 2
    of_year = pl.col("denominator_edition").str.extract(r"^mid-(\d{4})").cast(pl.Int32)
    away = counts.filter(
        denominator_rule="canonical",
    ).select(away=middle.dt.year() - of_year, end="period_end", what="denominator_edition")
    far = away.filter(pl.col("away") != 0)
    assert far["away"].abs().max() <= 1
    # Before mid-2011 and after mid-2024 no mid-year is held; of Welsh children one alone, and of redrawn Dorset none before 2019.
    near = (
        (pl.col("end").dt.year() < 2012)
        | (pl.col("end").dt.year() > 2024)
        | pl.col("what").str.contains("by_age|2024-mid-2019")
    )
    assert far.filter(~near).is_empty()


@pytest.mark.parametrize(
    ("period", "residents_of_norfolk", "edition"),
    [
        ((date(2011, 4, 1), date(2012, 3, 31)), 859_426, "mid-2011, ons_population_by_district mid-2011-to-mid-2023"),
        ((date(2017, 10, 1), date(2018, 9, 30)), 903_700, "mid-2018, ons_pfa_tables ye-dec-2019"),
    ],
)
def test_the_residents_of_norfolk_in_a_year(
    period: tuple[date, date], residents_of_norfolk: int, edition: str, indicators: pl.DataFrame
) -> None:
    row = indicators.filter(
        area_id=NORFOLK,
        period_start=period[0],
        period_end=period[1],
        measure_id="drug_offences",
        denominator_rule="canonical",
    ).row(0, named=True)
    assert (row["denominator"], row["denominator_edition"]) == (residents_of_norfolk, edition)
