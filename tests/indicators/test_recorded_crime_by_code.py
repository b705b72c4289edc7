"""Drug offences and modern slavery by offence code, as the Home Office's editions of 2023 and 2026 give them."""

from datetime import date

import polars as pl
import pytest

from transforms.harmonise import Harmonised, Registers
from transforms.indicators import revisions

from .look_ups import CITY_OF_LONDON, ENGLAND_AND_WALES, NORFOLK

CODES = (
    *("drug_trafficking_offences", "other_drug_offences"),
    *("other_possession_offences", "cannabis_possession_offences"),
)


def year(indicators: pl.DataFrame, measure_id: str, area_id: str, of: int) -> dict[str, object]:
    return indicators.filter(
        measure_id=measure_id,
        area_id=area_id,
        period_start=date(of, 1, 1),
        period_end=date(of, 12, 31),
        is_preferred=True,
    ).row(0, named=True)


@pytest.mark.parametrize(
    ("measure_id", "area_id", "of", "count"),
    [
        ("drug_trafficking_offences", ENGLAND_AND_WALES, 2019, 33_881),
        ("drug_trafficking_offences", ENGLAND_AND_WALES, 2024, 60_471),
        ("drug_trafficking_offences", ENGLAND_AND_WALES, 2025, 75_907),
        ("drug_offences", ENGLAND_AND_WALES, 2024, 195_613),
        ("drug_offences", NORFOLK, 2019, 2_772),
        ("drug_offences", NORFOLK, 2025, 1_928),
        ("drug_trafficking_offences", NORFOLK, 2025, 370),
        ("modern_slavery_offences", CITY_OF_LONDON, 2025, 5),
    ],
)
def test_a_calendar_year_is_four_quarters_of_the_newest_edition(
    measure_id: str, area_id: str, of: int, count: int, indicators: pl.DataFrame
) -> None:
    row = year(indicators, measure_id, area_id, of)
    assert (row["numerator"], row["source_id"], row["edition_id"]) == (count, "ho_recorded_crime_open_data", "2026-04")


@pytest.mark.parametrize(("of", "share"), [(2013, 14.7), (2019, 18.9), (2025, 32.9)])
def test_trafficking_is_a_growing_share_of_drug_offences(of: int, share: float, indicators: pl.DataFrame) -> None:
    row = year(indicators, "trafficking_share", ENGLAND_AND_WALES, of)
    assert row["value"] == pytest.approx(share, abs=0.05)
    assert row["denominator"] == year(indicators, "drug_offences", ENGLAND_AND_WALES, of)["numerator"]


def test_drug_offences_are_trafficking_and_the_others(indicators: pl.DataFrame) -> None:
    by_code = indicators.filter(source_id="ho_recorded_crime_open_data", months=12, edition_id="2026-04")
    wide = by_code.filter(pl.col("denominator_rule") != "offences").pivot(
        on="measure_id", index=["area_id", "period_end"], values="numerator"
    )
    parts = pl.col("drug_trafficking_offences") + pl.col("drug_possession_offences")
    assert wide.filter(parts != pl.col("drug_offences")).is_empty()
    assert len(wide) > 43 * 52


def test_every_quarter_end_gives_every_force_a_year(indicators: pl.DataFrame) -> None:
    years = indicators.filter(
        pl.col("area_kind") == "police_force_area", measure_id="drug_offences", months=12, is_preferred=True
    ).filter(pl.col("period_end") >= date(2013, 3, 31))
    assert years["numerator"].null_count() == 0
    assert years.group_by("area_id").agg(pl.col("period_end").n_unique())["period_end"].unique().to_list() == [52]


def test_at_most_five_modern_slavery_offences_are_rare(indicators: pl.DataFrame) -> None:
    forces = indicators.filter(
        pl.col("area_kind") == "police_force_area", measure_id="modern_slavery_offences", months=12, is_preferred=True
    ).filter(pl.col("numerator") <= 5)
    few = {of: forces.filter(period_end=date(of, 12, 31))["area_name"].to_list() for of in (2019, 2025)}
    assert few == {2019: [], 2025: ["City of London"]}


def test_editions_revise_each_other_code_by_code(
    harmonised: Harmonised, areas: pl.DataFrame, registers: Registers
) -> None:
    """Of 2022/23 two editions print 704 figures by force, quarter and code: 471 of them differently, as 142 of 176 sums of all drug offences."""
    found = revisions(harmonised.observations, areas, registers.measures, harmonised.record_files).filter(
        pl.col("period_start").is_between(date(2022, 4, 1), date(2023, 1, 1)),
        edition_id="2026-04",
        edition_before="2023-10",
    )
    by_code = found.filter(pl.col("measure_id").is_in(CODES))
    assert (len(by_code), len(by_code.filter(pl.col("change") != 0))) == (704, 471)
    sums = found.filter(measure_id="drug_offences")
    assert (len(sums), len(sums.filter(pl.col("change") != 0))) == (176, 142)
