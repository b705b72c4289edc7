"""`countylines check` on a full build: the verdict first, and an exit status that a script can tell apart."""

import json
from pathlib import Path

import pytest

from tests.full_build import built as built
from tests.orchestration.builds import run

pytestmark = pytest.mark.full


@pytest.mark.parametrize(
    ("arguments", "status", "verdict", "words"),
    [
        (
            ["Norfolk", "highest", "london_linked_individuals", "2018-01/2019-03"],
            5,
            "Not established",
            [
                "416 individuals, 46.0 per 100,000 (95% interval 41.7 to 50.7)",
                "What was published is a count",
                "Grade C",
            ],
        ),
        (["Norfolk", "highest", "drug_offences", "latest"], 4, "Not supported", ["of 42 by rate", "Grade A"]),
        (["Merseyside", "higher-than", "Kent", "M01"], 0, "Supported", ["higher than that of Kent", "Grade A"]),
        (["Norfolk", "lowest", "drug_offences", "--among", "East of England"], 4, "Not supported", ["of 6 by rate"]),
        (
            ["Norfolk", "fell", "nrm_police_referrals", "2023", "2022"],
            6,
            "Not measurable",
            ["No figure of the year ending December 2022 is held."],
        ),
        (["Norfolk", "fell", "nrm_police_referrals", "2023-Q4", "2022-Q4"], 5, "Not established", ["eight quarters"]),
        (
            ["Greater Manchester", "fell", "drug_offences", "YE Dec 2019", "YE Dec 2018"],
            3,
            "Not comparable",
            ["Grade C: coverage differs"],
        ),
    ],
)
def test_the_verdict_comes_first_and_the_exit_status_says_it_too(
    built: Path, arguments: list[str], status: int, verdict: str, words: list[str]
) -> None:
    said = run(["check", *arguments], built)
    assert said.returncode == status, said.stdout + said.stderr
    assert said.stdout.splitlines()[0] == verdict
    for each in words:
        assert each in said.stdout


def test_machines_are_told_the_figures_behind_the_verdict(built: Path) -> None:
    said = run(["check", "Norfolk", "highest", "london_linked_individuals", "2018-01/2019-03", "--json"], built)
    found = json.loads(said.stdout)
    assert (found["verdict"], found["grade"], found["is_derived"], found["place_at_most"]) == (
        *("not established", "C", True),
        2,
    )
    assert len(found["without_figure"]) == 36
    assert len(found["figures"]) == 7


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["Norfolk", "highest", "drug_offences", "2019", "2018"], "takes a measure and a period at most"),
        (["Norfolk", "highest", "sightings"], "No measure is called 'sightings'"),
        (["Norfolk", "higher-than", "Norfolk", "drug_offences"], "needs another area"),
        (["Norfolk", "fell", "drug_offences", "--among", "London"], "--among is for highest and lowest"),
        (["Norfolk", "highest", "drug_offences", "--among", "Suffolk"], "'Suffolk' is no region"),
        (["Norfolk", "higher-than", "Kent", "drug_offences", "--by-more-than", "5"], "--by-more-than is for fell"),
    ],
)
def test_what_cannot_be_asked_is_one_sentence(built: Path, arguments: list[str], sentence: str) -> None:
    said = run(["check", *arguments], built)
    assert said.returncode == 1
    assert sentence in said.stderr
    assert "Traceback" not in said.stderr


def test_without_a_period_the_newest_is_meant(built: Path) -> None:
    assert run(["value", "Norfolk", "drug_offences"], built).stdout == (
        run(["value", "Norfolk", "drug_offences", "latest"], built).stdout
    )
    said = run(["compare", "Norfolk", "Suffolk", "--measure", "drug_offences"], built)
    assert "Grade A" in said.stdout
    grades = run(["compare", "Norfolk", "Suffolk", "--measure", "peel_grade"], built)
    assert "Norfolk, 2018/19: good" in grades.stdout
