"""Who referred the children: local authorities among all first responders, on synthetic quarters and on the cells that are kept."""

from datetime import date

import polars as pl
import pytest

from transforms.harmonise import Harmonised, Registers
from transforms.inspection.first_responders import child_criminal_referrals, share_of_local_authorities

ABOUT = {"measure_id": "nrm_child_criminal_referrals", "definition_id": "D16", "geography_basis": "first responder"}


def quarters(counts: dict[tuple[int, int], tuple[int, int]]) -> pl.DataFrame:
    """Synthetic quarters, (year, number) -> (by local authorities, by everybody)."""
    rows = [(date(year, 3 * number - 2, 1), *of) for (year, number), of in counts.items()]
    frame = pl.DataFrame(rows, schema=["period_start", "local_authorities", "everybody"], orient="row")
    return frame.with_columns(pl.col("period_start").dt.offset_by("2mo").dt.month_end().alias("period_end")).sort(
        "period_start"
    )


def test_only_quarters_that_are_held_of_both_years_are_compared() -> None:
    counts = quarters(
        {(2022, 2): (50, 100), (2022, 3): (30, 50), (2023, 1): (99, 99), (2023, 2): (20, 80), (2023, 3): (60, 120)}
    )
    shares = share_of_local_authorities({"indicator_id": "I08a"}, counts, ABOUT, "official")
    assert shares is not None
    found, sides = shares
    assert (found["baseline"], found["latest"], found["quarters"]) == (pytest.approx(80 / 150 * 100), 40, 2)
    assert (found["baseline_period"], found["latest_period"]) == (
        "2022-04 to 2022-09, 2 quarters",
        "2023-04 to 2023-09, 2 quarters",
    )
    assert found["latest_lower_95"] < 40 < found["latest_upper_95"]
    assert sides["area_id"].to_list() == ["UK", "UK"]


def test_quarters_of_one_year_make_no_comparison() -> None:
    counts = quarters({(2023, number): (1, 2) for number in (1, 2, 3, 4)})
    assert share_of_local_authorities({"indicator_id": "I08a"}, counts, ABOUT, "official") is None


def test_referrals_of_the_whole_united_kingdom_are_counted_once(harmonised: Harmonised, registers: Registers) -> None:
    """The police of Scotland and Northern Ireland among them; the first quarter of 2023 has no table of all first responders."""
    counts = child_criminal_referrals(harmonised.observations, harmonised.excluded, registers)
    named = counts.select(pl.col("period_end").dt.strftime("%Y-%m"), "local_authorities", "everybody")
    assert named.rows() == [
        ("2022-06", 513, 592 + 304),
        ("2022-09", 587, 681 + 311),
        ("2022-12", 614, 706 + 323),
        ("2023-06", 542, 607 + 275),
        ("2023-09", 542, 623 + 289),
        ("2023-12", 639, 726 + 316),
    ]
