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
    norfolk = "Norfolk, year ending December 2019: 2,772 drug offences (3.1 per 1,000, 95% interval 2.9 to 3.2)"
    suffolk = "Suffolk, year ending December 2019: 1,768 drug offences (2.3 per 1,000, 95% interval 2.2 to 2.4)"
    assert said.stdout.splitlines() == [
        "Drug offences recorded by the police",
        f"  {norfolk}",
        f"  {suffolk}",
        "Grade A",
        f"To publish: {norfolk}; {suffolk}: Suffolk's rate was 24% lower than Norfolk's (95% interval −28% to −19%).",
    ]


def test_an_area_is_set_beside_its_neighbours_each_with_its_grade(built: Path) -> None:
    said = run(
        ["compare", "Norfolk", "--with", "neighbours", "--measure", "drug_offences", "--period", "YE Dec 2019"], built
    )
    assert said.returncode == 0, said.stderr
    lines = said.stdout.splitlines()
    assert lines[1].startswith("  Norfolk, year ending December 2019: 2,772 drug offences (3.1 per 1,000")
    assert [line.split(",")[0].strip() for line in lines[3:6]] == ["Lincolnshire", "Cambridgeshire", "Suffolk"]
    assert lines[5].endswith("; grade A: 24% lower (95% interval −28% to −19%)")


def test_what_is_similar_says_how_it_was_found_how_near_it_is_and_what_it_rests_on(built: Path) -> None:
    said = run(["compare", "Norfolk", "--with", "similar", "--measure", "M01", "--period", "latest"], built)
    assert said.returncode == 0, said.stderr
    assert "These are not the groups of most similar forces that HMICFRS uses." in said.stdout
    assert "1 is usual of two areas taken at random: Suffolk 0.29, Cambridgeshire 0.42, " in said.stdout
    assert "Of the five, so many stay among the nearest five when one characteristic is left out: " in said.stdout


def test_a_region_is_one_area_beside_and_names_are_given_with_commas(built: Path) -> None:
    region = run(["compare", "Norfolk", "--with", "region", "--measure", "M01", "--period", "YE Dec 2025"], built)
    assert region.stdout.splitlines()[3].startswith("  East of England, year ending December 2025: ")
    named = ["compare", "Norfolk", "--with", "SUFFOLK, kent", "--measure", "M08", "--period", "latest", "--json"]
    found = json.loads(run(named, built).stdout)
    assert [pair["area_name_b"] for pair in found["pairs"]] == ["Suffolk", "Kent"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["City of London", "--with", "similar"], "No police force area is called similar to City of London"),
        (["East of England", "--with", "neighbours"], "East of England is no police force area"),
        (["England and Wales", "--with", "region"], "England and Wales is in no region"),
        (["Norfolk", "Suffolk", "--with", "region"], "Give two areas and one period, one area with"),
        (["Norfolk", "--with", "Norwich Union"], "No area is called 'Norwich Union'"),
    ],
)
def test_a_group_that_there_is_not_is_refused_with_what_to_do(arguments: list[str], words: str, built: Path) -> None:
    said = run(["compare", *arguments, "--measure", "drug_offences", "--period", "YE Dec 2019"], built)
    assert (said.returncode, said.stdout) == (1, "")
    assert words in said.stderr


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
            [
                "leaves out a part of July to September 2019, when Greater Manchester Police changed its computer system: no fall",
                "Grade C: coverage differs",
                "B08: Greater Manchester Police changed its computer system in July 2019",
                "Refused:",
            ],
        ),
        (
            ["Norfolk", "--measure", "peel_grade", "--period", "2018/19", "--with-period", "2021/22"],
            3,
            [
                "recording differs (B21)",
                "grades of one inspection cycle",
                "2021/22: areas of policing were graded, and of those no grade is held by force.",
                "Norfolk, 2021/22: no grade held",
                "B21: From 2021/22 grades have five tiers instead of four, and the questions changed.\n",
            ],
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
            3,
            [
                "Grade C: period differs; recording differs (B11); kind of source differs",
                "it would take: periods of the same length and months",
                "B11: The Metropolitan Police took the collection",
                "Refused: a change in per cent, a rank and a test",
                "They stand side by side and say nothing of a difference.",
            ],
        ),
        (
            ["England and Wales", "--measure", "M06", "--period", "YE Dec 2019", "--with-period", "YE Dec 2025"],
            3,
            [
                "Grade C: recording differs (B05, B17)",
                "B17: From April and May 2023 only the principal crime of an incident is recorded.",
                "They stand side by side and say nothing of a difference.",
            ],
        ),
        (
            ["Norfolk", "City of London", "--measure", "M01", "--period", "YE Dec 2019"],
            3,
            [
                "Grade C: unit differs; population differs",
                "City of London, year ending December 2019: 722 drug offences",
                "City of London, year ending December 2019: No rate is shown: too few people live there for one.",
            ],
        ),
        (
            ["Norfolk", "--measure", "M08", "--period", "2022-Q4", "--with-period", "2023-Q4"],
            0,
            [
                "18 referrals (95% interval 11 to 28)",
                "no interval of the change: fewer than eight quarters are held",
                "Counts so small have no percentage without an interval, and there is none.",
            ],
        ),
    ],
    ids=[
        "across the gap of Greater Manchester",
        "across inspection cycles",
        "two reports of the London project",
        "modern slavery across two changes of recording",
        "a force with few residents",
        "small counts a year apart",
    ],
)
def test_what_may_not_be_compared_is_said_with_its_reason(
    built: Path, arguments: list[str], status: int, words: list[str]
) -> None:
    said = run(["compare", *arguments], built)
    assert said.returncode == status, said.stderr
    assert all(word in said.stdout for word in words), said.stdout
    assert "%" not in said.stdout.replace("95%", "")


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (
            ["compare", "East of England", "Norfolk", "--measure", "M21", "--period", "2018/19"],
            "East of England is a region, and PEEL grades are given to police forces only; give a force, such as Norfolk.",
        ),
        (
            ["value", "East of England", "peel_grade", "2018/19"],
            "A PEEL grade is a word and no number; countylines compare 'East of England' --measure peel_grade",
        ),
    ],
)
def test_a_grade_that_nobody_gives_is_an_error_in_plain_words(built: Path, command: list[str], words: str) -> None:
    said = run(command, built)
    assert (said.returncode, said.stdout) == (1, "")
    assert words in said.stderr


def test_a_machine_reads_the_same(built: Path) -> None:
    said = run(
        ["compare", "Norfolk", "Suffolk", "--measure", "drug_offences", "--period", "YE Dec 2019", "--json"], built
    )
    found = json.loads(said.stdout)
    assert (found["grade"], found["numerator_a"], found["change"]["is_change"]) == ("A", 2772, True)
    board = json.loads(run(["scoreboard", "--json"], built).stdout)
    assert len({row["finding_id"] for row in board}) == 15


def test_a_change_over_time_stands_without_an_interval_where_its_dispersion_is_not_known(built: Path) -> None:
    said = run(
        ["compare", "Norfolk", "--measure", "M13", "--period", "YE Mar 2018", "--with-period", "YE Mar 2019"], built
    )
    assert said.stdout.splitlines()[-1].endswith("2,060 searches (95% interval 1,972 to 2,151): 49% more.")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["Norfolk", "Norfolk", "--measure", "M01", "--period", "YE Dec 2019"], "Both are the same figure"),
        (
            ["Norfolk", "Suffolk", "--measure", "M01", "--period", "YE Dec 2031"],
            "No drug_offences for Norfolk from 2031-01",
        ),
        (
            ["Norfolk", "Suffolk", "--measure", "peel_grade", "--period", "2018/19", "--question", "Fitness"],
            "No question or pillar held is called 'Fitness': ",
        ),
    ],
    ids=["one figure twice", "a period that is not held", "a question that nobody asked"],
)
def test_what_there_is_not_is_said_with_what_there_is(built: Path, arguments: list[str], words: str) -> None:
    said = run(["compare", *arguments], built)
    assert said.returncode == 1
    assert words in said.stderr


def test_one_area_and_one_period_are_no_comparison(built: Path) -> None:
    said = run(["compare", "Norfolk", "--measure", "drug_offences", "--period", "YE Dec 2019"], built)
    assert said.returncode == 1
    assert (
        "Give two areas and one period, one area with --period and --with-period, or one area with --with; without --period it is the newest."
        in said.stderr
    )
    assert "F15" in run(["scoreboard"], built).stdout
