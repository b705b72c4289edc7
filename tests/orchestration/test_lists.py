"""`countylines measures`, `areas list`, `periods` and `series`; near spellings; and what fits into a terminal."""

import json
import os
import pty
import re
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

import countylines as cl
from orchestration.cli import cli
from orchestration.commands.terminal import cut, in_columns, wrapped
from tests.full_build import ROOT, environment
from tests.full_build import built as built
from tests.orchestration.builds import run


def in_terminal(arguments: list[str], build: Path, columns: int) -> list[str]:
    """The lines that a command prints in a terminal of that width."""
    ours, theirs = pty.openpty()
    command = [str(Path(sys.executable).with_name("countylines")), *arguments]
    process = subprocess.Popen(
        command, stdout=theirs, stdin=subprocess.DEVNULL, cwd=ROOT, env={**environment(build), "COLUMNS": str(columns)}
    )
    os.close(theirs)
    printed = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:  # the other end is closed
            break
        if not part:
            break
        printed += part
    os.close(ours)
    assert process.wait() in (0, 3)
    return printed.decode().replace("\r\n", "\n").splitlines()


ASKED = (
    ["measures"],
    ["areas", "list", "--kind", "police_force_area"],
    ["areas", "suggest", "Norfolk Constabularly"],
    ["periods", "drug_offences"],
    ["series", "Norfolk", "drug_offences"],
    ["value", "Norfolk", "drug_offences", "YE Dec 2019"],
    ["compare", "Norfolk", "Suffolk", "--measure", "drug_offences"],
    ["compare", "Norfolk", "City of London", "--measure", "M01", "--period", "YE Dec 2019"],
    ["scoreboard"],
    ["sources"],
)


@pytest.mark.full
@pytest.mark.parametrize("columns", [80, 100])
@pytest.mark.parametrize("asked", ASKED, ids=" ".join)
def test_what_is_printed_fits_the_terminal(asked: list[str], columns: int, built: Path) -> None:
    lines = in_terminal(asked, built, columns)
    assert lines
    # An identifier, such as a command to type next is, stays in one piece.
    assert [line for line in lines if len(line) > columns and max(map(len, line.split())) <= columns - 4] == []
    piped = run(asked, built).stdout
    words = set(piped.split())
    if asked[0] in ("value", "compare", "scoreboard"):
        assert set(" ".join(lines).split()) == words, "words are neither broken nor lost"


@pytest.mark.full
def test_sources_has_one_line_a_row_at_a_hundred_columns(built: Path) -> None:
    lines = in_terminal(["sources"], built, 100)
    known = {row["source_id"]: row["state"] for row in json.loads(run(["sources", "--json"], built).stdout)}
    said = {line.split()[0]: line for line in lines if line.split()[0] in known}
    assert said.keys() == known.keys()
    assert all(known[source_id] in line for source_id, line in said.items())


@given(st.text(alphabet="ab cd-é", max_size=120), st.integers(min_value=10, max_value=40))
def test_a_wrapped_line_has_the_same_words_and_a_cut_one_fits(text: str, width: int) -> None:
    assert wrapped(text, width).split() == text.split()
    assert len(cut(text, width)) <= width


def test_columns_without_room_are_left_out_and_named() -> None:
    headers = ("Source", "State", "Publisher")
    rows = [("ho_recorded_crime_open_data", "overdue", "Home Office and many others of a long name")]
    lines, left_out = in_columns(headers, rows, 40)
    assert (lines[1], left_out) == ("ho_recorded_crime_open_data  overdue", ["Publisher"])
    lines, left_out = in_columns(headers, rows, 60)
    assert lines[1].endswith("Home Office and many…")
    assert in_columns(headers, rows, None)[0][1].endswith("of a long name")


@pytest.mark.parametrize(
    ("typed", "meant"), [("seris", "series"), ("measure", "measures"), ("Value", "value"), ("explian", "explain")]
)
def test_a_misspelt_command_is_answered_with_the_nearest(typed: str, meant: str) -> None:
    result = CliRunner().invoke(cli, [typed])
    assert result.exit_code == 2
    assert re.search(rf"There is no command '{typed}'; did you mean .*\b{meant}\b", result.output)
    assert "No such command 'qqqqq'" in CliRunner().invoke(cli, ["qqqqq"]).output


@pytest.mark.full
def test_a_series_is_the_same_in_every_form(built: Path, tmp_path: Path) -> None:
    asked = ["series", "Norfolk", "drug_offences"]
    expected = cl.open(built).series("Norfolk", "drug_offences")
    as_csv = run([*asked, "--csv"], built).stdout
    assert pl.read_csv(BytesIO(as_csv.encode()), schema=expected.schema).equals(expected)
    as_json = json.loads(run([*asked, "--json"], built).stdout)
    assert as_json == json.loads(json.dumps(expected.to_dicts(), default=str))
    file = tmp_path / "norfolk.parquet"
    assert run([*asked, "--parquet", "--output", str(file)], built).returncode == 0
    assert pl.read_parquet(file).equals(expected)
    refused = run([*asked, "--output", str(tmp_path / "x")], built)
    assert (refused.returncode, "--csv, --json or --parquet" in refused.stderr) == (1, True)


@pytest.mark.full
def test_what_is_listed_is_what_the_package_lists(built: Path) -> None:
    build = cl.open(built)
    for asked, frame in (
        (["measures"], build.measures()),
        (["areas", "list", "--kind", "region"], build.areas("region")),
        (["periods", "M08", "--area", "Norfolk"], build.periods("M08", "Norfolk")),
    ):
        printed = json.loads(run([*asked, "--json"], built).stdout)
        assert printed == json.loads(json.dumps(frame.to_dicts(), default=str))
        assert len(run(asked, built).stdout.splitlines()) == len(frame) + 1


@pytest.mark.full
def test_without_a_period_the_newest_is_meant(built: Path) -> None:
    newest = run(["value", "Norfolk", "drug_offences"], built)
    assert newest.returncode == 0
    assert newest.stdout == run(["value", "Norfolk", "drug_offences", "latest"], built).stdout


@pytest.mark.full
@pytest.mark.parametrize(
    ("words", "completed"),
    [("countylines ser", "series"), ("countylines areas ", "suggest"), ("countylines series --pa", "--parquet")],
)
def test_a_shell_completes_commands_and_options(words: str, completed: str, tmp_path: Path) -> None:
    count = len(words.split()) - (not words.endswith(" "))
    shell = {"_COUNTYLINES_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(count)}
    said = subprocess.run(
        [str(Path(sys.executable).with_name("countylines"))],
        capture_output=True,
        text=True,
        check=False,
        env={**environment(tmp_path), **shell},
    )
    assert f"plain,{completed}" in said.stdout.splitlines()
