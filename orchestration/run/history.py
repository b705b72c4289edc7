"""Where Dagster keeps the events of runs: its own single-file SQLite storage, with the connection kept open and events written together.

Dagster opens a new engine, looks for its tables, and makes several transactions for every event. A build writes more than two thousand
events, most of them about checks, and spent a third of its time on that.
"""

import threading
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import cached_property
from typing import Any

from dagster import DagsterEventType
from dagster._core.events import ASSET_CHECK_EVENTS, ASSET_EVENTS
from dagster._core.events.log import EventLogEntry
from dagster._core.storage.event_log import ConsolidatedSqliteEventLogStorage
from dagster._core.storage.event_log.schema import SqlEventLogStorageTable
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import OperationalError

_BUSY_SECONDS = 60

# What a step reports about its inputs, outputs and checks may wait so long for more of its kind. The rest is written at once, and what
# waited before it: when a step or a run ends, or fails, all that led there has been written.
_WAITING_SECONDS = 0.4
_MAY_WAIT = {
    DagsterEventType.STEP_INPUT,
    DagsterEventType.LOADED_INPUT,
    DagsterEventType.STEP_OUTPUT,
    DagsterEventType.HANDLED_OUTPUT,
    DagsterEventType.ASSET_CHECK_EVALUATION,
    DagsterEventType.ASSET_MATERIALIZATION,
    DagsterEventType.HOOK_COMPLETED,
}


class RunHistory(ConsolidatedSqliteEventLogStorage):
    """Dagster's consolidated SQLite event log with one pool of connections instead of one engine an event, and events in batches."""

    @cached_property
    def _open(self) -> threading.local:
        return threading.local()

    @cached_property
    def _found(self) -> set[str]:
        return set()

    @cached_property
    def _waiting(self) -> list[EventLogEntry]:
        return []

    @cached_property
    def _lock(self) -> threading.RLock:
        return threading.RLock()

    @cached_property
    def _kept_engine(self) -> Engine:
        engine = create_engine(self._conn_string, connect_args={"timeout": _BUSY_SECONDS})

        @event.listens_for(engine, "connect")
        def faster(connection: Any, _: Any) -> None:
            # With the write-ahead log that the storage sets up, this can lose the last events in a power cut, but breaks nothing.
            connection.execute("pragma synchronous = normal")

        return engine

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        """A transaction, or the one that this thread is in already."""
        if (inside := getattr(self._open, "connection", None)) is not None:
            yield inside
            return
        with self._kept_engine.begin() as connection:
            self._open.connection = connection
            try:
                yield connection
            finally:
                self._open.connection = None

    def store_event(self, event: EventLogEntry) -> None:
        """Store an event and what follows from it in one transaction, with all that waited; or let it wait for others for a moment."""
        if event.dagster_event is None or event.dagster_event.event_type not in _MAY_WAIT:
            self._write_waiting([event])
            return
        with self._lock:
            self._waiting.append(event)
            if len(self._waiting) == 1:
                moment = threading.Timer(_WAITING_SECONDS, self._write_in_time)
                moment.daemon = True
                moment.start()

    def store_event_batch(self, events: Sequence[EventLogEntry]) -> None:
        """Store several events in one transaction."""
        self._write_waiting(events)

    def _write_in_time(self) -> None:
        # What cannot be written goes on waiting: the next event that cannot wait says why, in the thread of the run.
        with suppress(OperationalError):
            self._write_waiting()

    def _write_waiting(self, more: Sequence[EventLogEntry] = ()) -> None:
        with self._lock:
            if events := [*self._waiting, *more]:
                with self._transaction() as connection:
                    self._write(connection, events)
                self._waiting.clear()

    def _write(self, connection: Connection, events: Sequence[EventLogEntry]) -> None:
        """What Dagster's storage does for each event, with one statement for all rows of the log."""
        table = SqlEventLogStorageTable
        inserted = connection.execute(
            table.insert().returning(table.c.id, sort_by_parameter_order=True),
            [self._event_to_row(event) for event in events],
        )
        for entry, event_id in zip(events, inserted.scalars().all(), strict=True):
            about = entry.dagster_event
            if about is None:
                continue
            if about.event_type in ASSET_EVENTS and about.asset_key:
                self.store_asset_event_tags([entry], [event_id])
                self.store_asset_event(entry, event_id)
            if about.event_type in ASSET_CHECK_EVENTS:
                self.store_asset_check_event(entry, event_id)

    def has_table(self, table_name: str) -> bool:
        """Whether the storage has a table. None is ever dropped, so that one that was found is not looked for again."""
        if table_name not in self._found and super().has_table(table_name):
            self._found.add(table_name)
        return table_name in self._found

    def run_connection(self, run_id: str | None = None) -> AbstractContextManager[Connection]:
        """A transaction for the events of one run, in which all of them are."""
        return self._complete()

    def index_connection(self) -> AbstractContextManager[Connection]:
        """A transaction for what is asked across runs."""
        return self._complete()

    @contextmanager
    def _complete(self) -> Iterator[Connection]:
        """A transaction in which all that was to be stored has been written, or is being written."""
        if getattr(self._open, "connection", None) is None:
            self._write_waiting()
        with self._transaction() as connection:
            yield connection

    def dispose(self) -> None:
        """Write what waits, and close the connections."""
        self._write_waiting()
        self._kept_engine.dispose()
