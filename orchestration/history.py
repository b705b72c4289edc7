"""Where Dagster keeps the events of runs: its own single-file SQLite storage, with the connection kept open.

Dagster opens a new engine, and compiles each statement anew, for every event. A build writes about nine hundred events, most of
them check results, and spent a third of its time on that.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cached_property
from typing import Any

from dagster._core.storage.event_log import ConsolidatedSqliteEventLogStorage
from sqlalchemy import Connection, Engine, create_engine, event

_BUSY_SECONDS = 60


class RunHistory(ConsolidatedSqliteEventLogStorage):
    """Dagster's consolidated SQLite event log with one pool of connections instead of one engine an event."""

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
        with self._kept_engine.begin() as connection:
            yield connection

    def run_connection(self, run_id: str | None = None) -> AbstractContextManager[Connection]:
        """A transaction for the events of one run."""
        return self._transaction()

    def index_connection(self) -> AbstractContextManager[Connection]:
        """A transaction for what is asked across runs."""
        return self._transaction()

    def dispose(self) -> None:
        """Close the connections."""
        self._kept_engine.dispose()
