"""Which differences between two builds a reader should know first.

A difference has a rank by its kind, in the order of ``KINDS``; within a kind the larger stands first, measured in widths of the 95%
interval that was printed beside the number (1 means: as far as the interval is wide).
"""

from typing import Final

import polars as pl

from transforms.differences import Differences

KINDS: Final = (
    "a finding has another status",
    "a key message says something else",
    "the newest figure moved by its interval or more",
    "the newest figure is new, filled, missing or withdrawn",
    "an older figure moved by its interval or more",
    "a figure moved by less than its interval",
    "an older figure is new, filled, missing or withdrawn",
    "a sentence says something else",
    "a rate stands on another population",
    "a cell has another meaning",
    "an edition is new, withdrawn or another file",
    "a cell is printed differently",
)
"""Every kind of difference, the one that matters most to a reader first."""

SCHEMA: Final = pl.Schema(
    {
        "rank": pl.Int32,
        "kind": pl.String,
        "size": pl.Float64,
        "change": pl.String,
        "what": pl.String,
        "before": pl.String,
        "after": pl.String,
    }
)


def ranked(found: Differences, texts: pl.DataFrame) -> pl.DataFrame:
    """All differences in one list (SCHEMA), most important first; ``rank`` is that of the kind, from one.

    ``texts`` are the changed sentences: reports, section, is_key_message, before, after, change.
    """
    rows = pl.concat(
        [_findings(found), _texts(texts), _numbers(found), _meanings(found), _editions(found), _cells(found)]
    )
    return (
        rows.with_columns(
            pl.col("kind")
            .replace_strict({kind: rank for rank, kind in enumerate(KINDS, 1)}, return_dtype=pl.Int32)
            .alias("rank")
        )
        .sort(
            "rank",
            pl.col("size").fill_null(0.0),
            "what",
            "before",
            "after",
            descending=[False, True, False, False, False],
        )
        .select(SCHEMA.names())
    )


def _rows(frame: pl.DataFrame, kind: pl.Expr | str, what: pl.Expr, size: pl.Expr | None = None) -> pl.DataFrame:
    return frame.select(
        (pl.lit(kind) if isinstance(kind, str) else kind).alias("kind"),
        (pl.lit(None, pl.Float64) if size is None else size).alias("size"),
        pl.col("change"),
        what.alias("what"),
        pl.col("before").cast(pl.String),
        pl.col("after").cast(pl.String),
    )


def _findings(found: Differences) -> pl.DataFrame:
    return _rows(found.findings, KINDS[0], pl.format("{}, {}: {}", "finding_id", "indicator_id", "finding"))


def _texts(texts: pl.DataFrame) -> pl.DataFrame:
    kind = pl.when("is_key_message").then(pl.lit(KINDS[1])).otherwise(pl.lit(KINDS[7]))
    return _rows(texts, kind, pl.format("{}, {}", "reports", "section"))


def _numbers(found: Differences) -> pl.DataFrame:
    moved, far, newest = pl.col("change") == "revised", pl.col("size") >= 1, pl.col("is_newest")
    kind = (
        pl.when(pl.col("change") == "rate only")
        .then(pl.lit(KINDS[8]))
        .when(moved & far & newest)
        .then(pl.lit(KINDS[2]))
        .when(~moved & newest)
        .then(pl.lit(KINDS[3]))
        .when(moved & far)
        .then(pl.lit(KINDS[4]))
        .when(moved)
        .then(pl.lit(KINDS[5]))
        .otherwise(pl.lit(KINDS[6]))
    )
    period = pl.format(
        "{} to {}", pl.col("period_start").dt.strftime("%B %Y"), pl.col("period_end").dt.strftime("%B %Y")
    )
    what = pl.format("{}, {}, {}", "area_name", pl.col("measure_id").str.replace_all("_", " "), period)
    return _rows(
        found.numbers.with_columns(_in_words(side) for side in ("before", "after")), kind, what, pl.col("size")
    )


def _in_words(side: str) -> pl.Expr:
    """'2,730 (3.0)': the count, and the rate where there is one; null for a number that is not there."""
    count = pl.col(side).round(0).cast(pl.Int64).cast(pl.String)
    grouped = count.str.reverse().str.replace_all(r"(\d{3})", "$1,").str.strip_suffix(",").str.reverse()
    rate = pl.format(" (rate {})", pl.col(f"rate_{side}").round(4)).fill_null("")
    return pl.concat_str(grouped, rate).alias(side)


def _meanings(found: Differences) -> pl.DataFrame:
    named = found.observations.with_columns(
        pl.lit("other ").add(pl.col("column").str.strip_suffix("_id").str.replace_all("_", " ")).alias("change")
    )
    return _rows(named, KINDS[9], pl.col("observation_id"))


def _editions(found: Differences) -> pl.DataFrame:
    files = found.editions.with_columns(pl.lit(None, pl.String).alias("before"), pl.lit(None, pl.String).alias("after"))
    return _rows(files, KINDS[10], pl.format("{} {}, {}", "source_id", "edition_id", "title"))


def _cells(found: Differences) -> pl.DataFrame:
    return _rows(found.cells, KINDS[11], pl.col("observation_id"))
