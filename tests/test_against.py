"""How two commits are compared, from synthetic measurements and on a repository of a few files. No test here is about how fast anything is."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from benchmarks.against import CHANGED, COLD, FLOOR, RECORDS, compared, markdown, run_on


def measured(work: str, side: str, wall: float, cpu: float, memory: float) -> dict[str, Any]:
    return {"work": work, "side": side, "wall": wall, "cpu": cpu, "memory": memory}


FOUND = [
    measured(COLD, "before", 30.0, 42.0, 1000.0),
    measured(COLD, "now", 16.0, 21.0, 900.0),
    measured(COLD, "before", 29.0, 44.0, 1010.0),
    measured(COLD, "now", 14.5, 22.0, 800.0),
    measured(CHANGED, "before", 26.0, 38.0, 1000.0),
    measured(CHANGED, "now", 6.5, 9.5, 800.0),
    measured(FLOOR, "now", 2.5, 2.0, 100.0),
    measured(FLOOR, "now", 2.0, 2.5, 100.0),
    measured(RECORDS, "before", 3.0, 4.2, 300.0),
    measured(RECORDS, "now", 2.4, 3.6, 330.0),
]


def test_the_least_of_all_rounds_stands_beside_that_of_the_other_commit() -> None:
    assert markdown(compared(FOUND), "0123abc").splitlines() == [
        "| Work | Figure | 0123abc | Now | Ratio |",
        "|---|---|--:|--:|--:|",
        "| Build from nothing | clock, s | 29.0 | 14.5 | 0.50 |",
        "| Build from nothing | processor, s | 42.0 | 21.0 | 0.50 |",
        "| Build from nothing | peak memory, MiB | 1,000 | 800 | 0.80 |",
        "| One figure changed | clock, s | 26.0 | 6.5 | 0.25 |",
        "| One figure changed | processor, s | 38.0 | 9.5 | 0.25 |",
        "| One figure changed | peak memory, MiB | 1,000 | 800 | 0.80 |",
        "| Records | clock, s | 3.0 | 2.4 | 0.80 |",
        "| Records | processor, s | 4.2 | 3.6 | 0.86 |",
        "| Records | peak memory, MiB | 300 | 330 | 1.10 |",
        "| Records | processor, times the floor | 2.10 | 1.80 | 0.86 |",
    ]


@pytest.mark.full
def test_a_side_runs_in_its_own_folder_with_its_own_code_and_nothing_that_is_chosen_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COUNTYLINES_BUILD", "/somewhere/else")
    monkeypatch.setenv("POLARS_MAX_THREADS", "7")
    python = subprocess.run(["which", "python3"], capture_output=True, text=True, check=True).stdout.strip()
    (tmp_path / "only_here.py").write_text("said = 'its own code'\n", encoding="utf-8")
    program = "import only_here, os; print(only_here.said, sorted({'COUNTYLINES_BUILD', 'POLARS_MAX_THREADS'} & os.environ.keys()))"
    cost, output = run_on(tmp_path, Path(python), ["-c", program])
    assert output.strip() == "its own code []"
    assert cost.cpu > 0
