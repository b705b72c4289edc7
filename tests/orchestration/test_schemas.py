"""What each command prints with --json is what its published schema says."""

import json
from dataclasses import fields
from pathlib import Path

import click
import pytest
from jsonschema import Draft202012Validator

from orchestration.cli import cli
from orchestration.delivery.deliver import Delivered
from orchestration.delivery.mailing import LetterState
from tests.full_build import ROOT
from tests.full_build import built as built
from tests.orchestration.builds import run
from transforms.sources.fetch.editions import Outcome

SCHEMAS = {
    path.stem: json.loads(path.read_text(encoding="utf-8")) for path in (ROOT / "docs" / "schemas").glob("*.json")
}
EDITION = "M01.E23000024.201901-201912.ye-dec-2019.as_published"
PERIODS = ("--period", "2018/19", "--with-period", "2021/22")

ASKED = (
    ("value", "Norfolk", "drug_offences", "YE Dec 2019"),
    ("value", "England and Wales", "drug_offences"),
    ("value", "City of London", "M01"),
    ("value", "Norfolk", "resident_population"),
    ("value", "Suffolk", "trafficking_share"),
    ("explain", EDITION),
    ("explain", "M19.E23000024.201801-201903.year-1.canonical"),
    ("compare", "Norfolk", "Essex", "--measure", "M01"),
    ("compare", "Kent", "--measure", "M08", "--period", "2022-Q4", "--with-period", "2023-Q4"),
    ("compare", "Norfolk", "--measure", "peel_grade", *PERIODS),
    ("compare", "Norfolk", "--with", "neighbours", "--measure", "drug_offences"),
    ("check", "Norfolk", "lowest", "drug_offences", "--among", "East of England"),
    ("check", "Kent", "rose", "drug_offences"),
    ("measures",),
    ("areas", "list"),
    ("areas", "suggest", "Sufolk"),
    ("periods", "nrm_police_referrals"),
    ("series", "Kent", "drug_offences"),
    ("series", "City of London", "stop_searches_for_drugs"),
    ("scoreboard",),
    ("sources",),
    ("doctor",),
    ("build",),
)


def with_json(group: click.Group, prefix: str = "") -> set[str]:
    """Every command that has --json, as the file of its schema is named."""
    found = set()
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            found |= with_json(command, f"{prefix}{name}-")
        elif any("--json" in option.opts for option in command.params):
            found.add(f"{prefix}{name}")
    return found


def test_every_command_that_prints_json_has_a_schema_and_no_other_has() -> None:
    assert SCHEMAS.keys() == with_json(cli)


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_is_one_and_says_what_it_is_of(name: str) -> None:
    Draft202012Validator.check_schema(SCHEMAS[name])
    assert f"countylines {name.replace('-', ' ')} --json" in SCHEMAS[name]["title"]


@pytest.mark.full
@pytest.mark.parametrize("asked", ASKED, ids=" ".join)
def test_what_is_printed_is_what_the_schema_says(asked: tuple[str, ...], built: Path) -> None:
    name = "-".join(asked[:2]) if asked[0] == "areas" else asked[0]
    printed = json.loads(run([*asked, "--json"], built).stdout)
    problems = [
        f"{error.json_path}: {error.message}" for error in Draft202012Validator(SCHEMAS[name]).iter_errors(printed)
    ]
    assert not problems


@pytest.mark.full
def test_what_differs_is_what_the_schema_says(built: Path) -> None:
    printed = json.loads(run(["diff", str(built), str(built), "--json"], built).stdout)
    assert not list(Draft202012Validator(SCHEMAS["diff"]).iter_errors(printed))


@pytest.mark.full
def test_files_of_a_landing_folder_are_what_the_schema_says(tmp_path: Path) -> None:
    (tmp_path / "landing").mkdir()
    (tmp_path / "landing" / "notes.txt").write_text("no published file", encoding="utf-8")
    printed = json.loads(run(["landing", str(tmp_path / "landing"), "--json"], tmp_path).stdout)
    assert not list(Draft202012Validator(SCHEMAS["landing"]).iter_errors(printed))


def test_what_asks_the_network_or_publishes_prints_the_fields_of_its_answer() -> None:
    """These commands print an answer as it is: `fetch` and `deliver` have tests of their own of what is in it."""
    deliver = SCHEMAS["deliver"]["properties"]
    assert list(SCHEMAS["fetch"]["items"]["properties"]) == [field.name for field in fields(Outcome)]
    assert list(deliver) == [field.name for field in fields(Delivered)]
    assert list(deliver["letters"]["items"]["properties"]) == [field.name for field in fields(LetterState)]


def test_a_key_that_is_missing_or_new_breaks_a_schema() -> None:
    validator = Draft202012Validator(SCHEMAS["areas-suggest"])
    row = {"key": "norfolk", "area_id": "E23000024", "kind": "police_force_area", "name": "Norfolk"}
    assert validator.is_valid([row])
    assert not validator.is_valid([{**row, "more": 1}])
    assert not validator.is_valid([{name: text for name, text in row.items() if name != "name"}])
