"""Measures how long the files of a landing folder take to be recognised and parsed, source by source: ``python benchmarks/landing.py FOLDER``.

Processor seconds of one process, all of its threads together, best of three; imports are not counted. The archives of single records are
not aggregate sources and stand apart. docs/readers.md keeps the results.
"""

import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from transforms.sources.landing import survey, with_landing
from transforms.sources.published import edition_files, parse_edition
from transforms.sources.registry import Source, load_sources

DATA = Path(__file__).parents[1] / "data"
ARCHIVES = "police_uk_archive"
ROUNDS = 3


def best(work: Callable[[], Any]) -> tuple[float, Any]:
    """The shortest of the rounds, and what the last one gave."""
    seconds = []
    for _ in range(ROUNDS):
        began = time.process_time()
        result = work()
        seconds.append(time.process_time() - began)
    return min(seconds), result


def parsed(source: Source, folder: Path) -> int:
    """Parse every edition of a source that the folder holds; the number of cells."""
    files = edition_files(source, folder)
    editions = [edition for edition in source.editions if edition.id in files]
    return sum(parse_edition(source, each, files[each.id].read_bytes(), DATA).cells.height for each in editions)


def main(folder: Path) -> None:
    """Print a table: source, files, cells, processor seconds; all aggregate sources together, and the archives below."""
    register = load_sources(DATA)
    seconds, files = best(lambda: survey(folder, register, DATA))
    rows = [("all files recognised", len(files), 0, seconds)]
    for source in with_landing(register, files).values():
        here = {file.path for file in files if source.id == file.source_id and file.editions}
        if here:
            seconds, cells = best(partial(parsed, source, folder))
            rows.append((source.id, len(here), cells, seconds))
    aggregate = [row for row in rows if row[0] != ARCHIVES]
    held = sum(row[1] for row in aggregate[1:])
    together = ("aggregate sources together", held, sum(row[2] for row in aggregate), sum(row[3] for row in aggregate))
    print("| Source | Files | Cells | Processor seconds |\n|---|--:|--:|--:|")  # noqa: T201
    for name, count, cells, seconds in (*aggregate, together, *(row for row in rows if row[0] == ARCHIVES)):
        print(f"| {name} | {count} | {cells:,} | {seconds:.2f} |")  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]))
