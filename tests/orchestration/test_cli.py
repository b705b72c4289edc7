"""The command line: help with examples, errors in one line, JSON with stable keys."""

import json
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from orchestration.cli import cli
from tests.orchestration.builds import run

KEYS = [
    *("area_code", "area_name", "measure", "period", "numerator", "denominator", "denominator_edition", "multiplier"),
    *("value", "lower_95", "upper_95", "method", "coverage", "status", "source", "edition", "indicator_id"),
]


def commands(group: click.Group, name: str = "") -> Iterator[list[str]]:
    for word, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{name} {word}")
        else:
            yield [*name.split(), word]


@pytest.mark.parametrize("command", list(commands(cli)), ids=" ".join)
def test_the_help_of_every_command_says_what_it_does_and_shows_an_example(command: list[str]) -> None:
    result = CliRunner().invoke(cli, [*command, "--help"])
    assert result.exit_code == 0
    example = next(line for line in result.output.splitlines() if "Example: " in line)
    assert f"Example: countylines {' '.join(command)}" in example


def test_the_first_help_shows_how_to_build_ask_and_explain() -> None:
    result = CliRunner().invoke(cli, ["--help"])
    for words in ("countylines build ", "countylines value ", "countylines explain ", "countylines ui "):
        assert words in result.output


@pytest.mark.full
@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ["value", "Norfolk", "drug_offences", "2019"],
            "There is no table out/indicators yet; run countylines build first.",
        ),
        (["explain", "M01.nothing"], "There is no table core/observations yet; run countylines build first."),
        (["areas", "suggest", "€€€€€€€"], "No known name is near"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_an_error_is_one_line_without_a_stack_trace(tmp_path: Path, arguments: list[str], sentence: str) -> None:
    result = run(arguments, tmp_path)
    assert result.returncode == 1
    assert result.stdout == ""
    assert result.stderr.startswith("countylines: ")
    assert sentence in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.full
def test_a_build_folder_that_cannot_be_one_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    result = run(["build", "--output", str(tmp_path / "file" / "build")], tmp_path)
    assert result.returncode == 1
    assert result.stderr.startswith(f"countylines: {tmp_path / 'file' / 'build'}")
    assert result.stderr.count("\n") == 1


@pytest.mark.full
def test_a_number_that_is_no_count_of_events_is_printed_without_limits(built: Path) -> None:
    printed = run(["value", "Norfolk", "M20", "2022-03/2022-03"], built).stdout
    assert printed.startswith("Norfolk, police officers full time equivalent, 2022-03-31 to 2022-03-31: 1,838.093\n")
    assert "without limits" in printed


@pytest.mark.full
def test_value_prints_the_documented_keys_and_explain_walks_back_from_its_identifier(built: Path) -> None:
    result = run(["value", "Norfolk", "drug_offences", "YE Dec 2019", "--json"], built)
    assert result.returncode == 0, result.stderr
    answer = json.loads(result.stdout)
    assert set(KEYS) <= answer.keys()
    assert all(set(KEYS) <= other.keys() for other in answer["alternatives"])
    assert (answer["area_code"], answer["area_name"]) == ("E23000024", "Norfolk")
    assert (answer["measure"], answer["period"]) == ("drug_offences", "2019-01-01/2019-12-31")
    assert answer["lower_95"] < answer["value"] < answer["upper_95"]
    assert answer["value"] == pytest.approx(answer["numerator"] / answer["denominator_used"] * answer["multiplier"])

    result = run(["explain", answer["indicator_id"], "--json"], built)
    assert result.returncode == 0, result.stderr
    way_back = json.loads(result.stdout)
    assert way_back.keys() >= {"indicator", "formula", "numerator", "denominator", "editions"}
    counted = [int(cell["value_text"]) for cell in way_back["numerator"]]
    assert sum(counted) == answer["numerator"], "the cells of four quarters and four codes add up to the year"
    assert {edition["edition_id"] for edition in way_back["editions"]} >= {answer["edition"]}
    assert all(len(edition["sha256"]) == 64 for edition in way_back["editions"])


@pytest.mark.full
@pytest.mark.parametrize(
    "arguments",
    [
        ["value", "Norfolk", "drug_offences", "lately"],
        ["value", "Norfolk", "drug_offences", "YE Dec 1999"],
        ["value", "Norfolk", "no_such_measure", "YE Dec 2019"],
        ["explain", "M01.nothing"],
    ],
    ids=" ".join,
)
def test_a_number_that_is_not_there_is_one_line(built: Path, arguments: list[str]) -> None:
    result = run(arguments, built)
    assert result.returncode == 1
    assert result.stderr.startswith("countylines: ")
    assert result.stderr.count("\n") == 1
