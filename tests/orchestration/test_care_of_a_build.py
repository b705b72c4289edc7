"""A build folder that is looked after: what a doctor finds, and a way back from a backup."""

import io
import json
import os
import sqlite3
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import pytest
import yaml

from orchestration.build import dagster_home
from orchestration.care import doctor
from orchestration.care.backup import back_up, restore
from orchestration.care.doctor import Finding, examine, pinned_versions
from orchestration.delivery.deliver import ledger_path
from orchestration.delivery.ledger import open_ledger, write_release
from orchestration.store.hashes import digest_of, hash_files
from orchestration.store.lock import only_build
from orchestration.store.paths import Paths
from tests.full_build import ROOT
from tests.orchestration.builds import copy_of_data, digests, run
from transforms.errors import CountyLinesError
from transforms.temporary import stands_for, temporary_beside


@pytest.fixture
def small(tmp_path: Path) -> Paths:
    """A synthetic build folder with one file of each kind, as a build leaves it."""
    build = tmp_path / "build"
    files = {
        "lake/core/areas.parquet": b"a table",
        "checks/core/areas.json": b"{}",
        "documents/0123/norfolk.html": b"a report",
        "county_lines.csv": b"a,b\n",
        "editions/x/norfolk.html": b"a report",
    }
    for name, content in files.items():
        (build / name).parent.mkdir(parents=True, exist_ok=True)
        (build / name).write_bytes(content)
    edition = build / "editions" / f"0123-{hash_files([build / 'editions/x/norfolk.html'], build / 'editions/x')[:12]}"
    (build / "editions/x").rename(edition)
    (build / "reports").symlink_to(edition.relative_to(build))
    (build / "dagster").mkdir()
    with sqlite3.connect(build / "dagster/runs.db") as runs:
        runs.execute("create table runs as select 1 as run")
    paths = Paths(data=ROOT / "data", build=build)
    ledger_path(paths).parent.mkdir()
    with open_ledger(ledger_path(paths)) as ledger:
        write_release(ledger, edition.name, datetime(2026, 11, 26, 9, 30, tzinfo=UTC))
    write_manifest(paths)
    return paths


def write_manifest(paths: Paths) -> None:
    from orchestration.store.fingerprint import outputs

    made = outputs(paths)
    digests_now = {name: digest_of(paths.build / name) for name in made}
    paths.manifest.write_text(json.dumps({"assets": {}, "outputs": made, "digests": digests_now}))


def wrong(paths: Paths) -> dict[str, tuple[str, str | None]]:
    """What the doctor finds that is not sound: state and remedy by what was looked at."""
    return {
        finding.looked_at: (finding.state, finding.remedy) for finding in examine(paths) if finding.state != "sound"
    }


@pytest.mark.full
def test_a_healthy_build_is_found_sound(small: Paths) -> None:
    findings = list(examine(small))
    assert {finding.state for finding in findings} == {"sound"}, [each for each in findings if each.state != "sound"]
    assert len({finding.looked_at for finding in findings}) == len(findings) == 13


def same_size_and_time(path: Path) -> None:
    before = path.stat()
    path.write_bytes(path.read_bytes()[::-1])
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def bit_rot(paths: Paths) -> None:
    same_size_and_time(paths.lake / "core/areas.parquet")


def edited_report(paths: Paths) -> None:
    same_size_and_time(paths.reports.resolve() / "norfolk.html")


def deleted_table(paths: Paths) -> None:
    (paths.lake / "core/areas.parquet").unlink()


def no_manifest(paths: Paths) -> None:
    paths.manifest.unlink()


def broken_history(paths: Paths) -> None:
    (paths.dagster_home / "runs.db").write_bytes(b"no database at all" * 100)


def broken_ledger(paths: Paths) -> None:
    ledger_path(paths).write_bytes(b"no database at all" * 100)


def dead_link(paths: Paths) -> None:
    paths.reports.unlink()
    paths.reports.symlink_to("editions/gone")
    write_manifest(paths)


def half_written(paths: Paths) -> None:
    temporary_beside(paths.lake / "areas.parquet").write_bytes(b"half")


def from_the_future(paths: Paths) -> None:
    os.utime(paths.build / "county_lines.csv", (2**33, 2**33))
    write_manifest(paths)


@pytest.mark.full
@pytest.mark.parametrize(
    ("spoil", "looked_at", "state", "remedy"),
    [
        (bit_rot, "file lake/core/areas.parquet", "broken", "Delete"),
        (edited_report, "published reports", "broken", "countylines build"),
        (deleted_table, "last build", "attention", "countylines build"),
        (no_manifest, "last build", "attention", "countylines build"),
        (broken_history, "run history runs.db", "broken", "Restore"),
        (broken_ledger, "ledger of delivery", "broken", "Restore"),
        (dead_link, "published reports", "broken", "countylines build"),
        (half_written, "half written files", "attention", "countylines build"),
        (from_the_future, "clock", "attention", "Set the clock"),
    ],
)
def test_each_kind_of_damage_is_named_with_a_remedy(
    small: Paths, spoil: Callable[[Paths], None], looked_at: str, state: str, remedy: str
) -> None:
    spoil(small)
    found = wrong(small)
    assert found[looked_at][0] == state
    assert remedy in (found[looked_at][1] or "")


@pytest.mark.full
def test_a_build_at_work_is_no_fault(small: Paths) -> None:
    with only_build(small):
        assert wrong(small) == {"build at work": ("attention", "Wait for its end.")}


def test_a_fetched_file_that_lost_its_checksum_is_broken(small: Paths) -> None:
    store = small.lake / "editions"
    record = {
        "source_id": "ons_pfa_tables",
        "file": "tables.xlsx",
        "url": "https://www.ons.gov.uk/tables.xlsx",
        "sha256": "ab" * 32,
        "bytes": 4,
        "retrieved_at": "2026-11-01T00:00:00+00:00",
        "updated_at": None,
        "last_modified": None,
        "etag": None,
    }
    folder = store / "ab" / str(record["sha256"])
    folder.mkdir(parents=True)
    (store / "fetched.jsonl").write_text(json.dumps(record) + "\n")
    (folder / "tables.xlsx").write_bytes(b"else")
    assert wrong(small)["fetched file tables.xlsx"][0] == "broken"


@pytest.mark.full
def test_cells_and_registers_that_people_spoiled_are_named(tmp_path: Path) -> None:
    data = copy_of_data(tmp_path / "data")
    paths = Paths(data=data, build=tmp_path / "build")
    paths.build.mkdir()
    kept = data / "published/mopac_rescue_and_response/year-1.csv"
    kept.write_text("".join(kept.read_text().splitlines(keepends=True)[:-1]))
    found = wrong(paths)
    assert found["published cells of mopac_rescue_and_response"][0] == "broken"
    (data / "registers/areas.csv").write_text("nonsense\n")
    assert wrong(paths)["registers"][0] == "broken"


@pytest.mark.full
def test_the_command_ends_with_one_when_something_is_broken_and_prints_json(small: Paths) -> None:
    assert run(["doctor"], small.build).returncode == 0
    edited_report(small)
    told = run(["doctor", "--json"], small.build)
    assert told.returncode == 1
    states = {finding["looked_at"]: finding["state"] for finding in json.loads(told.stdout)}
    assert states["published reports"] == "broken"
    assert set(json.loads(told.stdout)[0]) == set(Finding.__dataclass_fields__)


def rows_of_databases(folder: Path) -> dict[str, list[str]]:
    rows = {}
    for database in sorted([*folder.rglob("*.db"), *folder.rglob("*.sqlite")]):
        with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
            rows[str(database.relative_to(folder))] = list(connection.iterdump())
    return rows


def files_and_times(folder: Path) -> dict[str, tuple[int, int, str]]:
    return {
        str(path.relative_to(folder)): (path.lstat().st_mtime_ns, path.lstat().st_mode, digest_of(path) or "")
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink() and path.suffix not in (".db", ".sqlite") and path.name != ".lock"
    }


def test_a_backup_goes_there_and_back_with_times_rights_links_and_databases(small: Paths, tmp_path: Path) -> None:
    (small.build / "county_lines.csv").chmod(0o444)
    file, again = tmp_path / "kept.tar.gz", Paths(data=small.data, build=tmp_path / "again")
    assert back_up(small, file) == restore(file, again) == 9
    assert files_and_times(again.build) == files_and_times(small.build)
    assert rows_of_databases(again.build) == rows_of_databases(small.build)
    assert again.reports.readlink() == small.reports.readlink()
    assert wrong(again) == {}


def test_a_database_that_is_open_is_backed_up_with_what_its_log_holds(small: Paths, tmp_path: Path) -> None:
    with sqlite3.connect(small.dagster_home / "runs.db") as open_elsewhere:
        open_elsewhere.execute("pragma journal_mode = wal")
        open_elsewhere.execute("insert into runs values (2)")
        open_elsewhere.commit()
        back_up(small, tmp_path / "kept.tar.gz")
    again = Paths(data=small.data, build=tmp_path / "again")
    restore(tmp_path / "kept.tar.gz", again)
    with sqlite3.connect(again.dagster_home / "runs.db") as copy:
        assert copy.execute("select run from runs").fetchall() == [(1,), (2,)]


HALF_WRITTEN = """
import os, signal, sqlite3, sys

database = sqlite3.connect(sys.argv[1])
database.execute("pragma cache_size = 1")
database.executemany("insert into runs values (?)", [("spilt to the disk" * 100,)] * 100)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.full
def test_what_a_killed_process_half_wrote_into_a_database_is_taken_back(small: Paths, tmp_path: Path) -> None:
    database = small.dagster_home / "runs.db"
    subprocess.run([sys.executable, "-c", HALF_WRITTEN, database], check=False)
    assert database.with_name("runs.db-journal").exists()
    back_up(small, tmp_path / "kept.tar.gz")
    again = Paths(data=small.data, build=tmp_path / "again")
    restore(tmp_path / "kept.tar.gz", again)
    with sqlite3.connect(again.dagster_home / "runs.db") as copy:
        assert copy.execute("select run from runs").fetchall() == [(1,)]
    subprocess.run([sys.executable, "-c", HALF_WRITTEN, database], check=False)
    assert wrong(small) == {}


def test_a_ledger_that_a_delivery_is_writing_is_backed_up_as_it_was_before(small: Paths, tmp_path: Path) -> None:
    with open_ledger(ledger_path(small)) as ledger:
        ledger.execute("pragma cache_size = 1")
        ledger.execute("begin")
        ledger.execute("update editions set published_at = 'in between'")
        back_up(small, tmp_path / "kept.tar.gz")
        ledger.execute("rollback")
    again = Paths(data=small.data, build=tmp_path / "again")
    restore(tmp_path / "kept.tar.gz", again)
    assert rows_of_databases(again.build) == rows_of_databases(small.build)
    assert not list(again.build.rglob("*-journal"))


def test_nothing_is_overwritten_and_a_build_at_work_is_not_backed_up(small: Paths, tmp_path: Path) -> None:
    back_up(small, tmp_path / "kept.tar.gz")
    with pytest.raises(CountyLinesError, match="is not empty"):
        restore(tmp_path / "kept.tar.gz", small)
    with only_build(small), pytest.raises(CountyLinesError, match="Another build"):
        back_up(small, tmp_path / "second.tar.gz")
    assert not (tmp_path / "second.tar.gz").exists()


def member(name: str, content: bytes) -> tuple[tarfile.TarInfo, io.BytesIO]:
    info = tarfile.TarInfo(name)
    info.size = len(content)
    return info, io.BytesIO(content)


def hostile(name: str, entry: dict[str, object], held: str | None = None) -> bytes:
    inventory = {"format": "countylines backup, version 1", "entries": {name: entry}}
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w:gz") as archive:
        archive.addfile(*member("inventory.json", json.dumps(inventory).encode()))
        archive.addfile(*member(f"files/{held or name}", b"planted"))
    return written.getvalue()


PLANTED = "b9cdb3e4a93c2b8b3a04bcb2e8e3f7b7f2ee4b6c5ad0e8ff0a6d7f2b6b6f4a0e"


def damaged() -> Iterator[tuple[str, bytes, str]]:
    yield "no archive", b"not a backup", "no backup"
    yield "outside", hostile("../planted", {"sha256": PLANTED}), "outside the build folder"
    yield "absolute", hostile("/planted", {"sha256": PLANTED}), "outside the build folder"
    yield "link outside", hostile("reports", {"link": "../../elsewhere"}), "outside the build folder"
    yield "not named", hostile("a", {"sha256": PLANTED}, held="b"), "does not name"
    yield "other bytes", hostile("a", {"sha256": PLANTED}), "does not have its checksum"


@pytest.mark.parametrize(("content", "says"), [case[1:] for case in damaged()], ids=[case[0] for case in damaged()])
def test_a_hostile_or_damaged_backup_restores_nothing(content: bytes, says: str, tmp_path: Path) -> None:
    file, paths = tmp_path / "kept.tar.gz", Paths(data=ROOT / "data", build=tmp_path / "below" / "build")
    file.write_bytes(content)
    with pytest.raises(CountyLinesError, match=says):
        restore(file, paths)
    assert {path.name for path in tmp_path.rglob("*")} <= {"kept.tar.gz", "below"}


def test_a_backup_that_is_cut_short_restores_nothing(small: Paths, tmp_path: Path) -> None:
    back_up(small, tmp_path / "whole.tar.gz")
    whole = (tmp_path / "whole.tar.gz").read_bytes()
    (tmp_path / "cut.tar.gz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(CountyLinesError, match="cut short"):
        restore(tmp_path / "cut.tar.gz", Paths(data=small.data, build=tmp_path / "again"))
    assert not (tmp_path / "again").exists()


@pytest.mark.full
def test_a_whole_build_comes_back_so_that_nothing_is_to_be_done(copied: Path, tmp_path: Path) -> None:
    file, again = tmp_path / "kept.tar.gz", tmp_path / "again"
    assert run(["backup", str(file)], copied).returncode == 0
    told = run(["restore", str(file)], again)
    assert told.returncode == 0, told.stderr
    assert digests(again / "editions") == digests(copied / "editions")
    assert "Nothing changed since the last build" in run(["build"], again).stdout
    assert run(["doctor"], again).returncode == 0


def test_whoever_holds_the_lock_clears_what_was_left_half_written_whatever_process_it_was(small: Paths) -> None:
    left = [
        temporary_beside(small.lake / "core" / "areas.parquet"),
        small.editions
        / f".0123-0123.{os.getpid()}.tmp",  # of a container in which it had this number, by a version before
        temporary_beside(small.build / "metrics.prom"),
    ]
    young = temporary_beside(small.build / "metrics.prom")  # others write here without the lock
    theirs = [small.lake / ".notes.tmp", small.editions / ".mine.txt"]
    for path in (*left, young, *theirs):
        path.write_bytes(b"half")
    os.utime(left[2], (0, 0))
    with only_build(small):
        assert [path.exists() for path in left] == [False] * 3
        assert all(path.exists() for path in (young, *theirs))


def test_temporary_names_are_random_and_known_again() -> None:
    path = Path("lake/areas.parquet")
    assert temporary_beside(path) != temporary_beside(path)
    assert stands_for(temporary_beside(path).name) == stands_for(".areas.parquet.17.tmp") == "areas.parquet"
    assert stands_for(".areas.parquet.tmp") is stands_for("areas.parquet") is None


@pytest.mark.parametrize("name", ["h #1", "a?b%20c", "Ärger: [x] {y}", "'quoted'"])
def test_a_backup_of_a_folder_of_any_name_has_every_row(small: Paths, tmp_path: Path, name: str) -> None:
    odd = Paths(small.data, tmp_path / name)
    small.build.rename(odd.build)
    with open_ledger(ledger_path(odd)) as ledger:
        before = [tuple(row) for row in ledger.execute("select * from editions")]
    assert before
    back_up(odd, tmp_path / "backup.tar.gz")
    assert (tmp_path / "backup.tar.gz").stat().st_mode & 0o777 == 0o600
    again = Paths(small.data, tmp_path / f"{name} again")
    restore(tmp_path / "backup.tar.gz", again)
    with open_ledger(ledger_path(again)) as ledger:
        assert [tuple(row) for row in ledger.execute("select * from editions")] == before
    assert not [path for path in tmp_path.iterdir() if path.name not in {name, f"{name} again", "backup.tar.gz"}]
    assert yaml.safe_load(Path(dagster_home(odd), "dagster.yaml").read_text(encoding="utf-8"))["event_log_storage"][
        "config"
    ]["base_dir"] == str(odd.dagster_home / "history")


def test_a_backup_stops_at_a_database_that_cannot_be_read(small: Paths, tmp_path: Path) -> None:
    broken_ledger(small)
    with pytest.raises(CountyLinesError, match=r"cannot be read as a database .* Nothing was backed up"):
        back_up(small, tmp_path / "backup.tar.gz")
    assert not (tmp_path / "backup.tar.gz").exists()


def test_the_doctor_says_how_large_each_folder_is(small: Paths) -> None:
    (small.lake / "large.parquet").write_bytes(b"0" * 3 * 1024**2)
    (small.lake / "again.parquet").hardlink_to(small.lake / "large.parquet")
    (found,) = [each.found for each in examine(small) if each.looked_at == "sizes in MiB"]
    assert found.startswith("lake 3.0, ")
    assert "delivery 0.0" in found


def test_packages_of_other_versions_are_said(small: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pinned = pinned_versions(ROOT / "constraints.txt")
    assert pinned["polars"] == {version("polars")}
    monkeypatch.setattr(doctor, "PROJECT", tmp_path)
    for content, state in (("polars==0.0.1\n", "attention"), (f"Polars=={version('polars')} ; x\n", "sound")):
        (tmp_path / "constraints.txt").write_text(content)
        (found,) = [each for each in examine(small) if each.looked_at == "packages"]
        assert found.state == state
