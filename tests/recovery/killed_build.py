"""Run as a program: a build that kills itself with SIGKILL as it is about to open for writing, or to rename into place, the file named.

`python -m tests.recovery.killed_build BUILD FILE OPERATION`, FILE below the build folder, OPERATION `open` or `rename`. The kill comes from an
audit hook of the interpreter, before the operation: what is on the disk then is what any process that is ended there leaves.
"""

import os
import signal
import sys
from pathlib import Path

_OPERATIONS = {"open": ("open",), "rename": ("os.rename",), "symlink": ("os.symlink",), "mkdir": ("os.mkdir",)}


def _is_about(path: object, file: Path) -> bool:
    """Whether a path is the file, or a temporary name (.<name>.<process>.tmp) of it or of a folder that it is in."""
    if not isinstance(path, str | os.PathLike):
        return False
    parts = [
        part.removeprefix(".").rsplit(".", 2)[0] if part.startswith(".") and part.endswith(".tmp") else part
        for part in Path(os.fsdecode(path)).parts
    ]
    return Path(*parts) == file


def kill_at(file: Path, operation: str) -> None:
    """From now on this process dies at the operation on the file."""
    events = _OPERATIONS[operation]

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event not in events:
            return
        if event == "open" and not (isinstance(arguments[1], str) and set(arguments[1]) & set("wax+")):
            return
        if any(_is_about(argument, file) for argument in arguments[:2]):
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


def main() -> None:
    build, file, operation = sys.argv[1:]
    kill_at(Path(build) / file, operation)
    os.environ["COUNTYLINES_BUILD"] = build
    from orchestration.cli import main as countylines

    sys.argv = ["countylines", "build"]
    countylines()


if __name__ == "__main__":
    main()
