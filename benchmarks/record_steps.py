"""Measures what each step of taking in single records costs: where the time of benchmarks/records.py goes.

``python benchmarks/record_steps.py FOLDER`` makes a synthetic archive of one month below FOLDER, takes it in on one thread, a few files at a time as
``ingest_month`` does, ``--rounds`` times, and prints the least of each step in microseconds of processor a record, and against the floor: inflate,
and parse every field as text.
"""

import argparse
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

# Before Polars is imported: it makes its threads then.
os.environ["POLARS_MAX_THREADS"] = "1"

import polars as pl
from records import ROOT, ROWS_A_MONTH, make_archive

from transforms.incidents import IncidentRegisters, Member, ingest, load_incident_registers, read_archive
from transforms.incidents.archive import content, open_archive
from transforms.incidents.findings import crime_keys, later_copies, odd_together
from transforms.incidents.records import read_records

Made = TypeVar("Made")


def one_round(members: Sequence[Member], registers: IncidentRegisters, out: Path) -> Counter[str]:
    """Take in one month, and say the CPU seconds of each step; those that are part of another are taken once more, by themselves."""
    seconds: Counter[str] = Counter()

    def timed(step: str, function: Callable[[], Made]) -> Made:
        before = time.process_time()
        made = function()
        seconds[step] += time.process_time() - before
        return made

    kind, taken_in = members[0].kind, []
    for few in ingest._few_at_a_time(members):
        with open_archive(few[0].archive) as file:
            texts = timed("inflate", lambda few=few, file=file: [content(file, member) for member in few])
        timed("as text", lambda texts=texts: [pl.read_csv(text, infer_schema=False) for text in texts])
        given = list(zip(texts, few, strict=True))
        timed("typed", lambda given=given: [read_records(text, member, registers) for text, member in given])
        read = timed("read", lambda few=few: ingest._read(few, registers))
        result, records = timed("sifted", lambda read=read: ingest._sifted(read, kind, registers))
        keys = timed("copies", lambda records=read.records: crime_keys(records, kind, registers))
        timed("copies", lambda records=read.records, keys=keys: later_copies(records, keys))
        timed("odd", lambda records=read.records, keys=result.found.keys: odd_together(records, keys, kind))
        timed("counts", lambda records=records: ingest._counted(records, kind))
        taken_in.append(records)
    month = pl.concat(taken_in)
    timed("written", lambda: ingest._write(month.lazy(), out / "steps.parquet"))
    timed("ids", lambda: ingest._write(month.lazy().select("crime_key"), out / "steps.parquet"))
    return seconds


def main() -> None:
    """Make the archive, take it in several times, print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rounds", type=int, default=4)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    archive = options.folder / f"synthetic-{ROWS_A_MONTH}.zip"
    if not archive.exists():
        make_archive(archive, ROWS_A_MONTH)
    members, registers = read_archive(str(archive)), load_incident_registers(ROOT / "data")
    with tempfile.TemporaryDirectory(dir=options.folder) as out:
        rounds = [one_round(members, registers, Path(out)) for _ in range(options.rounds)]
    least = {step: min(seconds[step] for seconds in rounds) / ROWS_A_MONTH * 1e6 for step in rounds[0]}
    floor = least["inflate"] + least["as text"]
    lines = {
        "Inflate and compare the checksum": least["inflate"],
        "Parse with types and labels, lines numbered": least["typed"],
        "Put files together, labels to registered values": least["read"] - least["inflate"] - least["typed"],
        "Crimes published twice: found": least["copies"],
        "Crimes published twice: taken out": least["sifted"] - least["copies"] - least["odd"] - least["counts"],
        "Counts by force, type and outcome": least["counts"],
        "What is odd: equal rows, small areas": least["odd"],
        "Write as Parquet, without the key of the Crime ID": least["written"] - least["ids"],
        "Write the key of the Crime ID, 64 bits": least["ids"],
        "All steps": least["read"] + least["sifted"] + least["written"],
        "The floor: inflate, and parse as text": floor,
    }
    sys.stdout.write("| Step | Microseconds a record | Against the floor |\n|---|--:|--:|\n")
    for step, microseconds in lines.items():
        sys.stdout.write(f"| {step} | {microseconds:.2f} | {microseconds / floor:.2f} |\n")


if __name__ == "__main__":
    main()
