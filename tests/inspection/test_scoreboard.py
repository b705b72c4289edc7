"""The findings of January 2020: fifteen rows, each with the status that the rule gives and never one that somebody typed."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from transforms.contracts.tables import SCOREBOARD, SCOREBOARD_STATUSES
from transforms.errors import RegisterError
from transforms.inspection import claim_check, load_findings, status
from transforms.inspection.scoreboard import Found, says
from transforms.sources.registry import Source


@pytest.fixture(scope="module")
def board(scored: Found) -> pl.DataFrame:
    return scored.scoreboard


def test_fifteen_findings_each_with_one_status_and_evidence_or_what_is_missing(board: pl.DataFrame) -> None:
    assert board.schema == SCOREBOARD.schema
    assert board["finding_id"].unique().sort().to_list() == [f"F{number:02d}" for number in range(1, 16)]
    assert board.group_by("finding_id").agg(pl.col("status").n_unique())["status"].to_list() == [1] * 15
    assert set(board["status"]) <= set(SCOREBOARD_STATUSES)
    unsupported = board.filter(pl.col("evidence").is_null() & pl.col("why_not").is_null())
    assert unsupported.is_empty()


def test_what_the_figures_at_hand_give(board: pl.DataFrame) -> None:
    statuses = dict(board.select("finding_id", "status").unique().rows())
    assert {finding for finding, said in statuses.items() if said == "No clear change"} == {"F05", "F08", "F09"}
    assert {finding for finding, said in statuses.items() if said == "Context only"} == {"F14", "F15"}
    assert statuses["F06"] == "Changed, no verdict on direction", (
        "trafficking is 32.9 per cent of drug offences, after 18.9"
    )
    # F11 for one indicator alone: how unlike forces are in modern slavery offences has two figures, which two changes of recording keep apart.
    assert {statuses[finding] for finding in ("F02", "F03", "F10", "F11")} == {"Not comparable"}
    unmeasured = {finding for finding, said in statuses.items() if said == "Not measurable"}
    assert {"F01", "F04", "F07", "F12", "F13"} == unmeasured
    assert board.filter(pl.col("status") == "Not measurable", pl.col("measured_by").is_null()).is_empty()
    programme = board.filter(indicator_id="I08c").row(0, named=True)
    assert programme["says"] == "not comparable", "the programme counts anew from July 2024"
    referrals = board.filter(indicator_id="I08a").row(0, named=True)
    assert [round(referrals[key], 1) for key in ("baseline", "latest")] == [58.8, 60.8], (
        "1,714 of 2,917; 1,723 of 2,836"
    )
    assert (referrals["grade"], referrals["says"]) == ("B", "no clear change"), "three quarters are held of both"
    links = board.filter(indicator_id="I15b").row(0, named=True)
    assert [round(links[key], 1) for key in ("baseline", "baseline_lower_95", "baseline_upper_95")] == [
        46.0,
        41.7,
        50.7,
    ]
    assert (round(links["latest"], 1), links["change"], links["grade"]) == (21.8, None, "C")
    children = board.filter(indicator_id="I09a").row(0, named=True)
    assert [round(children[key], 1) for key in ("baseline", "latest", "change")] == [12.1, 13.3, 10.1]
    assert (children["grade"], children["lower_95"]) == ("A", None), "one figure a year does not tell what chance does"
    referred = board.filter(indicator_id="I03d").row(0, named=True)
    assert (round(referred["baseline"], 1), round(referred["latest"], 1), referred["grade"]) == (3.4, 4.4, "C")


def test_shares_of_referrals_are_of_the_same_year_and_of_the_police_of_england_and_wales(board: pl.DataFrame) -> None:
    """Counted apart from this project for 2023: 1,275 adults beside 1,132 children, and 447 of 3,685 not specified."""
    adults = board.filter(indicator_id="I09d").row(0, named=True)
    assert [round(adults[key], 1) for key in ("baseline", "latest")] == [53.3, 53.0]
    assert (adults["grade"], adults["lower_95"], adults["says"]) == ("B", None, "no clear change")
    unknown = board.filter(indicator_id="I10b").row(0, named=True)
    assert [round(unknown[key], 1) for key in ("baseline", "latest")] == [11.6, 12.1]
    assert (unknown["grade"], unknown["change"], unknown["says"]) == ("C", None, "not comparable")


def test_areas_became_more_alike_only_if_their_intervals_part(board: pl.DataFrame) -> None:
    children = board.filter(indicator_id="I05a").row(0, named=True)
    assert (children["grade"], children["reasons"], children["says"]) == ("B", "T1", "no clear change")
    assert children["lower_95"] < 0 < children["upper_95"]
    referred = board.filter(indicator_id="I05a3").row(0, named=True)
    assert referred["upper_95"] < 0, "the difference alone leaves out no change"
    assert referred["latest_upper_95"] > referred["baseline_lower_95"], "but the two intervals overlap"
    assert says({**referred, "quarters": 4, "direction": "down is better"}) == "no clear change"
    authorities = board.filter(indicator_id="I05d").row(0, named=True)
    assert (authorities["grade"], authorities["says"]) == ("A", "no clear change")
    assert authorities["lower_95"] < 0 < authorities["upper_95"]


def test_the_ledger_has_the_pair_of_every_graded_indicator_with_its_grade(scored: Found) -> None:
    graded = scored.scoreboard.filter(pl.col("grade").is_not_null())
    pairs = scored.comparability.filter(kind="finding").with_columns(
        pl.col("comparison_id").str.split(" ").list.get(1).alias("indicator_id")
    )
    said = ["indicator_id", "grade", "reasons"]
    assert pairs.select(said).sort("indicator_id").equals(graded.select(said).sort("indicator_id"))
    assert scored.comparability["comparison_id"].is_unique().all()


def test_the_ledger_refuses_grades_of_two_cycles(scored: Found) -> None:
    """43 forces, three pillars, four cycles: three steps from one cycle to the next. And areas of policing that two cycles have."""
    pairs = scored.comparability.filter(kind="inspection")
    is_of_area = pl.col("figure_id_a").str.contains("question-grades")
    assert (pairs.filter(~is_of_area).height, pairs.filter(is_of_area).height) == (43 * 3 * 3, 33)
    assert (pairs["area_id_a"] == pairs["area_id_b"]).all()
    assert (pairs["period_end_a"] < pairs["period_start_b"]).all()
    assert set(pairs["grade"]) <= {"C", "X"}


def test_the_index_of_comparable_pairs_counts_the_whole_ledger(scored: Found) -> None:
    index = scored.scoreboard.filter(indicator_id="I11a")["latest"][0]
    assert index == pytest.approx(scored.comparability["grade"].is_in(["A", "B"]).mean() * 100)


def test_a_cap_keeps_a_grade_and_its_percentage_down(board: pl.DataFrame) -> None:
    capped = board.filter(indicator_id="I03d").row(0, named=True)
    assert (capped["grade"], capped["change"]) == ("C", None)
    assert set(board.filter(pl.col("grade") == "C")["change"]) <= {None}


def test_every_finding_leads_to_its_evidence(board: pl.DataFrame, registered: dict[str, Source]) -> None:
    named = set(board["source_id"].drop_nulls())
    assert named <= set(registered)
    without_source = board.group_by("finding_id").agg(pl.col("source_id").count()).filter(source_id=0)
    assert without_source.is_empty()
    unsourced = board.filter(pl.col("source_id").is_null() & pl.col("latest").is_not_null())
    assert set(unsourced["evidence"].str.split("/").list.first()) <= {"out", "data"}


def indicator(**values: Any) -> dict[str, Any]:
    """A synthetic indicator that got clearly better, but for the values given."""
    return {
        **{"direction": "up is better", "baseline": 10.0, "latest": 12.0, "grade": "A", "quarters": 4},
        **{"change": 20.0, "lower_95": 5.0, "upper_95": 35.0},
        **{f"{when}_{limit}_95": None for when in ("baseline", "latest") for limit in ("lower", "upper")},
        **values,
    }


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, "better"),
        ({"direction": "down is better"}, "worse"),
        ({"direction": "ambiguous"}, "changed"),
        ({"direction": "context"}, "context"),
        ({"lower_95": -1.0}, "no clear change"),
        ({"change": 9.9, "lower_95": 5.0, "upper_95": 15.0}, "no clear change"),
        ({"grade": "B"}, "better"),
        ({"grade": "C"}, "not comparable"),
        ({"grade": "X"}, "not comparable"),
        ({"quarters": 3}, "no clear change"),
        ({"baseline": None}, "not measurable"),
        ({"lower_95": None, "upper_95": None}, "no clear change"),
        (
            {"baseline_lower_95": 8.0, "baseline_upper_95": 11.5, "latest_lower_95": 11.0, "latest_upper_95": 14.0},
            "no clear change",
        ),
        (
            {"baseline_lower_95": 8.0, "baseline_upper_95": 10.5, "latest_lower_95": 11.0, "latest_upper_95": 14.0},
            "better",
        ),
        ({"change": -20.0, "lower_95": -35.0, "upper_95": -5.0}, "worse"),
    ],
)
def test_what_an_indicator_says_alone(values: dict[str, Any], said: str) -> None:
    assert says(indicator(**values)) == said


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (["better", "not measurable"], "Improved"),
        (["worse", "changed"], "Worse"),
        (["better", "worse"], "Mixed"),
        (["changed", "not measurable"], "Changed, no verdict on direction"),
        (["changed", "no clear change"], "Changed, no verdict on direction"),
        (["no clear change", "not comparable"], "No clear change"),
        (["not comparable"], "Not comparable"),
        (["not comparable", "not measurable"], "Not comparable"),
        (["context", "context"], "Context only"),
        (["context", "not measurable"], "Not measurable"),
        (["not measurable"], "Not measurable"),
    ],
)
def test_the_status_of_a_finding(said: list[str], expected: str) -> None:
    assert status(said) == expected


def test_a_finding_without_an_indicator_is_refused(data: Path, tmp_path: Path) -> None:
    (tmp_path / "registers").mkdir()
    for name in ("findings.csv", "finding_indicators.csv", "stated_facts.csv"):
        lines = (data / "registers" / name).read_text(encoding="utf-8").splitlines(keepends=True)
        (tmp_path / "registers" / name).write_text("".join(line for line in lines if not line.startswith("I04")))
    with pytest.raises(RegisterError, match="give each finding an indicator"):
        load_findings(tmp_path)


def test_the_claim_of_the_radio_item(indicators: pl.DataFrame, observations: pl.DataFrame) -> None:
    found = claim_check(indicators, observations)
    assert (found["count"], found["months"], found["published_rank"]) == (416, 15, 1)
    assert [round(found[key], 1) for key in ("rate", "lower_95", "upper_95")] == [46.0, 41.7, 50.7]
    assert {row["area_name"]: round(row["at_most"], 1) for row in found["unprinted"]} == {
        "Hampshire": 20.9,
        "Sussex": 19.7,
    }
    assert [row["area_name"] for row in found["unnamed"]] == ["Cumbria"]
    assert (found["rank_by_rate"], found["rank_by_rate_at_worst"], found["may_say_highest"]) == (1, 2, False)
    assert (found["second_first"], found["second_first_count"], found["second_count"]) == ("Hampshire", 413, 198)
    assert found["second_rate"] > found["second_first_rate"]
    assert [round(found[key], 1) for key in ("change_per_month", "change_as_printed")] == [-40.5, -52.4]
