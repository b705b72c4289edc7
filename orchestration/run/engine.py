"""Where partitions are worked on: in this process, in local processes, or on a Dask cluster. The functions are the same."""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from transforms.errors import CountyLinesError

Part = TypeVar("Part")
Made = TypeVar("Made")

# A partition whose worker is lost this often stops the run: it is then more likely the cause than the victim.
_RETRIES = 3
_SECONDS_TO_CONNECT = 20
# Workers may be started together with the run: they take longer than the scheduler.
_SECONDS_FOR_A_WORKER = 60


@dataclass(frozen=True)
class Engine:
    """``scheduler`` is the address of a Dask scheduler, tcp://…; else ``processes`` above one are local processes; else this process works."""

    processes: int = 1
    scheduler: str = ""

    def map(self, function: Callable[[Part], Made], partitions: Sequence[Part]) -> Iterator[Made]:
        """The results in the order of the partitions, each as soon as it and those before it are there.

        Function, partitions and results must be picklable. The first error of the function ends the run, as itself. Raises
        CountyLinesError when a local process, the scheduler, or too many workers in turn are lost.
        """
        if self.scheduler:
            yield from self._on_dask(function, partitions)
        elif self.processes > 1:
            yield from self._in_processes(function, partitions)
        else:
            yield from map(function, partitions)

    def _in_processes(self, function: Callable[[Part], Made], partitions: Sequence[Part]) -> Iterator[Made]:
        import multiprocessing
        from concurrent.futures import ProcessPoolExecutor
        from concurrent.futures.process import BrokenProcessPool

        # Polars has threads: a forked copy of this process could wait for ever for a lock that no thread of its own holds.
        spawn = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(self.processes, mp_context=spawn) as pool:
            try:
                yield from pool.map(function, partitions)
            except BrokenProcessPool as error:
                raise CountyLinesError(
                    "A local worker process was ended from outside, perhaps for want of memory; run the build again, with fewer processes."
                ) from error

    def _on_dask(self, function: Callable[[Part], Made], partitions: Sequence[Part]) -> Iterator[Made]:
        try:
            from distributed import CancelledError, Client, KilledWorker
        except ImportError as error:
            raise CountyLinesError(
                "DASK_SCHEDULER is set, but Dask is not installed; install countylines[cluster]."
            ) from error
        try:
            client = Client(self.scheduler, timeout=_SECONDS_TO_CONNECT, set_as_default=False)  # type: ignore[no-untyped-call]
        except (OSError, TimeoutError) as error:
            raise CountyLinesError(
                f"The Dask scheduler {self.scheduler} does not answer; start it, or unset DASK_SCHEDULER."
            ) from error
        with client:
            try:
                client.wait_for_workers(1, timeout=_SECONDS_FOR_A_WORKER)
            except TimeoutError as error:
                raise CountyLinesError(
                    f"The Dask scheduler {self.scheduler} has no worker; start one, or unset DASK_SCHEDULER."
                ) from error
            # Not pure: a result that the cluster remembers says nothing of whether the file is still there.
            tasks = client.map(function, partitions, pure=False, retries=_RETRIES)
            try:
                for task in tasks:
                    yield task.result()
            except KilledWorker as error:
                raise CountyLinesError(
                    f"Workers of {self.scheduler} were lost again and again at one partition; look at their memory, then run the build again."
                ) from error
            except CancelledError as error:
                raise CountyLinesError(
                    f"The Dask scheduler {self.scheduler} was lost during the run; start it and run the build again: finished partitions are kept."
                ) from error


def engine_from_environment() -> Engine:
    """The engine that DASK_SCHEDULER or COUNTYLINES_PROCESSES names; raises CountyLinesError for a number of processes that is none."""
    text = os.environ.get("COUNTYLINES_PROCESSES") or "1"
    if not text.isdecimal() or int(text) < 1:
        raise CountyLinesError(f"COUNTYLINES_PROCESSES is {text!r}; write a whole number from one up.")
    return Engine(int(text), os.environ.get("DASK_SCHEDULER", ""))
