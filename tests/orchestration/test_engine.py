"""The same partitions in this process, in local processes, and on a real Dask scheduler with real workers: the same bytes."""

import hashlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestration.run.engine import Engine, engine_from_environment
from tests.full_build import ROOT
from tests.incidents.conftest import STREET_HEADER, archive_of, crime, csv_file, zip_archive
from tests.incidents.stores import URL, credentials, s3_server, use_store
from transforms.errors import CountyLinesError, LayoutError
from transforms.incidents import read_archive, store
from transforms.incidents.partition import Partition, PartitionResult, partitions, take_in

pytestmark = pytest.mark.full


class Cluster:
    """A scheduler on loopback and its workers, each a process of its own, started and ended here by their own handles."""

    def __init__(self, folder: Path, environment: dict[str, str], workers: int = 2) -> None:
        self.folder = folder
        self.environment = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
        self.started: list[subprocess.Popen[bytes]] = []
        self.scheduler = self._start("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")
        self.address = _address_in(folder / "0.log")
        self.start_workers(workers)

    def start_workers(self, number: int) -> None:
        for _ in range(number):
            self._start("worker", self.address, "--host", "127.0.0.1", "--nthreads", "1", "--no-dashboard", "--nanny")

    def restart_scheduler(self) -> None:
        self.scheduler.kill()
        self.scheduler.wait()
        port = self.address.rpartition(":")[2]
        self.scheduler = self._start("scheduler", "--host", "127.0.0.1", "--port", port, "--no-dashboard")

    def close(self) -> None:
        for process in reversed(self.started):
            process.terminate()
        for process in self.started:
            process.wait(timeout=60)

    def _start(self, *words: str) -> subprocess.Popen[bytes]:
        log = (self.folder / f"{len(self.started)}.log").open("wb")
        process = subprocess.Popen(
            [sys.executable, "-m", "distributed.cli.dask_" + words[0], *words[1:]],
            stdout=log,
            stderr=log,
            cwd=self.folder,
            env=self.environment,
        )
        self.started.append(process)
        return process


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    with s3_server() as address:
        yield address


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory, s3: str) -> Iterator[str]:
    """The address of a scheduler whose two workers know the store."""
    made = Cluster(tmp_path_factory.mktemp("cluster"), credentials(s3))
    try:
        yield made.address
    finally:
        made.close()


def _address_in(log: Path) -> str:
    for _ in range(600):
        if found := re.search(rb"tcp://127\.0\.0\.1:\d+", log.read_bytes()):
            return found[0].decode()
        time.sleep(0.1)
    raise AssertionError(f"the scheduler did not start: {log.read_text()}")


MONTHS = ("2018-01", "2018-02", "2018-03", "2018-04")


def archive_with(path: Path, *months: str) -> Path:
    files = {
        f"{month}-norfolk-street.csv": csv_file(STREET_HEADER, *(crime(f"{n:064x}", month=month) for n in range(20)))
        for month in months
    }
    return zip_archive(path, files)


def four_months(folder: Path, out: Path | str) -> list[Partition]:
    archive = archive_with(folder / "synthetic.zip", *MONTHS)
    return partitions([archive_of(read_archive(str(archive)))], str(out), ROOT / "data", "code")


def digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_every_engine_writes_the_same_bytes_and_gives_the_same_results_of_archives_in_folders_and_in_stores(
    tmp_path: Path, cluster: str, s3: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_store(monkeypatch, s3)
    here = list(Engine().map(take_in, four_months(tmp_path, tmp_path / "here")))
    assert [result.month for result in here] == [*MONTHS]
    assert len(digests(tmp_path / "here")) == 16
    in_folder = read_archive(str(archive_with(tmp_path / "first.zip", *MONTHS[:2])))
    archive = archive_with(tmp_path / "second.zip", *MONTHS[2:])
    store.put(URL, "landing/second.zip", archive)
    (held,) = store.listed(f"{URL}/landing")
    in_store = read_archive(f"{URL}/landing/{held.name}", held.etag)
    archive.unlink()
    archives = [archive_of(in_folder, "first"), archive_of(in_store, "second")]
    for name, engine in {"processes": Engine(processes=2), "dask": Engine(scheduler=cluster)}.items():
        made = list(engine.map(take_in, partitions(archives, str(tmp_path / name), ROOT / "data", "code")))
        assert made == here
        assert digests(tmp_path / name) == digests(tmp_path / "here")


def test_dask_writes_to_a_store_the_bytes_that_this_process_writes_to_a_folder(
    tmp_path: Path, cluster: str, s3: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_store(monkeypatch, s3)
    made = list(Engine(scheduler=cluster).map(take_in, four_months(tmp_path, URL)))
    assert made == list(Engine().map(take_in, four_months(tmp_path, tmp_path / "here")))
    for name, digest in digests(tmp_path / "here").items():
        assert hashlib.sha256(store.read(URL, name) or b"").hexdigest() == digest


def take_in_and_kill_the_first(partition: Partition) -> PartitionResult:
    """Take in a month, but lose the worker when the first one has put its table and not yet its account."""
    marker = Path(partition.out).parent / "killed"
    if not marker.exists():
        marker.touch()
        original = store.put

        def put(root: str, name: str, file: Path) -> None:
            if name.endswith(".json"):
                os.kill(os.getpid(), signal.SIGKILL)
            original(root, name, file)

        store.put = put
    return take_in(partition)


def test_a_worker_killed_between_table_and_account_leaves_each_month_once_and_whole(
    tmp_path: Path, cluster: str
) -> None:
    months = four_months(tmp_path, tmp_path / "dask")
    made = list(Engine(scheduler=cluster).map(take_in_and_kill_the_first, months))
    assert (tmp_path / "killed").exists()
    assert [result.was_taken_in for result in made] == [True] * 4
    list(Engine().map(take_in, four_months(tmp_path, tmp_path / "here")))
    assert digests(tmp_path / "dask") == digests(tmp_path / "here")


def slowly(number: int) -> int:
    time.sleep(2 * number)
    return number


def test_a_scheduler_restarted_in_the_middle_ends_the_run_with_a_sentence_and_the_next_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Cluster(tmp_path, {}, workers=1)
    try:
        results = Engine(scheduler=made.address).map(slowly, [0, 2, 2, 2])
        assert next(results) == 0
        made.restart_scheduler()
        with pytest.raises(CountyLinesError, match="was lost during the run; start it and run the build again"):
            list(results)
        # The workers of a scheduler that is gone end themselves.
        monkeypatch.setattr("orchestration.run.engine._SECONDS_FOR_A_WORKER", 1)
        with pytest.raises(CountyLinesError, match="has no worker; start one"):
            list(Engine(scheduler=made.address).map(slowly, [0]))
        monkeypatch.undo()
        made.start_workers(1)
        assert list(Engine(scheduler=made.address).map(slowly, [0, 1])) == [0, 1]
    finally:
        made.close()


def kill_this_worker_once(marker: Path) -> str:
    if not marker.exists():
        marker.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return marker.name


def kill_this_worker(_: int) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_worker_killed_in_the_middle_of_a_task_is_replaced(tmp_path: Path, cluster: str) -> None:
    names = list(Engine(scheduler=cluster).map(kill_this_worker_once, [tmp_path / "a", tmp_path / "b"]))
    assert names == ["a", "b"]


def test_a_partition_that_kills_every_worker_is_named_as_such(cluster: str) -> None:
    with pytest.raises(CountyLinesError, match="lost again and again at one partition"):
        list(Engine(scheduler=cluster).map(kill_this_worker, [1]))


def test_a_killed_local_process_ends_the_run_with_a_sentence() -> None:
    with pytest.raises(CountyLinesError, match="A local worker process was ended from outside"):
        list(Engine(processes=2).map(kill_this_worker, [1]))


def refuse(_: int) -> None:
    raise LayoutError("synthetic: a header is missing.")


@pytest.mark.parametrize("where", ["here", "processes", "dask"])
def test_an_error_of_the_function_arrives_as_itself(where: str, cluster: str) -> None:
    engine = {"here": Engine(), "processes": Engine(processes=2), "dask": Engine(scheduler=cluster)}[where]
    with pytest.raises(LayoutError, match="a header is missing"):
        list(engine.map(refuse, [1]))


def test_a_scheduler_that_does_not_answer_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orchestration.run.engine._SECONDS_TO_CONNECT", 1)
    with pytest.raises(CountyLinesError, match=r"tcp://127\.0\.0\.1:1 does not answer"):
        list(Engine(scheduler="tcp://127.0.0.1:1").map(refuse, [1]))


def test_the_environment_names_the_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DASK_SCHEDULER", raising=False)
    monkeypatch.setenv("COUNTYLINES_PROCESSES", "2")
    assert engine_from_environment() == Engine(processes=2)
    monkeypatch.setenv("COUNTYLINES_PROCESSES", "none")
    with pytest.raises(CountyLinesError, match="COUNTYLINES_PROCESSES is 'none'"):
        engine_from_environment()
