"""Why a figure that somebody asks for is missing: what the registers and the files of records say, in sentences."""

from datetime import date

import polars as pl

from transforms.contracts.incidents import MEASURES

_NO_DATA = "C"


def why_missing(
    area_id: str,
    measure_id: str,
    period: tuple[date, date],
    measures: pl.DataFrame,
    coverage: pl.DataFrame,
    record_files: pl.DataFrame,
    breaks: pl.DataFrame,
) -> list[str]:
    """The reasons for which an area has no figure of a measure in a period, each a sentence; none where nothing is known.

    Of records of data.police.uk: that a file within the period was not supplied or in part only, or that none is held; of other measures the reason
    of the gap within the period. Then what data/registers/breaks.csv says of an area without data. A part of a measure is missing as its whole is
    (``measures``, the register). ``coverage`` is out/coverage, ``record_files`` core/record_files, ``breaks`` the register.
    """
    whole = measures.filter(pl.col("measure_id") == measure_id)["part_of"].drop_nulls()
    counted = [measure_id, *whole]
    gaps = coverage.filter(
        pl.col("measure_id").is_in(counted),
        pl.col("area_id") == area_id,
        ~pl.col("present"),
        pl.col("period_start") >= period[0],
        pl.col("period_end") <= period[1],
    )
    without = breaks.filter(
        pl.col("dimension") == _NO_DATA,
        pl.col("measure_id").is_in(counted),
        pl.col("area_id") == area_id,
        pl.col("date").cast(pl.Date) <= period[1],
        pl.col("valid_to").cast(pl.Date).fill_null(period[1]) >= period[0],
    )
    # The register of breaks tells a gap of a series again, beside what else it says of it.
    said = gaps.sort("period_end")["reason"].drop_nulls().to_list()
    told_elsewhere = [] if said else without["in_words"].to_list()
    for kind in (kind for kind, counts in MEASURES.items() if counts in counted):
        said += _of_records(area_id, kind, period, record_files)
    return list(dict.fromkeys([*said, *told_elsewhere]))


def _of_records(area_id: str, kind: str, period: tuple[date, date], record_files: pl.DataFrame) -> list[str]:
    within = record_files.filter(
        pl.col("area_id") == area_id,
        pl.col("kind") == kind,
        pl.col("replaced_by").is_null(),
        pl.format("{}-01", "month").str.to_date().is_between(*period),
    ).sort("month")
    if within.is_empty():
        return ["No archive that is held has a file of records of this body in that time."]
    # A file that lies by itself is its own archive.
    of_archive = pl.when(pl.col("archive") != pl.col("file")).then(pl.format(" of {}", "archive")).otherwise(pl.lit(""))
    said = within.drop_nulls("not_supplied").select(
        pl.format("{}{} gives no figure, {}.", "file", of_archive, "not_supplied")
    )
    return said.to_series().to_list()
