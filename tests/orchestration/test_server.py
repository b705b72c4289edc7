"""A server at work: Dagster's daemon as a process, a publisher on loopback, and what follows from a new edition, on either storage."""

import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import dagster as dg
import polars as pl
import pytest

from tests.fetch.publisher import Answer, Publisher, running_publisher
from tests.full_build import ROOT, copy_of_data
from tests.orchestration.builds import COMMAND, environment, processes_of
from tests.orchestration.servers import (
    FILE,
    SOURCE,
    data_with_publisher,
    made,
    running_daemon,
    runs,
    wait_for,
)
from transforms.sources.published import editions_held, sources_held
from transforms.sources.registry import load_source, load_sources

pytestmark = pytest.mark.full


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with running_publisher() as running:
        yield running


def _home(folder: Path, settings: str) -> Path:
    folder.mkdir()
    shutil.copy(ROOT / "deploy" / settings / "dagster.yaml", folder / "dagster.yaml")
    return folder


def test_with_sqlite_a_new_edition_is_noticed_and_only_what_depends_on_it_is_made(
    publisher: Publisher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _new_edition(publisher, tmp_path, _home(tmp_path / "home", "sqlite"), {}, monkeypatch)


@pytest.fixture
def postgresql() -> Iterator[Mapping[str, str]]:
    """A cluster of its own, on loopback, run by an unprivileged user; skipped where PostgreSQL is not installed."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    found = [folder for folder in folders if (folder / "initdb").exists()]
    initdb = str(found[-1] / "initdb") if found else shutil.which("initdb")
    if initdb is None:
        pytest.skip("PostgreSQL is not installed: .ci/run installs Debian's package postgresql")
    user: list[str] = []
    if os.getuid() == 0:
        if "postgres" not in {entry.pw_name for entry in pwd.getpwall()}:
            pytest.skip("PostgreSQL does not run as root, and there is no user postgres")
        user = ["runuser", "-u", "postgres", "--"]
    # Outside pytest's own folders, which nobody else may enter.
    cluster = Path(
        subprocess.check_output([*user, "mktemp", "-d", "/tmp/countylines-postgresql.XXXXXX"], text=True).strip()
    )
    programs = Path(initdb).parent
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    try:
        subprocess.run(
            [*user, initdb, "-D", str(cluster / "data"), "-U", "countylines", "-A", "trust", "--no-sync", "-E", "UTF8"],
            check=True,
            capture_output=True,
            cwd="/",
        )
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={cluster} -c fsync=off"
        control = [*user, str(programs / "pg_ctl"), "-D", str(cluster / "data"), "-w"]
        subprocess.run(
            [*control, "-l", str(cluster / "log"), "-o", options, "start"], check=True, capture_output=True, cwd="/"
        )
        try:
            yield {
                "COUNTYLINES_POSTGRES_HOST": "127.0.0.1",
                "COUNTYLINES_POSTGRES_PORT": str(port),
                "COUNTYLINES_POSTGRES_USER": "countylines",
                "COUNTYLINES_POSTGRES_PASSWORD": "not checked on loopback",
                "COUNTYLINES_POSTGRES_DATABASE": "postgres",
            }
        finally:
            subprocess.run([*control, "-m", "immediate", "stop"], check=True, capture_output=True, cwd="/")
    finally:
        shutil.rmtree(cluster)


@pytest.mark.skipif(
    "COUNTYLINES_DRILL_POSTGRESQL" not in os.environ,
    reason="a drill that takes many minutes on two cores: set COUNTYLINES_DRILL_POSTGRESQL=1",
)
def test_with_postgresql_a_new_edition_is_noticed_and_only_what_depends_on_it_is_made(
    publisher: Publisher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgresql: Mapping[str, str]
) -> None:
    _new_edition(publisher, tmp_path, _home(tmp_path / "home", "postgresql"), postgresql, monkeypatch)


def test_a_service_that_is_killed_in_the_middle_of_a_run_makes_everything_after_it_starts_again(
    publisher: Publisher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # All data: of the small ones a run is over before it can be seen to be under way.
    data, build = data_with_publisher(publisher, tmp_path / "data", copy_of_data), tmp_path / "build"
    home = _home(tmp_path / "home", "sqlite")
    monkeypatch.setenv("DAGSTER_HOME", str(home))
    with dg.DagsterInstance.from_config(str(home)) as instance:
        with running_daemon(home, data, build, {}) as daemon:

            def under_way() -> bool:
                return any(made(instance, run) for run in runs(instance) if not run.is_finished)

            wait_for(under_way, daemon, "a run that has made some of its tables")
            # As systemd does it: with everything that it started.
            for number in processes_of(build):
                os.kill(number, signal.SIGKILL)
        lost = [run for run in runs(instance) if not run.is_finished]
        assert lost, "a run cannot say that it was killed"
        ended = subprocess.run(
            [COMMAND, "end-lost-runs"],
            capture_output=True,
            text=True,
            check=True,
            env=environment(build, DAGSTER_HOME=home),
        )
        assert all(run.run_id in ended.stdout for run in lost)

        with running_daemon(home, data, build, {}) as daemon:

            def all_made() -> bool:
                found = runs(instance)
                # Begun again, a run does not repeat what it had made.
                there = {key for run in found for key in made(instance, run)}
                return raw_tables(data) <= there and all(run.is_finished for run in found)

            wait_for(all_made, daemon, "all tables, after the restart")
        assert {run.status for run in runs(instance) if run.run_id in {each.run_id for each in lost}} == {
            dg.DagsterRunStatus.FAILURE
        }
    assert_whole(build, data)


def raw_tables(data: Path) -> set[str]:
    return {"raw/editions", *(f"raw/{source}" for source in sources_held(load_sources(data)))}


def assert_whole(build: Path, data: Path) -> None:
    """Every table that is there can be read to its end, and no part of one is left."""
    tables = list((build / "lake" / "raw").rglob("[!.]*.parquet"))
    assert len(tables) >= len(raw_tables(data)) - 1
    for table in tables:
        pl.read_parquet(table)
    assert not list(build.rglob(".*.tmp"))


def _new_edition(
    publisher: Publisher, folder: Path, home: Path, variables: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A first start makes every table; then a publisher offers an edition; then it offers nothing new."""
    data, build = data_with_publisher(publisher, folder / "data"), folder / "build"
    page = publisher.answers.pop("/facts")
    publisher.serve("/facts", Answer(status=503))
    for name, value in {**variables, "DAGSTER_HOME": str(home)}.items():
        monkeypatch.setenv(name, value)
    with (
        dg.DagsterInstance.from_config(str(home)) as instance,
        running_daemon(home, data, build, variables) as daemon,
    ):

        def ended(number: int) -> bool:
            found = runs(instance)
            assert all(run.status != dg.DagsterRunStatus.FAILURE for run in found), (home / "daemon.log").read_text()
            return len(found) >= number and all(run.is_finished for run in found)

        wait_for(lambda: ended(1), daemon, "the tables that were never made")
        wait_for(lambda: len(publisher.asked("/facts")) >= 3, daemon, "looks at a publisher that is down")
        assert [made(instance, run) for run in runs(instance)] == [raw_tables(data)]
        publisher.serve("/facts", *page)
        wait_for(lambda: ended(4), daemon, "the new edition, and what depends on it")
        looks = len(publisher.asked(FILE))
        wait_for(lambda: len(publisher.asked(FILE)) >= looks + 2, daemon, "two more looks")
        assert [made(instance, run) for run in runs(instance)[1:]] == [
            {f"published/{SOURCE}"},
            {f"raw/{SOURCE}"},
            {"raw/editions"},
        ]
        assert publisher.asked(FILE)[-1]["if-none-match"] == '"first"'
    log = [json.loads(line) for line in (home / "daemon.log").read_text().splitlines() if line.startswith('{"time"')]
    assert [line["source"] for line in log if line.get("alert") == "publisher_unreachable"] == [SOURCE]
    figures = (build / "metrics.prom").read_text()
    held = len(editions_held(load_source(data, SOURCE)))
    assert f'countylines_source_editions{{source="{SOURCE}"}} {held:.1f}' in figures
    assert "countylines_last_run_success 1.0" in figures
