"""Measures ways to take in archives of single records, on synthetic archives in the shape of data.police.uk's.

``python benchmarks/records.py FOLDER --rows 1000000`` makes the archive below FOLDER (once for each number of rows), runs each way in a
process of its own, and prints a table: CPU seconds, seconds, peak memory. The floor inflates and parses on one core, and keeps nothing;
every other way writes one Parquet file a month and counts drugs by force. Ways whose library is not installed are left out.
"""

import argparse
import csv
import json
import os
import resource
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path

import numpy as np
import polars as pl

ROOT = Path(__file__).parents[1]
SEED = 20181101
# Published months have about 540,000 crimes of 44 bodies.
ROWS_A_MONTH = 540_000
WORKERS = 2
STREETS, AREAS = 1_600, 800
HEADER = "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,Last outcome category,Context"


def labels(vocabulary: str) -> list[str]:
    """The values of one vocabulary of data/registers/incident_labels.csv."""
    rows = pl.read_csv(ROOT / "data" / "registers" / "incident_labels.csv", infer_schema=False)
    return rows.filter(pl.col("vocabulary") == vocabulary)["value"].unique(maintain_order=True).to_list()


def synthetic_force(draw: np.random.Generator, month: str, name: str, force: int, rows: int) -> pl.DataFrame:
    """Synthetic street crimes of one force and month: a fifth without Crime ID, one in forty without a place."""
    types, outcomes = labels("crime_type")[:14], labels("outcome")[:27]
    weights = draw.dirichlet(np.full(len(types) - 1, 2.0)) * 0.79
    crime_type = np.array(types)[draw.choice(len(types), rows, p=[0.21, *weights])]
    is_noise = crime_type == types[0]
    street = draw.integers(0, STREETS, rows)
    area = street % AREAS
    has_place = draw.random(rows) > 0.025
    ids = np.frombuffer(draw.bytes(rows * 32), dtype="S32").view(np.uint8).reshape(rows, 32)
    points = np.random.default_rng(SEED + force).random((STREETS, 2))
    return pl.DataFrame(
        {
            "id": [None if noise else row.tobytes().hex() for row, noise in zip(ids, is_noise, strict=True)],
            "month": month,
            "by": name,
            "within": name,
            "longitude": [f"{value:.6f}" for value in points[street, 0] * 3 - 2],
            "latitude": [f"{value:.6f}" for value in points[street, 1] * 3 + 51],
            "location": [f"On or near Synthetic {number * 7919 % 99991} Street" for number in street],
            "code": [f"E01{force * AREAS + number:06}" for number in area],
            "area": [f"District of Force {force} {number:03}{'ABCDEF'[number % 6]}" for number in area],
            "type": crime_type,
            "outcome": np.array(outcomes)[draw.geometric(0.3, rows) % len(outcomes)],
            "context": pl.Series([None] * rows, dtype=pl.String),
        }
    ).with_columns(
        pl.when(~pl.Series(is_noise)).then("outcome"),
        pl.when(pl.Series(has_place)).then(pl.col("longitude", "latitude", "code", "area")),
        pl.when(pl.Series(has_place)).then("location").otherwise(pl.lit("No Location")).alias("location"),
    )


def make_archive(path: Path, rows: int) -> None:
    """An archive of street crimes with the given number of rows, synthetic, and the same for the same ``rows``."""
    with (ROOT / "data" / "registers" / "incident_bodies.csv").open(encoding="utf-8") as file:
        bodies = list({body["slug"]: body["name"] for body in reversed(list(csv.DictReader(file)))}.items())[::-1]
    draw = np.random.default_rng(SEED)
    shares = np.random.default_rng(SEED).dirichlet(np.full(len(bodies), 4.0))
    temporary = path.with_suffix(".tmp")
    with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, start in enumerate(range(0, rows, ROWS_A_MONTH)):
            month = f"{2011 + number // 12}-{number % 12 + 1:02}"
            sizes = draw.multinomial(min(ROWS_A_MONTH, rows - start), shares)
            for force, ((slug, name), size) in enumerate(zip(bodies, sizes, strict=True)):
                text = synthetic_force(draw, month, name, force, int(size)).write_csv(include_header=False)
                archive.writestr(f"{month}/{month}-{slug}-street.csv", f"{HEADER}\n{text}")
    temporary.replace(path)


# The ways


def files_by_month(archive: zipfile.ZipFile) -> Iterator[tuple[str, list[str]]]:
    """Each month with the names of its files."""
    for month, names in groupby(sorted(archive.namelist()), key=lambda name: name[:7]):
        yield month, list(names)


def floor(path: Path, out: Path) -> int:
    """Inflate with libdeflate and parse every field as text, on one core."""
    from transforms.incidents.archive import content, open_archive, read_archive

    with open_archive(str(path)) as file:
        return sum(pl.read_csv(content(file, member), infer_schema=False).height for member in read_archive(str(path)))


def ours(path: Path, out: Path) -> int:
    """`ingest_month` in local processes."""
    from concurrent.futures import ProcessPoolExecutor
    from functools import partial
    from multiprocessing import get_context

    from transforms.incidents import by_month, ingest_month, load_incident_registers, read_archive

    months = by_month(read_archive(str(path))).values()
    registers = load_incident_registers(ROOT / "data")
    with ProcessPoolExecutor(WORKERS, mp_context=get_context("spawn")) as pool:
        results = list(pool.map(partial(ingest_month, out=out, registers=registers), months))
    return sum(int(result.accounting["rows_read"].sum()) for result in results)


def naive_polars(path: Path, out: Path) -> int:
    """Polars as one writes it first: zipfile, inferred types, one frame a month."""
    rows = 0
    with zipfile.ZipFile(path) as archive:
        for month, names in files_by_month(archive):
            frame = pl.concat([pl.read_csv(archive.read(name)) for name in names], how="vertical_relaxed")
            frame.filter(pl.col("Crime type") == "Drugs").group_by("Reported by").len()
            frame.write_parquet(out / f"{month}.parquet")
            rows += frame.height
    return rows


def duckdb_by_month(path: Path, out: Path) -> int:
    """DuckDB with given types, on files unzipped for a month at a time."""
    import tempfile

    import duckdb

    rows = 0
    with zipfile.ZipFile(path) as archive, duckdb.connect() as connection:
        connection.sql(f"set threads = {WORKERS}")
        for month, names in files_by_month(archive):
            with tempfile.TemporaryDirectory(dir=out) as folder:
                archive.extractall(folder, names)
                connection.sql(
                    f"create or replace table crimes as from read_csv('{folder}/*/*.csv', header = true, all_varchar = true)"
                )
            connection.sql(
                """select "Reported by", count(*) from crimes where "Crime type" = 'Drugs' group by all"""
            ).fetchall()
            connection.sql(f"copy crimes to '{out}/{month}.parquet' (compression zstd)")
            (count,) = connection.sql("select count(*) from crimes").fetchall()[0]
            rows += count
    return rows


def pandas_by_month(path: Path, out: Path) -> int:
    """pandas as one writes it first."""
    import io

    import pandas as pd

    rows = 0
    with zipfile.ZipFile(path) as archive:
        for month, names in files_by_month(archive):
            frame = pd.concat([pd.read_csv(io.BytesIO(archive.read(name))) for name in names], ignore_index=True)
            frame[frame["Crime type"] == "Drugs"].groupby("Reported by").size()
            frame.to_parquet(out / f"{month}.parquet", compression="zstd")
            rows += len(frame)
    return rows


WAYS: dict[str, tuple[str, str, Callable[[Path, Path], int], bool]] = {
    "floor": ("inflate and parse, one core", "polars", floor, True),
    "ours": ("ingest_month, two processes", "polars", ours, True),
    "polars": ("Polars, a month at a time", "polars", naive_polars, False),
    "duckdb": ("DuckDB, a month at a time", "duckdb", duckdb_by_month, False),
    "pandas": ("pandas, a month at a time", "pandas", pandas_by_month, False),
}


def measure(name: str, path: Path, out: Path) -> dict[str, float]:
    """Run one way here, and say what this process and those it started used; memory is the most they can have had together."""
    started = time.perf_counter()
    rows = WAYS[name][2](path, out)
    seconds = time.perf_counter() - started
    here, below = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "rows": rows,
        "cpu": sum(usage.ru_utime + usage.ru_stime for usage in (here, below)),
        "seconds": seconds,
        "megabytes": (here.ru_maxrss + below.ru_maxrss * (WORKERS if below.ru_maxrss else 0)) / 1024,
    }


def main() -> None:
    """Make the archive, measure each way in a process of its own, print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--ways", nargs="*", choices=list(WAYS), default=list(WAYS))
    parser.add_argument("--measure", choices=list(WAYS), help="measure one way in this process and print JSON")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    archive = options.folder / f"synthetic-{options.rows}.zip"
    if options.measure:
        import tempfile

        with tempfile.TemporaryDirectory(dir=options.folder) as out:
            sys.stdout.write(json.dumps(measure(options.measure, archive, Path(out))))
        return
    if not archive.exists():
        make_archive(archive, options.rows)
    sys.stdout.write(
        "| Way | CPU seconds | Against the floor | Seconds | Seconds / CPU | Peak memory, MB |\n|---|---|---|---|---|---|\n"
    )
    at_least = None
    for name in options.ways:
        words, library, _, is_single_threaded = WAYS[name]
        if find_spec(library) is None:
            continue
        threads = {"POLARS_MAX_THREADS": "1"} if is_single_threaded else {}
        command = [sys.executable, __file__, str(options.folder), "--rows", str(options.rows), "--measure", name]
        environment = os.environ | {"PYTHONPATH": str(ROOT)} | threads
        run = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
        found = json.loads(run.stdout)
        if found["rows"] != options.rows:
            raise SystemExit(f"{words}: read {found['rows']} rows of {options.rows}")
        at_least = at_least or found["cpu"]
        sys.stdout.write(
            f"| {words} | {found['cpu']:.1f} | {found['cpu'] / at_least:.2f} | {found['seconds']:.1f} "
            f"| {found['seconds'] / found['cpu']:.2f} | {found['megabytes']:.0f} |\n"
        )
        sys.stdout.flush()


if __name__ == "__main__":
    main()
