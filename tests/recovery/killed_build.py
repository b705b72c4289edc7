"""Run as a program: builds that are killed with SIGKILL as they are about to open for writing, or to rename into place, the file named.

`python -m tests.recovery.killed_build BUILD` reads lines `OPERATION FILE`, FILE below the build folder, OPERATION `open`, `rename` or
`symlink`, and answers each with the exit code of a build, minus the signal. The kill comes from an audit hook of the interpreter, before
the operation: what is on the disk then is what any process that is ended there leaves. It takes the whole group of processes, as the end
of a service or of a machine does, whichever of them is at the place.

Each build is a process of its own, a copy of this one, which has imported what all of them need: that is most of what a kill costs.
"""

import os
import signal
import sys
from pathlib import Path

_OPERATIONS = {"open": "open", "rename": "os.rename", "symlink": "os.symlink"}
# Seconds after which a build is ended that comes to nothing.
_LONGEST = 3600
# Set for the process beside the build too, which makes half of the reports.
_FILE, _OPERATION = "KILLED_BUILD_FILE", "KILLED_BUILD_OPERATION"


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
    """From now on this process and its group die at the operation on the file."""

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event != _OPERATIONS[operation]:
            return
        if event == "open" and not (isinstance(arguments[1], str) and set(arguments[1]) & set("wax+")):
            return
        if any(_is_about(argument, file) for argument in arguments[:2]):
            os.killpg(0, signal.SIGKILL)

    sys.addaudithook(hook)


def build_and_die(build: Path, operation: str, file: Path) -> int:
    """How a build ended that should have been killed at the place: its exit code, or minus the signal."""
    child = os.fork()
    if child != 0:
        _, status = os.waitpid(child, 0)
        return os.waitstatus_to_exitcode(status)
    code = 3
    try:
        os.setsid()
        signal.alarm(_LONGEST)
        os.environ |= {"COUNTYLINES_BUILD": str(build), _FILE: str(file), _OPERATION: operation}
        sys.argv = ["countylines", "build"]
        kill_at(file, operation)
        countylines()
    except SystemExit as end:
        code = int(end.code or 0)
    finally:  # whatever happened, this copy must not go on
        os._exit(code)


def main() -> None:
    build = Path(sys.argv[1])
    for line in sys.stdin:
        operation, _, file = line.strip().partition(" ")
        print(build_and_die(build, operation, build / file), flush=True)  # noqa: T201


if __name__ == "__main__":
    import orchestration.build
    import orchestration.commands.build  # noqa: F401
    from orchestration.cli import main as countylines

    main()
elif __name__ == "__mp_main__":
    kill_at(Path(os.environ[_FILE]), os.environ[_OPERATION])
