"""What the benchmark measures, and how it says so. No test here is about how fast anything is."""

import os
import shutil
import sys
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from orchestration.run.bench import CHANGED, COLD, UNCHANGED, change_one_figure, markdown, measure
from tests.full_build import ROOT, Measured
from tests.full_build import measured as measured
from transforms.errors import CountyLinesError


def build(kind: str, **values: Any) -> dict[str, Any]:
    """A synthetic measurement."""
    layers = {"raw": 0.5, "core": 1.0, "out": 2.0, "checks": 2.5, "report": 4.0}
    parts = {"content": 80.0, "page": 20.0, "evidence page": 15.0, "PDF": 200.4, "wording": 5.0, "charts": 4.9}
    found = {"kind": kind, "wall": 20.0, "cpu": 30.0, "memory": 500.0, "ran": 9, "layers": layers}
    return found | {"milliseconds_a_report": parts} | values


def test_the_processor_time_and_memory_of_a_child_of_the_process_count() -> None:
    at_work = (
        "kept = bytearray(96 * 2**20)\nfor index in range(0, len(kept), 4096): kept[index] = 1\nsum(range(3_000_000))"
    )
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {at_work!r}], check=True); print('done')"
    cost, output = measure([sys.executable, "-c", parent], os.environ)
    assert output == "done\n"
    assert cost.memory > 96
    assert cost.cpu > 0
    assert cost.wall > 0


def test_a_build_that_fails_is_no_measurement() -> None:
    with pytest.raises(CountyLinesError, match="status 3: the table is empty"):
        measure(
            [sys.executable, "-c", "import sys; sys.stderr.write('the table is empty\\n'); sys.exit(3)"], os.environ
        )


def test_norfolks_total_one_of_its_parts_and_the_total_of_all_police_change_by_one(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "data" / "published", tmp_path / "published")
    changed = change_one_figure(tmp_path / "published")
    assert changed == tmp_path / "published" / "ho_nrm_police_first_responder" / "2023-q4.csv"
    before, after = (
        pl.read_csv(folder / changed.relative_to(tmp_path), infer_schema=False) for folder in (ROOT / "data", tmp_path)
    )
    different = before["value_text"] != after["value_text"]
    assert before.filter(different).select("area_text", "breakdown_text", "value_text").rows() == [
        ("Norfolk Constabulary", None, "12.0"),
        ("Norfolk Constabulary", "Criminal | Child (17 or under)", "2.0"),
        ("Police total", None, "995.0"),
    ]
    assert after.filter(different)["value_text"].to_list() == ["13.0", "3.0", "996.0"]
    assert before.drop("value_text").equals(after.drop("value_text"))


def test_an_edition_without_these_figures_cannot_be_changed(tmp_path: Path) -> None:
    (tmp_path / "ho_nrm_police_first_responder").mkdir()
    (tmp_path / "ho_nrm_police_first_responder" / "2023-q4.csv").write_text("value_text,source_url\n..,\n")
    with pytest.raises(CountyLinesError, match=r"2023-q4\.csv has 0 figures for Norfolk Constabulary, all"):
        change_one_figure(tmp_path)


def test_medians_count_and_the_parts_add_up_to_the_full_build() -> None:
    found = [build(COLD), build(COLD, wall=99.0), build(COLD), build(UNCHANGED, wall=0.25, memory=1234.5)]
    assert markdown(found).splitlines() == [
        "| Build | Clock, s | Processor, s | Peak memory, MiB |",
        "|---|--:|--:|--:|",
        "| Everything, from nothing | 20.0 | 30.0 | 500 |",
        "| Nothing changed | 0.2 | 30.0 | 1,234 |",
        "",
        "| Part of the full build | Clock, s | Share |",
        "|---|--:|--:|",
        "| Start of Python, imports and the run's own records | 10.0 | 50% |",
        "| Published cells read (or files parsed) | 0.5 | 2% |",
        "| Names, periods and definitions matched | 1.0 | 5% |",
        "| Rates, totals and files for analysts | 2.0 | 10% |",
        "| Checks, the import of Great Expectations included | 2.5 | 12% |",
        "| Reports drawn, set and published | 4.0 | 20% |",
        "",
        "| Part of one report | Processor, ms |",
        "|---|--:|",
        "| Content and charts, of which there are 4.9 | 80 |",
        "| HTML page | 20 |",
        "| Evidence page | 15 |",
        "| PDF | 200 |",
        "| Wording rules | 5 |",
    ]


@pytest.mark.full
def test_a_full_build_makes_all_assets_an_unchanged_one_none_and_a_changed_figure_some(measured: Measured) -> None:
    full, unchanged, changed = measured.found
    assert [full["kind"], unchanged["kind"], changed["kind"]] == [COLD, UNCHANGED, CHANGED]
    assert unchanged["ran"] == 0
    assert 0 < changed["ran"] < full["ran"]
    assert full["milliseconds_a_report"]["PDF"] > 0
    assert full["milliseconds_a_report"]["charts"] >= 1
    assert all(build["memory"] > 0 and build["cpu"] > 0 for build in (full, unchanged, changed))
