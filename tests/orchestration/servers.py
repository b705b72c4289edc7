"""A publisher, a data folder whose register names it, and a daemon that runs on both: all real, all on loopback."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import dagster as dg

from tests.fetch.publisher import Answer, Publisher
from tests.full_build import ROOT
from tests.orchestration.builds import environment, processes_of
from tests.small_data import small_data

SOURCE = "ho_nrm_national_facts"
FILE = "/media/to-2024-11.csv"
_FIXTURE = ROOT / "tests" / "fixtures" / SOURCE / "to-2024-11.csv"


def data_with_publisher(publisher: Publisher, folder: Path, copy: Callable[[Path], Path] = small_data) -> Path:
    """The small data, or another copy, in which this publisher offers one source, and all others are read by hand: nobody else is asked."""
    data = copy(folder)
    for entry in sorted((data / "sources").glob("*.toml")):
        text = entry.read_text(encoding="utf-8")
        entry.write_text(re.sub(r'kind = "(?:landing_page|content_api)"', 'kind = "manual"', text), encoding="utf-8")
    publisher.serve(FILE, Answer(_FIXTURE.read_bytes(), headers={"ETag": '"first"'}))
    page = publisher.page("/facts", FILE)
    entry = data / "sources" / f"{SOURCE}.toml"
    found = f'discovery = {{ kind = "landing_page", page = "{page}", file_pattern = \'to-.*\\.csv\', hosts = ["127.0.0.1"] }}'
    lines = [
        found if line.startswith("discovery =") else line for line in entry.read_text(encoding="utf-8").splitlines()
    ]
    entry.write_text("\n".join([*lines, ""]), encoding="utf-8")
    return data


@contextmanager
def running_daemon(
    home: Path, data: Path, build: Path, variables: Mapping[str, str]
) -> Iterator[subprocess.Popen[str]]:
    """Dagster's daemon on the code location of the tests, ended with all that it started when the test is over, however it ends."""
    workspace = home / "workspace.yaml"
    workspace.write_text(
        "load_from:\n  - python_module:\n      module_name: tests.orchestration.server_location\n"
        f"      working_directory: {ROOT}\n",
        encoding="utf-8",
    )
    process = subprocess.Popen(
        [str(Path(sys.executable).with_name("dagster-daemon")), "run", "-w", str(workspace)],
        cwd=ROOT,
        env=environment(
            build,
            DAGSTER_HOME=home,
            COUNTYLINES_DATA=data,
            COUNTYLINES_LOG_FORMAT="json",
            DAGSTER_DISABLE_TELEMETRY=1,
            **variables,
        ),
        stdout=(home / "daemon.log").open("w"),
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=60)
        finally:
            end_processes_of(build)


def end_processes_of(build: Path, seconds: float = 30) -> None:
    """Kill what works on a build folder, until nothing does: a code server outlives a daemon that was killed, and so does a run."""
    end = time.monotonic() + seconds
    while numbers := processes_of(build):
        assert time.monotonic() < end, f"these processes do not end: {numbers}"
        for number in numbers:
            with suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
        time.sleep(0.1)


def wait_for(condition: Callable[[], bool], process: subprocess.Popen[str], what: str, seconds: float = 1200) -> None:
    """Wait for something that a daemon should do; fail when it ends or does not do it in time, which is long: machines have other work too."""
    end = time.monotonic() + seconds
    while not condition():
        assert process.poll() is None, "the daemon ended"
        assert time.monotonic() < end, f"it did not happen: {what}"
        time.sleep(0.5)


def runs(instance: dg.DagsterInstance) -> list[dg.DagsterRun]:
    """All runs, the oldest first."""
    return list(reversed(instance.get_runs()))


def made(instance: dg.DagsterInstance, run: dg.DagsterRun) -> set[str]:
    """The assets that a run made."""
    return {
        entry.dagster_event.asset_key.to_user_string()
        for entry in instance.all_logs(run.run_id, of_type=dg.DagsterEventType.ASSET_MATERIALIZATION)
        if entry.dagster_event and entry.dagster_event.asset_key
    }
