"""Outcomes of offences of 2024/25, whose offence codes were restored: they add up to the offences recorded, and a quarter that is too young makes no rate."""

from datetime import date

import polars as pl
import pytest

from transforms.harmonise import Harmonised, Registers
from transforms.indicators import reconcile

from .look_ups import ENGLAND_AND_WALES

EDITION = "2024-25-codes-restored"


def cohort(
    observations: pl.DataFrame,
    harmonised: Harmonised,
    indicators: pl.DataFrame,
    areas: pl.DataFrame,
    registers: Registers,
) -> dict[str, object]:
    found = reconcile(observations, harmonised.excluded, indicators, areas, registers)
    return found.filter(kind="cohort", edition_id=EDITION).row(0, named=True)


def test_the_outcomes_of_every_force_quarter_and_code_add_up_to_the_offences_recorded(
    harmonised: Harmonised, indicators: pl.DataFrame, areas: pl.DataFrame, registers: Registers
) -> None:
    row = cohort(harmonised.observations, harmonised, indicators, areas, registers)
    assert (row["published"], row["computed"], row["agrees"]) == (880, 880, True), "44 bodies, 4 quarters, 5 codes"


def test_a_code_that_was_restored_wrongly_is_found(
    harmonised: Harmonised, indicators: pl.DataFrame, areas: pl.DataFrame, registers: Registers
) -> None:
    one = harmonised.observations.filter(edition_id=EDITION, measure_id="trafficking_offences_charged")[
        "observation_id"
    ][0]
    wrong = harmonised.observations.with_columns(
        pl.when(observation_id=one).then(pl.col("value") + 1).otherwise("value").alias("value")
    )
    row = cohort(wrong, harmonised, indicators, areas, registers)
    assert (row["computed"], row["agrees"]) == (879, False)


def test_outcomes_of_a_quarter_make_a_rate_once_it_is_four_quarters_old(indicators: pl.DataFrame) -> None:
    rates = indicators.filter(measure_id="trafficking_charge_rate", area_id=ENGLAND_AND_WALES).sort("period_end")
    assert rates["period_end"].to_list() == [date(2024, 6, 30), date(2024, 9, 30), date(2024, 12, 31)]
    assert rates["months"].unique().to_list() == [3], "a year needs the quarter to March 2025, which is too young"
    assert rates["numerator"].to_list() == [3_369, 3_210, 3_266]
    assert rates["value"].to_list() == pytest.approx([24.7, 20.4, 17.9], abs=0.05)


def test_the_share_without_an_outcome_grows_to_the_newest_quarter(published_cells: pl.DataFrame) -> None:
    cells = published_cells.filter(edition_id=EDITION).with_columns(
        pl.col("value_text").cast(pl.Int64), (pl.col("breakdown_text").str.ends_with("| 0")).alias("waiting")
    )
    shares = cells.group_by("period_text").agg(
        (pl.col("value_text").filter("waiting").sum() / pl.col("value_text").sum() * 100).round(1)
    )
    assert shares.sort("period_text")["value_text"].to_list() == [4.4, 5.1, 5.6, 7.6]
