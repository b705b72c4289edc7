"""Where Dagster keeps the events of runs: its own single-file SQLite storage, with the connection kept open.

Dagster opens a new engine, looks for its tables, and makes several transactions for every event. A build writes more than two thousand
events, most of them about checks, and spent a third of its time on that.
"""

import threading
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import cached_property
from typing import Any

from dagster._core.events.log import EventLogEntry
from dagster._core.storage.event_log import ConsolidatedSqliteEventLogStorage
from sqlalchemy import Connection, Engine, create_engine, event

_BUSY_SECONDS = 60


class RunHistory(ConsolidatedSqliteEventLogStorage):
    """Dagster's consolidated SQLite event log with one pool of connections instead of one engine an event."""

    @cached_property
    def _open(self) -> threading.local:
        return threading.local()

    @cached_property
    def _found(self) -> set[str]:
        return set()

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
        """Store an event and what follows from it in one transaction."""
        with self._transaction():
            super().store_event(event)

    def store_event_batch(self, events: Sequence[EventLogEntry]) -> None:
        """Store several events in one transaction."""
        with self._transaction():
            super().store_event_batch(events)

    def has_table(self, table_name: str) -> bool:
        """Whether the storage has a table. None is ever dropped, so that one that was found is not looked for again."""
        if table_name not in self._found and super().has_table(table_name):
            self._found.add(table_name)
        return table_name in self._found

    def run_connection(self, run_id: str | None = None) -> AbstractContextManager[Connection]:
        """A transaction for the events of one run."""
        return self._transaction()

    def index_connection(self) -> AbstractContextManager[Connection]:
        """A transaction for what is asked across runs."""
        return self._transaction()

    def dispose(self) -> None:
        """Close the connections."""
        self._kept_engine.dispose()
