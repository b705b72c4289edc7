"""Temporary names: what is being written has one that nothing else has, and is renamed once it is whole. Standard library only."""

import re
import secrets
from pathlib import Path
from typing import Final

_BYTES: Final = 8
# Names of versions before had the number of a process in them, which another process may have today.
_NAME: Final = re.compile(rf"\.(.+)\.(?:\d+|[0-9a-f]{{{2 * _BYTES}}})\.tmp")


def temporary_beside(path: Path) -> Path:
    """A name beside a path that nothing has yet: a number of a process is the same again in every container that starts anew."""
    return path.with_name(f".{path.name}.{secrets.token_hex(_BYTES)}.tmp")


def stands_for(name: str) -> str | None:
    """The name that a temporary name stands for; None for a name that is no temporary one."""
    found = _NAME.fullmatch(name)
    return found[1] if found else None
