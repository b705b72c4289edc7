"""Damages files for as long as one likes, led by which branches of the parsers were reached: ``just fuzz --seconds 300``.

Starts from the originals in the landing folder where there is one, and from the fixtures. Needs atheris, which ``just fuzz`` fetches. Each
way in which a parser failed is kept once, with the file that did it; the exit code is 1 if there is one. A file that takes too long fails, by
processor time, since a busy machine is no fault of a parser. One that takes too much memory, or comes to no end, ends the run.
"""

import argparse
import collections
import hashlib
import os
import random
import sys
import tempfile
import time
import traceback
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["transforms.sources", "transforms.incidents"]):
    from tests.fuzz import seeds as files

from tests.fuzz.mutations import mutated
from transforms.errors import CountyLinesError

# Seconds of processor for one file, seconds by the clock after which it is given up, and MB for all of the process.
SECONDS, GIVEN_UP, MEMORY = 30, 600, 6000


class Bytes:
    """Chance from the bytes that the fuzzer made up."""

    def __init__(self, data: bytes) -> None:
        self._data = atheris.FuzzedDataProvider(data)

    def integer(self, least: int, most: int) -> int:
        return int(self._data.ConsumeIntInRange(least, most))


def main() -> None:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    arguments.add_argument("--seconds", type=int, default=60, help="how long (60)")
    arguments.add_argument("--largest", type=int, default=300_000, help="originals of more bytes are left out (300000)")
    arguments.add_argument("--seed", type=int, default=1, help="where chance begins (1)")
    arguments.add_argument(
        "--keep",
        type=Path,
        default=Path(tempfile.gettempdir()) / "fuzzed",
        help="folder for files that made a parser fail",
    )
    given = arguments.parse_args()
    given.keep.mkdir(parents=True, exist_ok=True)
    end = time.monotonic() + given.seconds
    folder = Path(tempfile.mkdtemp())
    # The longest text in a hostile file is longer than any message should be; the last file is kept in case the process does not survive it.
    known = [*files.fixture_seeds(folder), *files.landing_seeds(given.largest)]
    inputs: collections.Counter[str] = collections.Counter()
    refused: collections.Counter[str] = collections.Counter()
    slowest: collections.defaultdict[str, float] = collections.defaultdict(float)
    failures: dict[str, str] = {}

    def once(data: bytes) -> None:
        if time.monotonic() > end:
            report()
        chance = Bytes(data)
        seed = known[chance.integer(0, len(known) - 1)]
        content = mutated(seed.content, chance)
        (given.keep / "last").write_bytes(content)
        inputs[seed.source.parser] += 1
        began = time.process_time()
        try:
            seed.parse(content)
        except CountyLinesError:
            refused[seed.source.parser] += 1
        except BaseException as error:  # noqa: BLE001 - a panic of a Rust library is no Exception
            frame = next(
                (f for f in reversed(traceback.extract_tb(error.__traceback__)) if "transforms" in f.filename), None
            )
            place = f"{frame and Path(frame.filename).name}:{frame and frame.lineno}"
            failed(seed, content, f"{type(error).__name__} at {place}", repr(str(error)[:200]))
        spent = time.process_time() - began
        slowest[seed.source.parser] = max(slowest[seed.source.parser], spent)
        if spent > SECONDS:
            failed(seed, content, "took too long", f"{spent:.0f} s of processor")

    def failed(seed: files.Seed, content: bytes, how: str, words: str) -> None:
        key = f"{seed.source.parser}: {how}"
        if key not in failures:
            name = hashlib.sha256(content).hexdigest()[:16]
            (given.keep / f"{seed.source.id}.{seed.edition.id}.{name}").write_bytes(content)
            failures[key] = f"{words} ({name})"
            sys.stderr.write(f"{key}: {failures[key]}\n")

    def report() -> None:
        for parser, count in sorted(inputs.items()):
            sys.stdout.write(
                f"{parser:45} {count:8,} files, {refused[parser]:8,} refused, at most {slowest[parser]:6.2f} s\n"
            )
        sys.stdout.write(
            f"{sum(inputs.values()):,} files, {len(inputs)} parsers, {len(failures)} ways to fail; {time.process_time():.0f} s of processor\n"
        )
        sys.stdout.flush()
        (given.keep / "last").unlink(missing_ok=True)
        os._exit(1 if failures else 0)

    options = [
        f"-seed={given.seed}",
        f"-timeout={GIVEN_UP}",
        f"-report_slow_units={GIVEN_UP}",
        f"-rss_limit_mb={MEMORY}",
        "-max_len=4096",
        "-len_control=0",
        "-verbosity=0",
        f"-artifact_prefix={given.keep}/",
    ]
    # Without a corpus to begin with, a fuzzer makes inputs of a few bytes first, and each would be the same damage.
    chances, corpus = random.Random(given.seed), folder / "corpus"
    corpus.mkdir()
    for number in range(2000):
        (corpus / str(number)).write_bytes(chances.randbytes(400))
    atheris.Setup([sys.argv[0], *options, str(corpus)], once)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
