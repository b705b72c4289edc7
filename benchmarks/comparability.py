"""Measures how long grading takes: ``python benchmarks/comparability.py``.

All pairs of 43 forces within each of 60 quarters and 26 measures, and of all quarters within each force and measure: about 3.4 million
pairs of synthetic figures. Seconds of the clock and processor, one run, imports not counted. On two cores: 2.6 s of the clock for
grading them all, 0.8 microseconds a pair.
"""

import time
from datetime import date
from itertools import product
from pathlib import Path

import polars as pl

from transforms.comparability import SIDE, grade_pairs, same_period
from transforms.comparability.pairs import as_pairs
from transforms.harmonise import load_registers

DATA = Path(__file__).parents[1] / "data"
FORCES, QUARTERS = 43, 60


def sides(measures: list[str]) -> pl.DataFrame:
    """A figure for each force, quarter and measure: SIDE and claim_scope."""
    starts = [date(2010 + index // 4, 1 + 3 * (index % 4), 1) for index in range(QUARTERS)]
    grid = pl.DataFrame(
        list(product(measures, [f"E230000{number:02d}" for number in range(1, FORCES + 1)], starts)),
        schema={"measure_id": pl.String, "area_id": pl.String, "period_start": pl.Date},
        orient="row",
    )
    given = grid.with_columns(
        pl.col("period_start").dt.offset_by("2mo").dt.month_end().alias("period_end"),
        pl.concat_str("measure_id", "area_id", pl.col("period_start").dt.to_string()).alias("figure_id"),
        *(pl.lit(value).alias(name) for name, value in {
            "definition_id": "D23", "unit_id": "offence", "period_kind": "interval", "level": "police_force_area",
            "geography_basis": "place of offence", "coverage": "complete", "left_out": "", "source_quality": "official",
        }.items()),
    )  # fmt: skip
    missing = [name for name in SIDE if name not in given.columns]
    return given.with_columns(pl.lit(None, SIDE[name]).alias(name) for name in missing).select(
        *SIDE, pl.lit("recorded activity").alias("claim_scope")
    )


def over_time(figures: pl.DataFrame) -> pl.DataFrame:
    """Every two quarters of one force and measure, once."""
    first, second = (figures.rename({name: f"{name}_{side}" for name in figures.columns}) for side in ("a", "b"))
    both = first.join(
        second, left_on=["measure_id_a", "area_id_a"], right_on=["measure_id_b", "area_id_b"], coalesce=False
    )
    return as_pairs(both.filter(pl.col("period_start_a") < pl.col("period_start_b")))


def main() -> None:
    """Print the number of pairs, seconds, and microseconds a pair."""
    registers = load_registers(DATA)
    measures = registers.measures.filter(pl.col("code") != "")["measure_id"].to_list()[:26]
    total, clock, processor = 0, 0.0, 0.0
    for measure in measures:
        figures = sides([measure])
        for pairs in (same_period(figures), over_time(figures)):
            began, used = time.perf_counter(), time.process_time()
            total += len(grade_pairs(pairs, registers))
            clock, processor = clock + time.perf_counter() - began, processor + time.process_time() - used
    seconds = f"{clock:.1f} s ({processor:.1f} s of processor), {clock / total * 1e6:.1f} µs a pair"
    print(f"{total:,} pairs graded in {seconds}")  # noqa: T201


if __name__ == "__main__":
    main()
