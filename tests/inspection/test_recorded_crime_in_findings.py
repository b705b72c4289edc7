"""What recorded crime by offence code says of the findings: beside the last full year before January 2020, and no change where recording changed."""

from typing import Any

import pytest

from transforms.inspection.scoreboard import Found


def of(scored: Found, indicator_id: str) -> dict[str, Any]:
    return scored.scoreboard.filter(indicator_id=indicator_id).row(0, named=True)


def test_the_baseline_of_the_share_of_trafficking_is_2019_and_not_the_first_year_held(scored: Found) -> None:
    row = of(scored, "I06a")
    assert (round(row["baseline"], 1), round(row["latest"], 1)) == (18.9, 32.9)
    assert (row["baseline_period"], row["latest_period"], row["grade"]) == (
        "2019-01 to 2019-12",
        "2025-01 to 2025-12",
        "A",
    )
    # Quarters tell how much the counts vary beyond chance, so that the change has limits.
    assert row["change"] == pytest.approx(73.9, abs=0.05)
    assert 10 < row["lower_95"] < row["change"] < row["upper_95"]


@pytest.mark.parametrize("indicator_id", ["I02a", "I02c", "I11d"])
def test_modern_slavery_over_time_is_graded_c_and_has_no_change(indicator_id: str, scored: Found) -> None:
    row = of(scored, indicator_id)
    assert (row["grade"], row["reasons"], row["change"]) == ("C", "R2 (B05, B17)", None)
    assert None not in (row["baseline"], row["latest"])


def test_one_police_force_recorded_at_most_five_modern_slavery_offences_in_2025_and_none_in_2019(scored: Found) -> None:
    row = of(scored, "I02c")
    assert (row["baseline"], row["latest"]) == (0, 1)
    assert row["evidence"] == "M06.E23000034.202501-202512.2026-04.canonical"


def test_a_baseline_that_is_later_than_the_report_is_said_to_be(scored: Found) -> None:
    row = of(scored, "I02d")
    assert row["baseline_period"] == "2022-04 to 2023-03"
    assert (
        row["why_not"]
        == "The earlier figure is of the first year held, which is later than the report of January 2020."
    )


def test_what_needs_subcodes_says_so(scored: Found) -> None:
    assert "supply of Class A drugs by subcode, of which no edition is held" in str(of(scored, "I05b")["why_not"])
