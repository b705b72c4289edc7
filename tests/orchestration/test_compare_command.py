"""`countylines compare` and `countylines scoreboard` on a full build: what may be published, and what is refused with its reason."""

import json
from pathlib import Path

import pytest

from tests.full_build import built as built
from tests.orchestration.builds import run

pytestmark = pytest.mark.full


def test_two_forces_are_compared_with_intervals_grade_and_sentence(built: Path) -> None:
    said = run(["compare", "Norfolk", "Suffolk", "--measure", "drug_offences", "--period", "YE Dec 2019"], built)
    assert said.returncode == 0, said.stderr
    assert said.stdout.splitlines() == [
        "Drug offences recorded by the police",
        "  Norfolk, year ending December 2019: 2,730 drug offences (3.0 per 1,000, 95% interval 2.9 to 3.1)",
        "  Suffolk, year ending December 2019: 1,712 drug offences (2.3 per 1,000, 95% interval 2.2 to 2.4)",
        "Grade A",
        "To publish: Norfolk, year ending December 2019: 2,730 drug offences (3.0 per 1,000, 95% interval 2.9 to 3.1); Suffolk, year "
        "ending December 2019: 1,712 drug offences (2.3 per 1,000, 95% interval 2.2 to 2.4): by population, 25% fewer in Suffolk (95% "
        "interval −30% to −21%).",
    ]


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (
            [
                "Greater Manchester",
                "--measure",
                "drug_offences",
                "--period",
                "YE Dec 2018",
                "--with-period",
                "YE Dec 2019",
            ],
            3,
            ["Grade X: coverage: a figure is missing", "it would take: a published figure on both sides", "Refused:"],
        ),
        (
            ["Norfolk", "--measure", "peel_grade", "--period", "2018/19", "--with-period", "2021/22"],
            3,
            ["recording differs (B21)", "grades of one inspection cycle", "Norfolk, 2021/22: no grade held"],
        ),
        (
            [
                "Norfolk",
                "--measure",
                "london_linked_individuals",
                "--period",
                "2018-01/2019-03",
                "--with-period",
                "2019-05/2020-04",
            ],
            0,
            [
                "Grade C: period differs; recording differs (B11); kind of source differs",
                "They stand side by side only",
            ],
        ),
    ],
    ids=["across the gap of Greater Manchester", "across inspection cycles", "two reports of the London project"],
)
def test_what_may_not_be_compared_is_said_with_its_reason(
    built: Path, arguments: list[str], status: int, words: list[str]
) -> None:
    said = run(["compare", *arguments], built)
    assert said.returncode == status, said.stderr
    assert all(word in said.stdout for word in words), said.stdout
    assert "%" not in said.stdout.replace("95%", "")


def test_a_machine_reads_the_same(built: Path) -> None:
    said = run(
        ["compare", "Norfolk", "Suffolk", "--measure", "drug_offences", "--period", "YE Dec 2019", "--json"], built
    )
    found = json.loads(said.stdout)
    assert (found["grade"], found["numerator_a"], found["change"]["is_change"]) == ("A", 2730, True)
    board = json.loads(run(["scoreboard", "--json"], built).stdout)
    assert len({row["finding_id"] for row in board}) == 15


def test_one_area_and_one_period_are_no_comparison(built: Path) -> None:
    said = run(["compare", "Norfolk", "--measure", "drug_offences", "--period", "YE Dec 2019"], built)
    assert said.returncode == 1
    assert "Give two areas and one period, or one area with --period and --with-period." in said.stderr
    assert "F15" in run(["scoreboard"], built).stdout
