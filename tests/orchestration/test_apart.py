"""Files from outside are parsed in a process apart: whatever happens there is one refusal in words, and the next file is read.

Nothing here harms a reader: limits are lowered instead, and what a bad file could do to a process the tests' own functions do.
"""

import os
import time
from functools import partial
from pathlib import Path

import polars as pl
import pytest

from orchestration.store import apart as module
from orchestration.store import parsed_files
from orchestration.store.apart import Bounds, apart
from orchestration.store.editions_in_use import registered
from orchestration.store.parsed_files import looked_at_apart
from orchestration.store.paths import PROJECT, Paths
from tests.incidents.conftest import STOP_HEADER, csv_file, search
from transforms.errors import LayoutError, RegisterError, StoreError
from transforms.sources import landing
from transforms.sources.landing import survey
from transforms.sources.recognise import NOT_RECOGNISED, READ, REFUSED
from transforms.sources.registry import load_sources

pytestmark = pytest.mark.full

MIB = 1 << 20
FILE = "2019-02-gwent-stop-and-search.csv"


def table(rows: int) -> pl.DataFrame:
    return pl.DataFrame({"number": range(rows), "text": ["a" * 100] * rows, "none": [None] * rows})


def process_number() -> int:
    return os.getpid()


def abort() -> None:
    os.abort()


def take(size: int) -> int:
    return len(bytearray(size))


def work_for_ever() -> None:
    while True:
        pass


def wait_for_ever() -> None:
    time.sleep(3600)


def speak() -> str:
    print("what a reader says of a file")  # noqa: T201
    os.write(1, b"what native code says of a file")
    return "heard"


def refuse(kind: type[Exception], words: str) -> None:
    raise kind(words)


def answered(bounds: Bounds) -> bool:
    """Whether the next file is read, after whatever happened."""
    made: pl.DataFrame = apart("the next file", table, 3, bounds=bounds)
    return made.height == 3


def test_a_table_comes_back_as_it_was_made_and_the_process_is_used_again() -> None:
    assert apart("a file", table, 1000).equals(table(1000))
    assert apart("a file", process_number) == apart("another", process_number) != os.getpid()
    assert apart("a file", speak) == "heard"
    assert answered(module.BOUNDS)


@pytest.mark.parametrize("kind", [LayoutError, RegisterError, StoreError])
def test_an_error_of_ours_comes_back_as_it_is(kind: type[Exception]) -> None:
    with pytest.raises(kind, match=r"^The sheet is not there; look at it\.$"):
        apart("a file", refuse, kind, "The sheet is not there; look at it.")


def test_another_error_is_a_refusal_with_its_reason_and_without_controls() -> None:
    with pytest.raises(LayoutError, match=r"^a file stopped its reader \(KeyError: .*\); it is not read: ") as refused:
        apart("a file", refuse, KeyError, "red \x1b[31m text\nsecond line")
    assert str(refused.value).isprintable()


@pytest.mark.parametrize(
    ("function", "arguments", "bounds", "words"),
    [
        (abort, (), Bounds(), r"ended the process that read it \(SIGABRT\)"),
        (take, (2048 * MIB,), Bounds(memory=1500 * MIB), r"MemoryError"),
        (work_for_ever, (), Bounds(seconds=1), "took more than 1 seconds of processor time"),
        (wait_for_ever, (), Bounds(clock_seconds=3), "took more than 3 seconds"),
        (table, (100_000,), Bounds(answer=MIB), r"its table is larger than 1,048,576 bytes"),
    ],
    ids=["ends", "memory", "processor", "clock", "answer"],
)
def test_what_takes_too_much_is_refused_in_words_and_the_next_file_is_read(
    function: object, arguments: tuple[int, ...], bounds: Bounds, words: str
) -> None:
    assert answered(bounds)
    with pytest.raises(LayoutError, match=rf"^a file .*{words}.*; it is not read: "):
        apart("a file", function, *arguments, bounds=bounds)  # type: ignore[arg-type]
    assert answered(bounds)


def put(folder: Path) -> Path:
    folder.mkdir()
    records = csv_file(STOP_HEADER, search("2019-02-03T12:00:00+00:00", sought="Controlled drugs"))
    (folder / FILE).write_text(records, encoding="utf-8")
    return folder


def test_a_folder_is_looked_at_apart_as_it_is_here(tmp_path: Path) -> None:
    folder, data = put(tmp_path / "landing"), PROJECT / "data"
    (folder / "notes.txt").write_text("no table")
    register = load_sources(data)
    assert survey(folder, register, data, look=looked_at_apart) == survey(folder, register, data)


def test_a_file_that_ends_its_reader_is_refused_and_the_code_location_loads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = Paths(PROJECT / "data", tmp_path / "build", put(tmp_path / "landing"))
    # In so little room the process cannot even begin: it ends, as it does by a file that its reader dies of.
    monkeypatch.setattr(parsed_files, "apart", partial(apart, bounds=Bounds(memory=64 * MIB)))
    (file,) = registered(paths).files
    assert file.outcome == NOT_RECOGNISED
    assert "ended the process that read it" in str(file.reason)
    monkeypatch.undo()
    (file,) = registered(paths).files
    assert file.outcome == READ


def test_a_parser_that_takes_too_much_is_a_refusal_that_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = Paths(PROJECT / "data", tmp_path / "build", put(tmp_path / "landing"))
    bounded = partial(apart, bounds=Bounds(answer=64))
    monkeypatch.setattr(parsed_files, "apart", lambda what, *rest: (bounded if "gwent" in what else apart)(what, *rest))
    (file,) = registered(paths).files
    assert file.outcome == REFUSED
    assert "stopped its reader" in str(file.reason)


def test_a_file_beyond_the_size_of_its_kind_is_not_read_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, data = put(tmp_path / "landing"), PROJECT / "data"
    size = (folder / FILE).stat().st_size
    read: list[Path] = []

    def reading(path: Path) -> bytes:
        read.append(path)
        return path.read_bytes()

    for most, outcome, times in ((size - 1, NOT_RECOGNISED, 0), (size, READ, 2)):
        monkeypatch.setattr(landing, "most_bytes", lambda name, most=most: most)
        (file,) = survey(folder, load_sources(data), data, read=reading)
        assert (file.outcome, len(read)) == (outcome, times)
