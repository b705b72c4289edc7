"""Measures what one new month of crimes costs where 180 months are in the lake already, contract included.

``python benchmarks/new_month.py FOLDER`` makes two synthetic archives below FOLDER: one of 180 small months, which is taken in first, and one of
one month as large as published ones. Then a process of its own is given all 181, once with the new month and once with nothing new, and says which
it took in, and the CPU seconds, seconds and peak memory of itself and of the process that checks, whose import of Great Expectations is counted, start-up apart.
"""

import argparse
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

from records import ROOT, ROWS_A_MONTH, make_archive

MONTHS, ROWS_OF_OLD = 180, 450


def used() -> tuple[float, float]:
    """CPU seconds so far of this process and of those that it started and has seen end, and the clock."""
    both = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in both), time.perf_counter()


def take_all_in(folder: Path, archives: list[str]) -> None:
    """Take in what is new of all archives, and print what it took."""
    import polars as pl

    from transforms.incidents import checks, read_archive
    from transforms.incidents.partition import Archive, partitions, take_in

    cpu, clock = used()
    held = [Archive(path, "2026-02", "", tuple(read_archive(path)), pl.DataFrame) for path in archives]
    found = partitions(held, str(folder / "lake"), ROOT / "data", "code")
    results = [take_in(partition) for partition in found]
    new = [result.month for result in results if result.was_taken_in]
    checks.end()
    cpu_after, clock_after = used()
    peak, of_checks = (
        resource.getrusage(whose).ru_maxrss / 1024 for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    sys.stdout.write(
        f"{len(results)} months, of which {len(new)} taken in{f' ({new[0]})' if len(new) == 1 else ''}: {cpu_after - cpu:.2f} CPU seconds, "
        f"{clock_after - clock:.2f} seconds, {peak:.0f} MB and {of_checks:.0f} MB; start-up {cpu:.2f} CPU seconds\n"
    )


def main() -> None:
    """Make the archives, take in the old months, then the new one, then nothing new."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--archives", nargs="*", help="take these in, in this process")
    options = parser.parse_args()
    if options.archives:
        take_all_in(options.folder, options.archives)
        return
    options.folder.mkdir(parents=True, exist_ok=True)
    old, new = options.folder / "old.zip", options.folder / "new.zip"
    make_archive(old, MONTHS * ROWS_OF_OLD, ROWS_OF_OLD)
    make_archive(new, ROWS_A_MONTH, months_before=MONTHS)
    for archives in ([old], [old, new], [old, new]):
        command = [sys.executable, __file__, str(options.folder), "--archives", *map(str, archives)]
        subprocess.run(command, check=True, env=os.environ | {"PYTHONPATH": str(ROOT)})


if __name__ == "__main__":
    main()
