"""Figures about the pipeline for Prometheus, written beside the reports at the end of a build, and by a server every hour.

    metrics.prom     the figures, for the textfile collector of node_exporter (which reads *.prom), or any web server
    last_run.json    when and how the last run ended, from which and from the checks and the calendar the figures are made

They hold times, so that they are no part of the reports, which are the same bytes for the same figures.
"""

import json
from calendar import monthrange
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

import polars as pl

from orchestration.store.editions_in_use import calendar_on
from orchestration.store.lake import replace_atomically
from orchestration.store.paths import Paths
from transforms.sources.calendar import OVERDUE

PREFIX: Final = "countylines"
# Every figure: its name without the prefix, what it is, its labels. deploy/prometheus/alerts.yml is held to these by a test.
GAUGES: Final = {
    "table_rows": ("Rows of a table when it was last checked", ("table",)),
    "checks": ("Checks of tables by severity and outcome, from the last run of each", ("severity", "outcome")),
    "check_failing_rows": ("Rows that fail a check", ("table", "check", "severity")),
    "source_age_days": ("Days since the end of the month in which the newest held edition was published", ("source",)),
    "source_overdue": ("1 when a release month has passed without a new edition, else 0", ("source",)),
    "source_editions": ("Editions held", ("source",)),
    "last_run_success": ("1 when the last run succeeded, else 0", ()),
    "last_run_end_timestamp_seconds": ("When the last run ended", ()),
    "last_success_timestamp_seconds": ("When a run last succeeded; 0 before the first success", ()),
    "last_run_seconds": ("Seconds that the last run spent in a layer, or in checks", ("layer",)),
    "written_timestamp_seconds": ("When these figures were written", ()),
}
Figure = tuple[str, tuple[str, ...], float]


def record_run(paths: Paths, succeeded: bool, seconds: Mapping[str, float], ended: datetime) -> None:
    """Remember how the last run ended, for ``write_metrics``."""
    end = ended.timestamp()
    success = end if succeeded else _last_run(paths).get("success", 0)
    record = {"succeeded": succeeded, "end": end, "success": success, "seconds": dict(seconds)}
    replace_atomically(paths.build / "last_run.json", json.dumps(record, indent=1).encode())


def write_metrics(paths: Paths, now: datetime) -> None:
    """Write metrics.prom into the build folder, in one step."""
    replace_atomically(paths.build / "metrics.prom", metrics(paths, now).encode())


def metrics(paths: Paths, now: datetime) -> str:
    """All figures in the text format of Prometheus."""
    from prometheus_client import CollectorRegistry, Gauge, generate_latest

    registry = CollectorRegistry()
    gauges = {
        name: Gauge(name, said, labels, namespace=PREFIX, registry=registry) for name, (said, labels) in GAUGES.items()
    }
    for name, labels, value in [*_of_checks(paths), *_of_sources(paths, now), *_of_last_run(paths)]:
        (gauges[name].labels(*labels) if labels else gauges[name]).set(value)
    gauges["written_timestamp_seconds"].set(now.timestamp())
    text: bytes = generate_latest(registry)
    return text.decode()


def _of_checks(paths: Paths) -> Iterator[Figure]:
    outcomes: dict[tuple[str, str], int] = {}
    for file in sorted(paths.checks.rglob("*.json")):
        record = json.loads(file.read_bytes())
        yield "table_rows", (record["table"],), record["rows"]
        for result in record["results"]:
            counted = (result["severity"], "passed" if result["passed"] else "failed")
            outcomes[counted] = outcomes.get(counted, 0) + 1
            if not result["passed"]:
                labels = (record["table"], result["rule"], result["severity"])
                yield "check_failing_rows", labels, result["failing_count"]
    for outcome, number in sorted(outcomes.items()):
        yield "checks", outcome, number


def _of_sources(paths: Paths, now: datetime) -> Iterator[Figure]:
    for row in calendar_on(paths, now.date()).filter(pl.col("editions") > 0).iter_rows(named=True):
        year, month = map(int, row["vintage"].split("-"))
        published = datetime(year, month, monthrange(year, month)[1], tzinfo=UTC)
        yield "source_age_days", (row["source_id"],), max(0, (now - published).days)
        yield "source_overdue", (row["source_id"],), row["state"] == OVERDUE
        yield "source_editions", (row["source_id"],), row["editions"]


def _of_last_run(paths: Paths) -> Iterator[Figure]:
    last = _last_run(paths)
    if not last:
        return
    yield "last_run_success", (), last["succeeded"]
    yield "last_run_end_timestamp_seconds", (), last["end"]
    yield "last_success_timestamp_seconds", (), last["success"]
    for layer, seconds in last["seconds"].items():
        yield "last_run_seconds", (layer,), seconds


def _last_run(paths: Paths) -> dict[str, Any]:
    try:
        record = json.loads((paths.build / "last_run.json").read_bytes())
    except (FileNotFoundError, ValueError):  # none yet, or cut off by a full disk
        return {}
    return record if isinstance(record, dict) else {}
