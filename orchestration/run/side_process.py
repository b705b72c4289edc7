"""A process of its own beside the build: it imports Great Expectations and checks tables, and makes reports while the build makes others.

Its import and the build's own take their seconds at the same time, and both cores are at work where Python would use one.
"""

import atexit
import gc
import multiprocessing
import os
import pickle
import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import cache
from multiprocessing.util import Finalize
from pathlib import Path
from tempfile import NamedTemporaryFile
from threading import Thread
from typing import TYPE_CHECKING, Any, NamedTuple, ParamSpec, TypeVar

import polars as pl

from transforms.contracts.contract import Contract
from transforms.contracts.validate import Validation, get_ready, validate
from transforms.errors import CountyLinesError

if TYPE_CHECKING:
    from multiprocessing.sharedctypes import Synchronized

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")

# For fewer things to make, a second process would cost more than it saves.
_ENOUGH = 8


def begin() -> None:
    """Start the process, which imports Great Expectations, while this one has other things to import; for a build that has work."""
    _process().pool.submit(get_ready)


def collect_seldom() -> None:
    """Look for garbage seldom, and hardly ever among what has lived for long.

    A build makes millions of objects that live until it ends: looking at each of them again and again takes a second. Looking only at the
    young ones frees the workbooks and pages that are done with.
    """
    gc.set_threshold(100_000, 10, 1_000)


def validated(frame: pl.DataFrame, contract: Contract) -> Validation:
    """The validation of a frame, in the other process, which is started unless it runs.

    Raises ContractError as ``validate`` does, and CountyLinesError when the process was ended from outside.
    """
    with beside(f"checked {contract.table}", validate, frame, contract) as found:
        return found()


def shared_out(doing: str, function: Callable[[Iterable[T]], list[R]], items: Sequence[T]) -> list[R]:
    """What a function makes of items, called in both processes, each of which takes the next item when it is free; the results of both, in
    no order.

    Function and items can be pickled. Raises as ``beside``.
    """
    if len(items) < _ENOUGH:
        return function(items)
    taken = _process().taken
    taken.value = 0
    with beside(doing, _called_with_next, function, items) as others:
        try:
            return [*function(_next_of(items, taken)), *others()]
        finally:
            taken.value = len(items)  # after an error here, nothing more is begun there


def _called_with_next(function: Callable[[Iterable[T]], list[R]], items: Sequence[T]) -> list[R]:
    return function(_next_of(items, _given[0]))


def _next_of(items: Sequence[T], taken: "Synchronized[int]") -> Iterator[T]:
    """The items that no process has taken yet."""
    while True:
        with taken.get_lock():
            place = taken.value
            taken.value = place + 1
        if place >= len(items):
            return
        yield items[place]


@contextmanager
def beside(doing: str, function: Callable[P, T], *arguments: P.args, **more: P.kwargs) -> Iterator[Callable[[], T]]:
    """Call a function in the other process while this one goes on; the result is asked for by a call.

    Function, arguments and result are pickled. Asking raises what the function raised, and CountyLinesError when the process was ended
    from outside while it was ``doing`` that.
    """
    given = _pickled((function, arguments, more))
    try:
        with _named(doing):
            future = _process().pool.submit(_called, given)

        def result() -> T:
            with _named(doing):
                found: T = future.result()
                return found

        try:
            yield result
        finally:
            # Whatever went wrong here, nothing goes on writing after it.
            future.cancel()
            wait([future])
    finally:
        given.unlink(missing_ok=True)


def _pickled(given: Any) -> Path:
    """A new temporary file with what is given, as it is now: the pool would pickle it in a thread of its own, while this one may be changing it,
    and would keep the tables of all reports twice more in memory."""
    with NamedTemporaryFile(prefix="countylines-", delete=False) as file:
        try:
            pickle.dump(given, file)
        except BaseException:
            Path(file.name).unlink()
            raise
    return Path(file.name)


def _called(given: Path) -> Any:
    with given.open("rb") as file:
        given.unlink()  # whatever ends this process or the other one, it is not left behind
        function, arguments, more = pickle.load(file)
    return function(*arguments, **more)


@contextmanager
def _named(doing: str) -> Iterator[None]:
    try:
        yield
    except BrokenProcessPool as error:
        _process.cache_clear()
        raise CountyLinesError(
            f"The process beside the build was ended from outside while it {doing}, perhaps for want of memory; run the build again."
        ) from error


class _Beside(NamedTuple):
    """The other process, and how many of the items that are shared out have been taken, which both processes know."""

    pool: ProcessPoolExecutor
    taken: "Synchronized[int]"


# In the other process: the number of items taken, which it was given at its start.
_given: "list[Synchronized[int]]" = []


@cache
def _process() -> _Beside:
    # Polars has threads: a forked copy of this process could wait for ever for a lock that no thread of its own holds.
    context = multiprocessing.get_context("spawn")
    taken = context.Value("q", 0)
    pool = ProcessPoolExecutor(1, mp_context=context, initializer=_prepare, initargs=(taken,))
    # A run that was launched in the browser is a child process itself. At its end it would wait for its own children before the pool
    # tells them that there is no more to do. What is to be finalised comes before that; with ten, the queue that tells them is closed.
    Finalize(None, pool.shutdown, exitpriority=20)
    return _Beside(pool, taken)


def _prepare(taken: "Synchronized[int]") -> None:
    _given.append(taken)
    _end_with_parent()
    collect_seldom()
    # All that it made has been sent or written; taking its modules apart one by one would take a third of a second.
    atexit.register(os._exit, 0)


def _end_with_parent() -> None:
    """Leave an interruption to the parent, and end when it has ended, however that came: a killed parent cannot say so."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    assert parent is not None

    def wait() -> None:
        parent.join()
        os._exit(1)

    Thread(target=wait, daemon=True).start()
