"""What happens, as lines for machines: one JSON object a line on standard error. Silent unless it is asked for."""

import json
import logging
import os
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

FORMATS: Final = ("none", "json")
_LOGGER = logging.getLogger("countylines")
# The fields that a log line may carry, in the order in which a reader wants them.
FIELDS: Final = ("run_id", "asset", "source", "file", "check", "rows", "seconds", "alert", "message")


class _JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        """The record as one line: time (UTC), level, event, then the fields that it has."""
        time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        fields: Mapping[str, object] = getattr(record, "fields", {})
        line = {"time": time, "level": record.levelname.lower(), "event": record.getMessage(), **fields}
        return json.dumps(line, ensure_ascii=False, default=str)


def log_as(format: str | None = None) -> None:
    """Write log lines as ``format`` says, else as COUNTYLINES_LOG_FORMAT does: 'json', or 'none', which is the default."""
    if (format or os.environ.get("COUNTYLINES_LOG_FORMAT")) != "json" or _LOGGER.handlers:
        return
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_JsonLines())
    _LOGGER.addHandler(handler)
    _LOGGER.setLevel(logging.INFO)
    _LOGGER.propagate = False


def printable(text: str) -> str:
    """A text as a terminal and a log may have it: what controls either, or turns its writing round, is shown by its number."""
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode("ascii") for letter in text
    )


def is_logged() -> bool:
    """Whether log lines are written at all: what only they need is not worked out otherwise."""
    return bool(_LOGGER.handlers)


def log(event: str, level: int = logging.INFO, **fields: object) -> None:
    """Log an event with its fields (``FIELDS``), those that are None left out. Raises ValueError for a field of another name."""
    if unknown := sorted(set(fields) - set(FIELDS)):
        raise ValueError(f"A log line has no field {', '.join(unknown)}.")
    given = {
        name: printable(value) if isinstance(value, str) else value
        for name in FIELDS
        if (value := fields.get(name)) is not None
    }
    _LOGGER.log(level, event, extra={"fields": given})
