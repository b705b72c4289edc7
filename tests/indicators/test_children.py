"""Counts of children of several publications: what the releases print of one year, and the figures of England and of Norfolk."""

from datetime import date

import polars as pl
import pytest

ENGLAND, NORFOLK = "E92000001", "E23000024"


def england(observations: pl.DataFrame, measure_id: str, year: int, edition: str) -> float | None:
    (value,) = observations.filter(
        (pl.col("period_end").dt.year() == year) & pl.col("edition_id").str.starts_with(edition),
        area_id=ENGLAND,
        measure_id=measure_id,
    )["value"]
    return None if value is None else float(value)


@pytest.mark.parametrize(
    ("measure_id", "year", "edition", "value"),
    [
        ("child_criminal_exploitation_episodes", 2024, "2024-", 15_750),
        ("gangs_episodes", 2024, "2024-", 10_180),
        ("assessed_episodes", 2024, "2024-", 506_370),
        ("children_in_need_episodes", 2024, "2024-", 399_460),
        ("children_in_need_episodes", 2025, "2025-", 402_400),
        ("social_care_referrals", 2025, "2025-", 632_830),
        ("social_care_referrals_without_action", 2025, "2025-", 41_340),
        ("looked_after_children_convicted", 2025, "2025-", 800),
        ("looked_after_children_10_to_17", 2025, "2025-", 40_990),
        ("looked_after_children_substance_misuse", 2025, "2025-", 1_780),
        ("looked_after_children", 2025, "2025-", 58_530),
        ("permanent_exclusions_drugs_alcohol", 2016, "release-2015-16", 525),
        ("permanent_exclusions_drugs_alcohol", 2017, "release-2016-17", 565),
        ("fixed_period_exclusions_drugs_alcohol", 2017, "release-2016-17", 9_075),
    ],
)
def test_england_has_the_published_number(
    measure_id: str, year: int, edition: str, value: int, observations: pl.DataFrame
) -> None:
    assert england(observations, measure_id, year, edition) == value


def test_the_release_of_2025_prints_what_that_of_2024_did(observations: pl.DataFrame) -> None:
    """Two vintages of each figure; nothing was revised."""
    for source_id in ("dfe_children_in_need", "dfe_children_in_need_episodes"):
        of_source = observations.filter(source_id=source_id)
        first, second = (of_source.filter(pl.col("edition_id").str.starts_with(f"{year}-")) for year in (2024, 2025))
        both = first.join(second, on=["measure_id", "area_id", "period_end"], suffix="_later")
        assert both.height == first.height
        assert both.filter(~pl.col("value_text").eq_missing(pl.col("value_text_later"))).is_empty()


@pytest.mark.parametrize(
    ("measure_id", "period_end", "numerator", "rate", "population"),
    [
        ("social_care_referrals", date(2025, 3, 31), 5_986, 348.3676, "mid-2024, dfe_child_population 2024-mid-2024"),
        ("children_in_need_episodes", date(2025, 3, 31), 4_643, 270.2089, "mid-2024, dfe_child_population 2024-mid-2024"),
        ("permanent_exclusions_drugs_alcohol", date(2017, 8, 31), 12, 0.7160, "mid-2017, dfe_child_population 2024-mid-2017"),
        ("fixed_period_exclusions_drugs_alcohol", date(2017, 8, 31), 97, 5.7878, "mid-2017, dfe_child_population 2024-mid-2017"),
    ],
)  # fmt: skip
def test_norfolk_has_a_rate_per_10_000_children(
    measure_id: str, period_end: date, numerator: int, rate: float, population: str, indicators: pl.DataFrame
) -> None:
    row = indicators.filter(measure_id=measure_id, area_id=NORFOLK, period_end=period_end, is_preferred=True).row(
        0, named=True
    )
    assert (row["numerator"], row["denominator_edition"]) == (numerator, population)
    assert row["value"] == pytest.approx(rate, abs=5e-5)


@pytest.mark.parametrize(("year", "offences"), [(2015, 155_832), (2019, 163_997), (2024, 184_103)])
def test_drug_offences_of_years_ending_september_add_up(year: int, offences: int, indicators: pl.DataFrame) -> None:
    row = indicators.filter(area_id="K04000001", edition_id=f"copy-ye-sep-{year}").row(0, named=True)
    assert row["numerator"] == offences
    assert row["value"] == pytest.approx(1000 * offences / row["denominator"])
    assert row["denominator_edition"].startswith(f"mid-{year}, ")
