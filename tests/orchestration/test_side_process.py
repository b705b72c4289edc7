"""Tables are checked in a process beside the build, which ends when the build ends, and whose loss is said in a sentence."""

import multiprocessing
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest

from orchestration.run import side_process
from tests.contracts.factories import valid_frame
from tests.full_build import ROOT
from transforms.contracts import AREAS, validate
from transforms.errors import CountyLinesError

pytestmark = pytest.mark.full

KILLED = """
import multiprocessing, os, signal
from orchestration.run.side_process import begin

if __name__ == "__main__":
    begin()
    (checker,) = multiprocessing.active_children()
    print(checker.pid, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_the_other_process_finds_what_this_one_would() -> None:
    valid = valid_frame(AREAS)
    doubled = pl.concat([valid, valid])
    here, there = validate(doubled, AREAS), side_process.validated(doubled, AREAS)
    assert there.blocked
    assert [(result.rule, result.passed, result.failing_count) for result in there.results] == [
        (result.rule, result.passed, result.failing_count) for result in here.results
    ]
    assert not side_process.validated(valid, AREAS).failures


def test_what_the_other_process_is_given_is_as_it_was_when_it_was_given() -> None:
    given = [1]
    with side_process.beside("counted", len, given) as found:
        given.append(2)
        assert found() == 1


def test_a_process_that_is_ended_from_outside_is_named_with_the_table_and_the_next_one_checks() -> None:
    before = set(multiprocessing.active_children())
    side_process.begin()
    for checker in set(multiprocessing.active_children()) | before:
        checker.kill()
        checker.join()
    with pytest.raises(CountyLinesError, match="ended from outside while it checked core/areas"):
        side_process.validated(valid_frame(AREAS), AREAS)
    assert not side_process.validated(valid_frame(AREAS), AREAS).failures


def test_it_ends_with_a_run_that_is_a_child_process_itself() -> None:
    run = multiprocessing.get_context("spawn").Process(target=check_areas)
    run.start()
    run.join(120)
    alive = run.is_alive()
    run.kill()
    assert not alive, "the run waits for the process beside it, which waits for more to do"
    assert run.exitcode == 0


def check_areas() -> None:
    assert not side_process.validated(valid_frame(AREAS), AREAS).failures


def test_what_it_is_given_to_do_imports_no_dagster() -> None:
    imported = "import sys, orchestration.run.side_process, orchestration.run.documents, reports.datapack.files; print('dagster' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", imported], capture_output=True, text=True, check=True, cwd=ROOT)
    assert run.stdout.strip() == "False", run.stderr


def test_it_ends_with_a_build_that_is_killed(tmp_path: Path) -> None:
    program = tmp_path / "killed.py"
    program.write_text(KILLED, encoding="utf-8")
    environment = {"PYTHONPATH": str(ROOT), "PATH": ""}
    run = subprocess.run([sys.executable, program], capture_output=True, text=True, check=False, env=environment)
    checker = Path("/proc", run.stdout.strip())
    assert checker.name.isdigit(), run.stderr
    end = time.monotonic() + 120
    while checker.exists() and time.monotonic() < end:
        time.sleep(0.05)
    assert not checker.exists()
