"""Commands of the command line as forks of one process that has imported what they need: most of what starting one costs is imports.

`python -m tests.forks` reads a line of JSON for each command (arguments, environment, and the files for what it prints) and answers with its
exit code. Each command is a process of its own, a copy of this one, with its own environment and its own process beside it. What is about
how a process starts, is killed or is told by a clock runs the installed command instead.
"""

import atexit
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from multiprocessing.sharedctypes import Synchronized

ROOT = Path(__file__).parents[1]


def run_forked(arguments: Sequence[str], environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run the command line on arguments, in the project's folder and in this environment alone, to its end."""
    asked, told = _program()
    with tempfile.NamedTemporaryFile() as output, tempfile.NamedTemporaryFile() as messages:
        print(json.dumps([list(arguments), dict(environment), output.name, messages.name]), file=asked, flush=True)
        code = int(told.readline())
        texts = [Path(file.name).read_text(encoding="utf-8") for file in (output, messages)]
    return subprocess.CompletedProcess(["countylines", *arguments], code, *texts)


@cache
def _program():  # type: ignore[no-untyped-def]
    """What the program reads and what it writes; it is started by the first command of a test process and ends with it."""
    environment = {name: text for name, text in os.environ.items() if not name.startswith("COUNTYLINES_")}
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore::DeprecationWarning", "-m", "tests.forks"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=environment,
    )

    def end() -> None:
        assert process.stdin is not None
        process.stdin.close()
        process.wait()

    atexit.register(end)
    return process.stdin, process.stdout


def _serve() -> None:
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for line in sys.stdin:
        arguments, environment, output, messages = json.loads(line)
        child = os.fork()
        if child == 0:
            for path, number in ((output, 1), (messages, 2)):
                os.dup2(os.open(path, os.O_WRONLY | os.O_TRUNC), number)
            os.dup2(nothing, 0)
            _run(arguments, environment)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), file=answers, flush=True)


def _run(arguments: Sequence[str], environment: Mapping[str, str]) -> None:
    """Be the command: this process ends with it."""
    import traceback

    code = 1
    try:
        os.environ.clear()
        os.environ.update(environment)
        sys.argv = ["countylines", *arguments]
        sys.modules["__main__"].__package__ = None  # from which the program's name would be taken
        if "build" in arguments:
            _process_beside()
        countylines()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # noqa: BLE001 (as the interpreter does it at the end of a program)
        traceback.print_exc()
    finally:  # whatever happened, this copy must not go on
        for beside in multiprocessing.active_children():
            beside.kill()
            beside.join()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _process_beside() -> None:
    """Fork the process beside the build while there is no thread yet: a later copy could wait for ever for a lock of one."""
    context = multiprocessing.get_context("fork")
    taken = context.Value("q", 0)
    pool = ProcessPoolExecutor(1, context, initializer=_prepare, initargs=(taken,))
    pool.submit(os.getpid).result()
    side_process._process = cache(lambda: side_process._Beside(pool, taken))


def _prepare(taken: "Synchronized[int]") -> None:
    side_process._given.append(taken)
    side_process._end_with_parent()


if __name__ == "__main__":
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    import orchestration.build
    import orchestration.commands.build
    import orchestration.service.metrics  # noqa: F401
    from orchestration.cli import main as countylines
    from orchestration.run import side_process
    from transforms.contracts.validate import great_expectations

    great_expectations()
    _serve()
