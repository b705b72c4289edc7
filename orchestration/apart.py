"""Great Expectations in a process of its own, beside the build: its import and the build's own take their seconds at the same time."""

import multiprocessing
import os
import signal
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import cache
from threading import Thread

import polars as pl

from transforms.contracts.contract import Contract
from transforms.contracts.validate import Validation, great_expectations, validate
from transforms.errors import CountyLinesError


def begin() -> None:
    """Start the process, which imports Great Expectations; for a build that is known to check tables."""
    _process().submit(great_expectations)


def validated(frame: pl.DataFrame, contract: Contract) -> Validation:
    """The validation of a frame, in the other process, which is started unless it runs.

    Raises ContractError as ``validate`` does, and CountyLinesError when the process was ended from outside.
    """
    try:
        return _process().submit(validate, frame, contract).result()
    except BrokenProcessPool as error:
        _process.cache_clear()
        raise CountyLinesError(
            f"The process that checks tables was ended from outside while it checked {contract.table}, perhaps for want of memory; run the build again."
        ) from error


@cache
def _process() -> ProcessPoolExecutor:
    # Polars has threads: a forked copy of this process could wait for ever for a lock that no thread of its own holds.
    return ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"), initializer=_end_with_parent)


def _end_with_parent() -> None:
    """Leave an interruption to the parent, and end when it has ended, however that came: a killed parent cannot say so."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    assert parent is not None

    def wait() -> None:
        parent.join()
        os._exit(1)

    Thread(target=wait, daemon=True).start()
