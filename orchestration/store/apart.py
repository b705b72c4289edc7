"""A process apart, in which files from outside are parsed: with limits on memory, processor time and output, and reused for the next file.

The readers of workbooks, Parquet, CSV and JSON are native code, and a file can end the process that reads it or take all its memory, by accident or on
purpose. What happens there is one refusal in words here, and the next file has a new process. What it is asked is pickled; what it answers
is a table in Arrow or JSON, neither of which can have anything done here.
"""

import atexit
import json
import os
import pickle
import resource
import select
import signal
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import IO, Any, Final

import polars as pl

from transforms import errors
from transforms.errors import CountyLinesError, LayoutError

_LENGTH: Final = struct.Struct(">cQ")
_TABLE: Final = b"T"
_JSON: Final = b"J"
_MIB: Final = 1 << 20


@dataclass(frozen=True)
class Bounds:
    """What one file may take: bytes of address space, seconds of processor and of the clock, with one more of each for every MiB that is handed
    over, and bytes of the answer and of each file that is written."""

    memory: int = 8192 * _MIB
    seconds: int = 600
    clock_seconds: int = 1800
    answer: int = 2048 * _MIB


BOUNDS: Final = Bounds()


def apart(what: str, function: Callable[..., Any], *arguments: Any, bounds: Bounds = BOUNDS) -> Any:
    """What a function makes of the arguments, called in the process apart: a frame, or what JSON can say.

    Raises the errors of `transforms.errors` that the function raises, and LayoutError for everything else that it comes to, which names ``what``
    was read: another exception, too much memory, time or output, or the end of the process.
    """
    return _process(bounds).asked(what, pickle.dumps((function, arguments), protocol=5))


class _Apart:
    """The process, started when it is first asked and after each of its ends; one question at a time."""

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._child: subprocess.Popen[bytes] | None = None
        self._owner = os.getpid()
        self._stores: dict[str, str] = {}
        self._lock = threading.Lock()

    def asked(self, what: str, question: bytes) -> Any:
        """The answer to a question; raises as `apart`."""
        with self._lock:
            try:
                kind, answer = self._answer(question)
            except EOFError as error:
                raise LayoutError(
                    f"{what} {self._how_it_ended()}; it is not read: open it by hand to see what it is, or fetch it again."
                ) from error
            except BaseException:
                self.end()
                raise
        if kind == _TABLE:
            return pl.read_ipc(answer, use_pyarrow=False)
        said = json.loads(answer)
        if "answer" in said:
            return said["answer"]
        known = getattr(errors, said["error"], None)
        if isinstance(known, type) and issubclass(known, CountyLinesError):
            raise known(said["words"])
        raise LayoutError(
            f"{what} stopped its reader ({_printable(said['error'])}: {_printable(said['words'])}); it is not read: open it by hand to see what it is, or fetch it again."
        )

    def end(self) -> None:
        """End the process, whatever it is doing; nothing in a copy of the process that started it."""
        if self._child is not None and self._owner == os.getpid():
            self._child.kill()
            self._child.wait()
            for pipe in (self._child.stdin, self._child.stdout):
                if pipe is not None:
                    pipe.close()
            self._child = None

    def _answer(self, question: bytes) -> tuple[bytes, bytes]:
        """Kind and bytes of the answer; raises EOFError when the process ended or was ended before it had answered."""
        child = self._started()
        assert child.stdin is not None
        assert child.stdout is not None
        end = time.monotonic() + self._bounds.clock_seconds + len(question) / _MIB
        try:
            child.stdin.write(_LENGTH.pack(_JSON, len(question)))
            child.stdin.write(question)
            child.stdin.flush()
            kind, length = _LENGTH.unpack(self._read(child.stdout, _LENGTH.size, end))
            if length > max(self._bounds.answer, _MIB):  # an error in words is short
                raise EOFError
            return kind, self._read(child.stdout, length, end)
        except (BrokenPipeError, ConnectionError) as error:
            raise EOFError from error

    def _read(self, pipe: IO[bytes], length: int, end: float) -> bytes:
        read = bytearray()
        while len(read) < length:
            if not select.select([pipe], [], [], max(0.0, end - time.monotonic()))[0]:
                raise EOFError
            piece = os.read(pipe.fileno(), min(length - len(read), _MIB))
            if not piece:
                raise EOFError
            read += piece
        return bytes(read)

    def _started(self) -> subprocess.Popen[bytes]:
        if self._child is not None and (self._child.poll() is not None or self._stores != _stores()):
            self.end()
        if self._child is None:
            self._stores = _stores()
            bounds = json.dumps([self._bounds.memory, self._bounds.seconds, self._bounds.answer])
            self._child = subprocess.Popen(
                [sys.executable, "-P", "-c", f"from orchestration.store.apart import serve; serve({bounds})"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={
                    **os.environ,
                    "POLARS_MAX_THREADS": "1",
                    "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
                },
            )
        return self._child

    def _how_it_ended(self) -> str:
        """What became of the process, which is not there afterwards."""
        assert self._child is not None
        try:
            # It may have closed its end of the pipe just before its own.
            status: int | None = self._child.wait(timeout=1)
        except subprocess.TimeoutExpired:
            status = None
        self.end()
        if status == -signal.SIGXCPU:
            return f"took more than {self._bounds.seconds:,} seconds of processor time"
        if status is None:
            return f"took more than {self._bounds.clock_seconds:,} seconds, or came to more than {self._bounds.answer:,} bytes"
        return f"ended the process that read it ({_signal(status)}), perhaps by asking for more than {self._bounds.memory:,} bytes of memory"


def _stores() -> dict[str, str]:
    """What the environment says of stores, from which archives are read apart too."""
    return {name: value for name, value in os.environ.items() if name.startswith("AWS_")}


def _signal(status: int) -> str:
    try:
        return signal.Signals(-status).name if status < 0 else f"status {status}"
    except ValueError:
        return f"status {status}"


def _printable(text: str) -> str:
    """The first line of a text, without controls and not too long: it may have come out of the file."""
    return "".join(letter if letter.isprintable() else " " for letter in text.strip())[:300].strip()


@cache
def _process(bounds: Bounds) -> _Apart:
    process = _Apart(bounds)
    atexit.register(process.end)
    if hasattr(os, "register_at_fork"):
        # A copy of this process would speak to the same process at the same time.
        os.register_at_fork(after_in_child=_process.cache_clear)
    return process


def serve(bounds: tuple[int, int, int]) -> None:
    """Answer questions from standard input until it ends: what the process apart does. Never called in another process."""
    memory, seconds, answer = bounds
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interruption is the other process's to decide
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _end_with(os.getppid())
    for limit, most in ((resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, answer), (resource.RLIMIT_AS, memory)):
        _limit(limit, most)
    replies = os.fdopen(os.dup(1), "wb")
    # Whatever a reader prints is no answer.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    questions = sys.stdin.buffer
    while head := questions.read(_LENGTH.size):
        _, length = _LENGTH.unpack(head)
        question = questions.read(length)
        used = resource.getrusage(resource.RUSAGE_SELF)
        until = int(used.ru_utime + used.ru_stime) + seconds + length // _MIB + 1
        _limit(resource.RLIMIT_CPU, until)
        kind, reply = _replied(question, answer)
        replies.write(_LENGTH.pack(kind, len(reply)))
        replies.write(reply)
        replies.flush()
        del question, reply


def _limit(of: int, most: int) -> None:
    """Set what the process keeps to, within what it is allowed to set."""
    _, hard = resource.getrlimit(of)
    resource.setrlimit(of, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def _replied(question: bytes, answer: int) -> tuple[bytes, bytes]:
    try:
        function, arguments = pickle.loads(question)
        made = function(*arguments)
        if not isinstance(made, pl.DataFrame):
            return _JSON, json.dumps({"answer": made}).encode()
        if made.estimated_size() > answer:
            raise MemoryError(f"its table is larger than {answer:,} bytes")
        return _TABLE, made.write_ipc(None, compression="uncompressed").getvalue()
    except BaseException as error:  # noqa: BLE001 a reader that panics raises what is no Exception
        return _JSON, json.dumps({"error": type(error).__name__, "words": str(error) or "no reason given"}).encode()


def _end_with(parent: int) -> None:
    """End when the process that asks has ended, however that came, and even in the middle of a file."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
