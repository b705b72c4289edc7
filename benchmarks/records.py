"""Measures ways to take in archives of single records, on synthetic archives in the shape of data.police.uk's.

``python benchmarks/records.py FOLDER --rows 1000000`` makes the archive below FOLDER (once for each number of rows), runs each way in a
process of its own, ``--rounds`` times in turn, and prints a table of the least of each: CPU seconds, seconds, and peak memory of all its
processes together. The floor inflates and parses on one core, and keeps nothing. Every other way does the same job: labels as registered,
crimes published twice set aside with file and line, one Parquet file a month (zstd), and records by force, type and outcome; a way whose
rows, copies or counts are not those of the first is refused. Only this project also accounts for each file, compares months and bodies with
the file's name, and looks at places. Ways whose library is not installed are left out.
"""

import argparse
import csv
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path

import numpy as np
import polars as pl

ROOT = Path(__file__).parents[1]
SEED = 20181101
# Published months have about 540,000 crimes of 44 bodies.
ROWS_A_MONTH = 540_000
CORES = 2
STREETS, AREAS = 1_600, 800
HEADER = "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,Last outcome category,Context"
STREET = HEADER.split(",")


def labels(vocabulary: str) -> list[str]:
    """The values of one vocabulary of data/registers/incident_labels.csv."""
    rows = pl.read_csv(ROOT / "data" / "registers" / "incident_labels.csv", infer_schema=False)
    return rows.filter(pl.col("vocabulary") == vocabulary)["value"].unique(maintain_order=True).to_list()


def synthetic_force(draw: np.random.Generator, month: str, name: str, force: int, rows: int) -> pl.DataFrame:
    """Synthetic street crimes of one force and month: a fifth without Crime ID, one in forty without a place, three in 10,000 twice."""
    types, outcomes = labels("crime_type")[:14], labels("outcome")[:27]
    weights = draw.dirichlet(np.full(len(types) - 1, 2.0)) * 0.79
    crime_type = np.array(types)[draw.choice(len(types), rows, p=[0.21, *weights])]
    is_noise = crime_type == types[0]
    street = draw.integers(0, STREETS, rows)
    area = street % AREAS
    has_place = draw.random(rows) > 0.025
    ids = draw.bytes(rows * 32).hex()
    points = np.random.default_rng(SEED + force).random((STREETS, 2))
    once = pl.DataFrame(
        {
            "id": [None if noise else ids[64 * row : 64 * row + 64] for row, noise in enumerate(is_noise)],
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
    again = draw.integers(0, rows, rows * 3 // 10_000)
    return pl.concat([once[: rows - len(again)], once[again]])


def make_archive(path: Path, rows: int, rows_a_month: int = ROWS_A_MONTH, months_before: int = 0) -> None:
    """An archive of street crimes with the given number of rows, synthetic, and the same for the same numbers; it begins in January 2011, or later."""
    with (ROOT / "data" / "registers" / "incident_bodies.csv").open(encoding="utf-8") as file:
        bodies = list({body["slug"]: body["name"] for body in reversed(list(csv.DictReader(file)))}.items())[::-1]
    draw = np.random.default_rng(SEED)
    shares = np.random.default_rng(SEED).dirichlet(np.full(len(bodies), 4.0))
    temporary = path.with_suffix(".tmp")
    with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, start in enumerate(range(0, rows, rows_a_month), months_before):
            month = f"{2011 + number // 12}-{number % 12 + 1:02}"
            sizes = draw.multinomial(min(rows_a_month, rows - start), shares)
            for force, ((slug, name), size) in enumerate(zip(bodies, sizes, strict=True)):
                text = synthetic_force(draw, month, name, force, int(size)).write_csv(include_header=False)
                archive.writestr(f"{month}/{month}-{slug}-street.csv", f"{HEADER}\n{text}")
    temporary.replace(path)


# The ways: each takes the archive and a folder to write to, and gives rows read, copies set aside, and the sum of records counted as drugs.

Made = tuple[int, int, int]


def files_by_month(archive: zipfile.ZipFile) -> Iterator[tuple[str, list[str]]]:
    """Each month with the names of its files."""
    for month, names in groupby(sorted(archive.namelist()), key=lambda name: name[:7]):
        yield month, list(names)


def meanings(vocabulary: str) -> dict[str, str]:
    """Printed label to registered value."""
    rows = pl.read_csv(ROOT / "data" / "registers" / "incident_labels.csv", infer_schema=False)
    return dict(rows.filter(pl.col("vocabulary") == vocabulary).select("label", "value").iter_rows())


def without_keys() -> list[str]:
    """Slugs of the bodies whose Crime ID is no key."""
    rows = pl.read_csv(ROOT / "data" / "registers" / "incident_bodies.csv", infer_schema=False)
    return rows.filter(pl.col("crime_id_is_key") == "false")["slug"].to_list()


def floor(path: Path, out: Path) -> Made:
    """Inflate with libdeflate and parse every field as text, on one core."""
    from transforms.incidents.archive import content, open_archive, read_archive

    with open_archive(str(path)) as file:
        rows = sum(pl.read_csv(content(file, member), infer_schema=False).height for member in read_archive(str(path)))
    return rows, 0, 0


def ours(path: Path, out: Path) -> Made:
    """`ingest_month` in this process."""
    from transforms.incidents import by_month, ingest_month, load_incident_registers, read_archive

    registers = load_incident_registers(ROOT / "data")
    read = copies = drugs = 0
    for members in by_month(read_archive(str(path))).values():
        result = ingest_month(members, out, registers)
        read += int(result.accounting["rows_read"].sum())
        copies += int(result.accounting["quarantined"].sum())
        drugs += int(result.counts.filter(pl.col("type") == "Drugs")["rows"].sum())
    return read, copies, drugs


def naive_polars(path: Path, out: Path) -> Made:
    """Polars as one writes it first: zipfile, inferred types, one frame a month."""
    read = copies = drugs = 0
    with zipfile.ZipFile(path) as archive:
        for month, names in files_by_month(archive):
            frames = [
                pl.read_csv(archive.read(name)).with_row_index("line", 2).with_columns(force=pl.lit(slug(name)))
                for name in names
            ]
            counted, found = polars_job(pl.concat(frames, how="vertical_relaxed").lazy(), out, month)
            read, copies, drugs = read + found[0], copies + found[1], drugs + counted
    return read, copies, drugs


def polars_job(crimes: pl.LazyFrame, out: Path, month: str) -> tuple[int, tuple[int, int]]:
    """Labels, copies, Parquet and counts of one frame in Polars."""
    fields = [name for name in STREET if name != "line"]
    frame = crimes.with_columns(
        pl.col("Crime type").replace(meanings("crime_type")),
        pl.col("Last outcome category").replace(meanings("outcome")),
    ).collect()
    is_key = pl.col("Crime ID").is_not_null() & ~pl.col("force").is_in(without_keys())
    is_copy = frame.select(is_key & ~pl.struct(*fields, "force").is_first_distinct()).to_series()
    frame.filter(is_copy).select("force", "line").write_csv(out / f"{month}.quarantine.csv")
    kept = frame.filter(~is_copy)
    kept.write_parquet(out / f"{month}.parquet")
    counts = kept.group_by("force", "Crime type", "Last outcome category").len()
    return int(counts.filter(pl.col("Crime type") == "Drugs")["len"].sum()), (frame.height, int(is_copy.sum()))


def lazy_polars(path: Path, out: Path) -> Made:
    """Polars over all files at once, unzipped to disk."""
    with unzipped(path, out) as folder:
        crimes = pl.scan_csv(
            folder / "*" / "*.csv", include_file_paths="file", schema_overrides=dict.fromkeys(STREET, pl.String)
        )
        crimes = crimes.with_columns(
            line=pl.int_range(pl.len()).over("file") + 2,
            force=pl.col("file").str.extract(r"\d{4}-\d{2}-([a-z-]+)-street.csv$"),
        ).drop("file")
        drugs, (read, copies) = polars_job(crimes, out, "all")
    return read, copies, drugs


def duckdb_by_month(path: Path, out: Path) -> Made:
    """DuckDB with given types, on files unzipped for a month at a time."""
    read = copies = drugs = 0
    with zipfile.ZipFile(path) as archive:
        for month, names in files_by_month(archive):
            with unzipped(path, out, names) as folder:
                found = duckdb_job(folder, out, month)
            read, copies, drugs = read + found[0], copies + found[1], drugs + found[2]
    return read, copies, drugs


def lazy_duckdb(path: Path, out: Path) -> Made:
    """DuckDB over all files at once, unzipped to disk."""
    with unzipped(path, out) as folder:
        return duckdb_job(folder, out, "all")


def duckdb_job(folder: Path, out: Path, name: str) -> Made:
    """Labels, copies, Parquet and counts of the files of a folder in DuckDB: rows are compared only where their Crime ID is there again."""
    import duckdb

    fields = ", ".join(f'"{column}"' for column in STREET)
    slugs = ", ".join(f"'{slug}'" for slug in without_keys())
    with duckdb.connect() as connection:
        connection.sql(f"set threads = {CORES}")
        labels = {"kinds": meanings("crime_type"), "outcomes": meanings("outcome")}
        for table, known in labels.items():
            connection.sql(f"create table {table} (label varchar, value varchar)")
            connection.executemany(f"insert into {table} values (?, ?)", list(known.items()))
        connection.sql(
            f"""create table crimes as
            with numbered as (
                select *, row_number() over () as number
                from read_csv('{folder}/*/*.csv', header = true, all_varchar = true, filename = true)
            )
            select numbered.* replace (kinds.value as "Crime type", outcomes.value as "Last outcome category")
            from numbered join kinds on kinds.label = "Crime type" left join outcomes on outcomes.label = "Last outcome category"
            """
        )
        connection.sql(
            """create table files as
            select filename, regexp_extract(filename, '[0-9]-([a-z-]+)-street', 1) as force, min(number) - 2 as before_first
            from crimes group by filename"""
        )
        connection.sql(
            f"""create table copies as
            with again as (select "Crime ID" from crimes where "Crime ID" is not null group by all having count(*) > 1)
            select number, force, number - before_first as line
            from crimes join again using ("Crime ID") join files using (filename)
            where force not in ({slugs})
            qualify row_number() over (partition by force, {fields} order by number) > 1"""
        )
        kept = "crimes join files using (filename) anti join copies using (number)"
        connection.sql(
            f"""copy (select crimes.* exclude (filename, number), force, number - before_first as line from {kept})
            to '{out}/{name}.parquet' (compression zstd)"""
        )
        connection.sql(f"copy (select force, line from copies) to '{out}/{name}.quarantine.csv'")
        counts = f'select force, "Crime type" as kind, "Last outcome category", count(*) as n from {kept} group by all'
        (drugs,) = connection.sql(f"select coalesce(sum(n), 0) from ({counts}) where kind = 'Drugs'").fetchall()[0]
        read, copies = connection.sql("select (select count(*) from crimes), (select count(*) from copies)").fetchall()[
            0
        ]
    return read, copies, int(drugs)


def pandas_by_month(path: Path, out: Path) -> Made:
    """pandas as one writes it first."""
    import io

    import pandas as pd

    read = copies = drugs = 0
    kinds, outcomes, slugs = meanings("crime_type"), meanings("outcome"), without_keys()
    with zipfile.ZipFile(path) as archive:
        for month, names in files_by_month(archive):
            frames = []
            for name in names:
                frame = pd.read_csv(io.BytesIO(archive.read(name)))
                frames.append(frame.assign(force=slug(name), line=frame.index + 2))
            frame = pd.concat(frames, ignore_index=True)
            frame["Crime type"] = frame["Crime type"].map(kinds)
            frame["Last outcome category"] = frame["Last outcome category"].map(outcomes)
            is_copy = frame.duplicated([*STREET, "force"]) & frame["Crime ID"].notna() & ~frame["force"].isin(slugs)
            frame.loc[is_copy, ["force", "line"]].to_csv(out / f"{month}.quarantine.csv")
            kept = frame[~is_copy]
            kept.to_parquet(out / f"{month}.parquet", compression="zstd")
            counts = kept.groupby(["force", "Crime type", "Last outcome category"], dropna=False).size()
            drugs += int(counts.xs("Drugs", level="Crime type").sum())
            read, copies = read + len(frame), copies + int(is_copy.sum())
    return read, copies, drugs


def slug(name: str) -> str:
    """The force in the name of a file."""
    return name.rpartition("/")[2][8:].removesuffix("-street.csv")


@contextmanager
def unzipped(path: Path, out: Path, names: list[str] | None = None) -> Iterator[Path]:
    """A folder with the files of the archive, or those named, for a while."""
    with tempfile.TemporaryDirectory(dir=out) as folder, zipfile.ZipFile(path) as archive:
        archive.extractall(folder, names)
        yield Path(folder)


WAYS: dict[str, tuple[str, str, Callable[[Path, Path], Made], bool]] = {
    "floor": ("Inflate and parse, one core: the floor", "polars", floor, True),
    "ours": ("This project", "polars", ours, False),
    "polars": ("Polars, a month at a time", "polars", naive_polars, False),
    "duckdb": ("DuckDB, a month at a time", "duckdb", duckdb_by_month, False),
    "pandas": ("pandas, a month at a time", "pandas", pandas_by_month, False),
    "lazy-polars": ("Polars over all unzipped files", "polars", lazy_polars, False),
    "lazy-duckdb": ("DuckDB over all unzipped files", "duckdb", lazy_duckdb, False),
}


def measure(name: str, path: Path, out: Path) -> dict[str, float]:
    """Run one way here, and say what it made and what this process used; none of the ways starts another."""
    started = time.perf_counter()
    rows, copies, drugs = WAYS[name][2](path, out)
    seconds = time.perf_counter() - started
    here = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "rows": rows,
        "copies": copies,
        "drugs": drugs,
        "cpu": here.ru_utime + here.ru_stime,
        "seconds": seconds,
        "megabytes": here.ru_maxrss / 1024,
    }


def main() -> None:
    """Make the archive, measure each way in a process of its own, print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument(
        "--rounds", type=int, default=1, help="the least of so many rounds, in which the ways take turns"
    )
    parser.add_argument("--ways", nargs="*", choices=list(WAYS), default=list(WAYS))
    parser.add_argument("--measure", choices=list(WAYS), help="measure one way in this process and print JSON")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    archive = options.folder / f"synthetic-{options.rows}.zip"
    if options.measure:
        with tempfile.TemporaryDirectory(dir=options.folder) as out:
            sys.stdout.write(json.dumps(measure(options.measure, archive, Path(out))))
        return
    if not archive.exists():
        make_archive(archive, options.rows)
    ways = [name for name in options.ways if find_spec(WAYS[name][1])]
    runs = {name: [] for name in ways}
    for _ in range(options.rounds):
        for name in ways:
            runs[name].append(in_a_process(name, options.folder, options.rows))
    refuse_other_results(runs, options.rows)
    least = {name: min(found, key=lambda run: run["cpu"]) for name, found in runs.items()}
    at_least = next(iter(least.values()))["cpu"]
    sys.stdout.write(
        "| Way | CPU seconds | Against the first | Seconds | Seconds / CPU | Peak memory, MB |\n|---|--:|--:|--:|--:|--:|\n"
    )
    for name, found in least.items():
        sys.stdout.write(
            f"| {WAYS[name][0]} | {found['cpu']:.1f} | {found['cpu'] / at_least:.1f} | {found['seconds']:.1f} "
            f"| {found['seconds'] / found['cpu']:.2f} | {found['megabytes']:.0f} |\n"
        )


def in_a_process(name: str, folder: Path, rows: int) -> dict[str, float]:
    """Measure one way in a process of its own."""
    threads = {"POLARS_MAX_THREADS": "1"} if WAYS[name][3] else {}
    command = [sys.executable, __file__, str(folder), "--rows", str(rows), "--measure", name]
    environment = os.environ | {"PYTHONPATH": str(ROOT)} | threads
    run = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, env=environment)
    found: dict[str, float] = json.loads(run.stdout)
    return found


def refuse_other_results(runs: dict[str, list[dict[str, float]]], rows: int) -> None:
    """End where a way has read other rows than are there, or does not come to the copies and counts of the others."""
    made = {
        (name, found["rows"], found["copies"], found["drugs"])
        for name, each in runs.items()
        for found in each
        if name != "floor"
    }
    if {found["rows"] for each in runs.values() for found in each} != {rows} or len(
        {result[1:] for result in made}
    ) > 1:
        raise SystemExit(f"The ways do not come to the same rows, copies and counts: {sorted(made)}")


if __name__ == "__main__":
    main()
