"""The way back from printed numbers: formula, published cells, files, and what they may be compared with. One set of facts for the command line and for every page."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import polars as pl

from transforms.contracts.tables import COMPARISONS
from transforms.indicators.force_totals import OF_CODES
from transforms.indicators.shares import OF_OFFENCES, SHARES

_PARTS = ("numerator", "denominator")
_KINDS = pl.Enum(COMPARISONS)


@dataclass(frozen=True)
class Evidence:
    """What numbers were made of.

    ``indicators``: rows of out/indicators in the order asked for, with ``formula`` (text).
    ``cells``: a row for each number and published cell behind it: ``indicator_id``, ``part`` (numerator or denominator) and the
    columns of core/observations.
    ``editions``: the rows of raw/editions that hold those cells.
    ``comparisons``: a row for each number, kind of comparison in out/comparability, side of it that the number is ('a' or 'b'; null
    between areas), grade and reasons, with ``pairs``, how many there are, and ``adjustments``; a number that is never compared has none.
    """

    indicators: pl.DataFrame
    cells: pl.DataFrame
    editions: pl.DataFrame
    comparisons: pl.DataFrame


PUBLISHED = "published count"
"""The status of a count that is held as published, of which no indicator is made."""


def evidence(
    indicator_ids: Iterable[str],
    indicators: pl.DataFrame,
    observations: pl.DataFrame,
    editions: pl.DataFrame,
    ledger: pl.DataFrame,
    record_files: pl.DataFrame,
) -> Evidence:
    """Everything that the numbers with these identifiers were made of; identifiers that no number has are left out.

    The identifier of an observation stands for a published count that is printed as it is. ``ledger`` is out/comparability; ``record_files`` is
    core/record_files, whose rows set aside a formula names: they are missing from the count.
    """
    asked = pl.DataFrame({"indicator_id": list(indicator_ids)}, schema={"indicator_id": pl.String}).unique(
        maintain_order=True
    )
    counts = observations.join(asked, left_on="observation_id", right_on="indicator_id", how="semi")
    known = pl.concat([indicators, as_indicators(counts, indicators.schema)]) if len(counts) else indicators
    rows = asked.join(known, on="indicator_id", maintain_order="left")
    cells = (
        rows.select("indicator_id", *(f"{part}_observations" for part in _PARTS))
        .with_row_index("place")
        .unpivot(index=["place", "indicator_id"], variable_name="part", value_name="observation_id")
        .with_columns(pl.col("part").str.strip_suffix("_observations"), pl.col("observation_id").str.split("; "))
        .explode("observation_id")
        .join(observations, on="observation_id")
        .sort("place", pl.col("part") != _PARTS[0], "observation_id")
        .drop("place")
    )
    is_numerator = pl.col("part") == _PARTS[0]
    # A table that leaves out a part that counts none shows it by the whole, which its other parts make up.
    measure_of = known.select("indicator_id", pl.col("measure_id").alias("counts"))
    told = cells.join(measure_of, on="indicator_id").with_columns(
        is_whole=(pl.col("measure_id") != pl.col("counts")) & ~pl.col("counts").is_in([*SHARES, *OF_CODES])
    )
    parts = told.group_by("indicator_id").agg(
        (is_numerator & ~pl.col("is_whole")).sum().alias("parts"),
        (pl.col("measure_id") == "child_population").any().alias("of_children"),
        (is_numerator & pl.col("is_whole")).any().alias("none_printed"),
    )
    counted = rows.join(parts, on="indicator_id", how="left", maintain_order="left").with_columns(
        pl.col("parts").fill_null(0)
    )
    missing = _set_aside(cells, record_files)
    formulas = [
        "; ".join([_formula(row), *missing.get(row["indicator_id"], [])]) for row in counted.iter_rows(named=True)
    ]
    return Evidence(
        indicators=rows.with_columns(pl.Series("formula", formulas, dtype=pl.String)),
        cells=cells,
        editions=editions.join(cells, on=["source_id", "edition_id"], how="semi").sort("source_id", "edition_id"),
        comparisons=_comparisons(asked, ledger),
    )


def _set_aside(cells: pl.DataFrame, record_files: pl.DataFrame) -> dict[str, list[str]]:
    """What was set aside of the files of records that numbers were counted from: indicator_id -> a text for each file."""
    files = record_files.filter(pl.col("set_aside") > 0).select(
        "edition_id", pl.col("file").alias("table"), "set_aside", "rows", "set_aside_why"
    )
    counted = cells.select("indicator_id", "edition_id", "table").unique(maintain_order=True)
    said: dict[str, list[str]] = {}
    for row in counted.join(files, on=["edition_id", "table"], maintain_order="left").iter_rows(named=True):
        text = f"{row['set_aside']:,} of {row['rows']:,} rows of {row['table']} were set aside ({row['set_aside_why']})"
        said.setdefault(row["indicator_id"], []).append(text)
    return said


def _comparisons(asked: pl.DataFrame, ledger: pl.DataFrame) -> pl.DataFrame:
    sides = [
        ledger.select(
            pl.col(f"figure_id_{side}").alias("indicator_id"),
            pl.col("kind").cast(_KINDS),
            # Which figure of a pair comes first says nothing where two areas are compared.
            pl.when(pl.col("kind") != "areas").then(pl.lit(side)).alias("side"),
            "grade",
            "reasons",
            "adjustments",
        ).join(asked, on="indicator_id", how="semi")
        for side in ("a", "b")
    ]
    alike = pl.concat(sides).group_by(pl.all()).agg(pl.len().alias("pairs"))
    return alike.sort("indicator_id", "kind", "side", "grade", "reasons", "adjustments")


def as_indicators(counts: pl.DataFrame, schema: pl.Schema) -> pl.DataFrame:
    """Published counts (rows of core/observations) as rows of out/indicators without a rate; their identifier is that of the observation."""
    given = counts.with_columns(
        pl.col("observation_id").alias("indicator_id"),
        pl.col("observation_id").alias("numerator_observations"),
        pl.col("area_text").alias("area_name"),
        pl.col("value").alias("numerator"),
        pl.lit(None, pl.Float64).alias("value"),
        pl.lit(PUBLISHED).alias("status"),
        pl.lit(False).alias("is_derived"),
    )
    return given.select(
        (pl.col(name) if name in given.columns else pl.lit(None)).cast(dtype).alias(name)
        for name, dtype in schema.items()
    )


def _formula(row: dict[str, Any]) -> str:
    if row["numerator"] is None:
        return f"no count: {row['status'].replace('_', ' ')}"
    count = f"{row['numerator']:,.0f}"
    said = [f"the sum of {row['parts']} published counts"] if row["parts"] > 1 else []
    if row["none_printed"]:
        said.append("a table without such a part counts as none: the parts that it has add up to its total")
    count += f" ({'; '.join(said)})" if said else ""
    if row["value"] is None:
        return f"{count}; no rate: {row['status'].replace('_', ' ')}"
    if row["denominator_rule"] == OF_OFFENCES:
        limits = f"{row['lower_95']:.6f} to {row['upper_95']:.6f} by Wilson's method"
        return f"{count} ÷ {row['denominator_used']:,.0f} offences × 100 = {row['value']:.6f} per cent; 95% limits {limits}"
    residents = f"{row['denominator_used']:,.0f} {'residents aged 0 to 17' if row['of_children'] else 'residents'}"
    if row["denominator_used"] != row["denominator"]:
        residents += f" (printed as {row['denominator']:,.0f}; the whole number behind the publisher's own rate)"
    rate = f"{count} ÷ {residents} × {row['multiplier']:,} = {row['value']:.6f}"
    if row["method"] == "none":  # a stock, such as officers, is no count of events that chance could have made another
        return f"{rate}; without limits"
    method = {"byar": "Byar's approximation", "exact": "exact Poisson limits"}[row["method"]]
    return f"{rate}; 95% limits {row['lower_95']:.6f} to {row['upper_95']:.6f} by {method}"
