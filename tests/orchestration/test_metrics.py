"""Figures about the pipeline: read back by the parser of Prometheus, and held to the alert rules that use them."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from orchestration.service.metrics import GAUGES, PREFIX, metrics, record_run, write_metrics
from orchestration.store.paths import Paths
from tests.full_build import ROOT
from tests.full_build import built as built
from tests.full_build import known_then as known_then

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(data=ROOT / "data", build=tmp_path)


def figures(text: str) -> dict[tuple[str, frozenset[str]], float]:
    return {
        (sample.name.removeprefix(f"{PREFIX}_"), frozenset(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_the_age_of_a_source_is_counted_from_the_end_of_the_month_of_its_newest_edition(paths: Paths) -> None:
    found = figures(metrics(paths, NOW))
    # The newest edition of the police force area tables is of October 2025.
    assert found["source_age_days", frozenset({"ons_pfa_tables"})] == (NOW - datetime(2025, 10, 31, tzinfo=UTC)).days
    assert found["source_overdue", frozenset({"ons_pfa_tables"})] == 1
    assert found["source_editions", frozenset({"ons_pfa_tables"})] == 7


def test_a_failed_run_leaves_the_time_of_the_last_success(paths: Paths) -> None:
    record_run(paths, True, {"raw": 0.5, "checks": 4.0}, NOW)
    record_run(paths, False, {"raw": 0.25}, datetime(2026, 11, 25, tzinfo=UTC))
    found = figures(metrics(paths, NOW))
    assert found["last_run_success", frozenset()] == 0
    assert found["last_success_timestamp_seconds", frozenset()] == NOW.timestamp()
    assert found["last_run_seconds", frozenset({"raw"})] == 0.25


def test_checks_are_counted_by_severity_and_outcome(paths: Paths) -> None:
    results = [
        {"rule": "sums", "severity": "critical", "passed": True, "failing_count": 0},
        {"rule": "like_the_year_before", "severity": "warning", "passed": False, "failing_count": 8},
    ]
    (paths.checks / "out").mkdir(parents=True)
    (paths.checks / "out" / "plausibility.json").write_text(
        json.dumps({"table": "out/plausibility", "rows": 1204, "version": "v", "results": results})
    )
    found = figures(metrics(paths, NOW))
    assert found["table_rows", frozenset({"out/plausibility"})] == 1204
    assert found["checks", frozenset({"critical", "passed"})] == 1
    assert found["checks", frozenset({"warning", "failed"})] == 1
    assert found["check_failing_rows", frozenset({"out/plausibility", "like_the_year_before", "warning"})] == 8


def test_the_file_is_whole_or_the_one_before(paths: Paths) -> None:
    write_metrics(paths, NOW)
    assert [path.name for path in paths.build.iterdir()] == ["metrics.prom"]


def test_the_rules_of_prometheus_use_figures_that_there_are() -> None:
    rules = (ROOT / "deploy" / "prometheus" / "alerts.yml").read_text(encoding="utf-8")
    used = set(re.findall(rf"{PREFIX}_(\w+)", rules))
    assert used
    assert used <= set(GAUGES)


@pytest.mark.full
def test_a_build_leaves_figures_of_its_tables_and_layers(built: Path) -> None:
    found = figures((built / "metrics.prom").read_text(encoding="utf-8"))
    assert found["last_run_success", frozenset()] == 1
    assert found["table_rows", frozenset({"core/observations"})] > 1000
    assert {"raw", "core", "out", "report", "checks"} <= {
        next(iter(labels)) for name, labels in found if name == "last_run_seconds"
    }


@pytest.mark.full
def test_a_build_logs_one_json_line_a_table_when_asked(known_then: Path) -> None:
    log = known_then.with_name("known-then.log").read_text(encoding="utf-8")
    lines = [json.loads(line) for line in log.splitlines()]
    tables = {line["asset"]: line for line in lines if line["event"] == "asset made"}
    assert tables["raw/ons_pfa_tables"]["source"] == "ons_pfa_tables"
    assert tables["core/observations"]["rows"] > 50
    assert all(line["run_id"] and line["seconds"] >= 0 for line in tables.values())
    assert lines[-1]["event"] == "run ended"
    assert lines[-1]["message"] == "SUCCESS"
