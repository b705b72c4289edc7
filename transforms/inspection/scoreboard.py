"""The findings of the inspection of January 2020, and the rule that makes a status of their indicators.

The rule, fixed before any figure was looked at: a finding has improved (or got worse) when an indicator with a stated direction, grade A
or B and at least four quarters on either side changed by ten per cent or more with 95% limits that leave out no change. A measure of
dispersion has changed only if, besides, its own two intervals do not overlap. Without limits that allow for overdispersion nothing has
changed. Indicators whose direction is ambiguous show that something changed, without a verdict on direction. A finding is not comparable where two
figures of an indicator exist and every such pair has grade C or X, context only where the direction of none of its indicators was ever fixed, and
not measurable where no two figures exist: then the register of findings names the publication that would measure it.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import polars as pl

from transforms.comparability import GRADES, entries
from transforms.contracts.registers import read_register
from transforms.contracts.tables import SCOREBOARD
from transforms.errors import RegisterError
from transforms.inspection.worked_out import MONTHS, Held, worked_out

MATERIAL: Final = 10.0
QUARTERS: Final = 4


@dataclass(frozen=True)
class Findings:
    """The findings, their indicators, and the facts that publishers stated in words, as registered."""

    findings: pl.DataFrame
    indicators: pl.DataFrame
    facts: pl.DataFrame


def load_findings(data: Path) -> Findings:
    """Read findings.csv, finding_indicators.csv and stated_facts.csv.

    Raises RegisterError for a row that breaks its contract, an unknown fact, a ratio without its scale, a finding without indicator, or one
    that might not be measurable and names no publication that would measure it.
    """
    names = ("findings", "finding_indicators", "stated_facts")
    findings, indicators, facts = (read_register(data, name) for name in names)
    stated = indicators.filter(pl.col("kind") == "stated")
    unknown = {*stated["baseline"], *stated["latest"]} - {"", *facts["fact_id"]}
    if unknown:
        raise RegisterError(
            f"finding_indicators.csv: the stated fact {', '.join(sorted(unknown))} is not one that exists."
        )
    ratios = indicators.filter((pl.col("kind") == "cells") & ~pl.col("latest_per").is_in(["", MONTHS]))
    unscaled = ratios.filter(pl.col("scale") == "")["indicator_id"].to_list()
    if unscaled:
        raise RegisterError(
            f"finding_indicators.csv: {', '.join(unscaled)} is a ratio of two cells; say in scale of how many it is, 1 or 100."
        )
    if set(findings["finding_id"]) != set(indicators["finding_id"]):
        raise RegisterError(
            "findings.csv and finding_indicators.csv name different findings; give each finding an indicator."
        )
    judged = indicators.filter(pl.col("direction") != "context")["finding_id"].to_list()
    unnamed = findings.filter(pl.col("finding_id").is_in(judged) & (pl.col("measured_by") == ""))["finding_id"]
    if len(unnamed):
        raise RegisterError(
            f"findings.csv: {', '.join(unnamed)} may turn out not to be measurable; name in measured_by the publication that would measure it."
        )
    return Findings(findings, indicators, facts)


@dataclass(frozen=True)
class Found:
    """What the figures say of the findings: the contracts SCOREBOARD and COMPARABILITY, the latter with the pairs behind the former."""

    scoreboard: pl.DataFrame
    comparability: pl.DataFrame


def scoreboard(registered: Findings, held: Held) -> Found:
    """Every indicator with its values, grade and what it says alone, the status of its finding, and the ledger with its pairs."""
    on_ledger = registered.indicators["kind"] == "ledger"
    graded = [
        _capped({**row, **worked_out(row, held, registered.facts)})
        for row in registered.indicators.filter(~on_ledger).iter_rows(named=True)
    ]
    compared = pl.concat([held.ledger, *(_entry(row) for row in graded if row["pair"] is not None)])
    whole = replace(held, ledger=compared.sort("comparison_id"))
    rows = [
        *graded,
        *(
            {**row, **worked_out(row, whole, registered.facts)}
            for row in registered.indicators.filter(on_ledger).iter_rows(named=True)
        ),
    ]
    found = pl.DataFrame([{**row, "pair": None, "says": says(row)} for row in rows], infer_schema_length=None)
    statuses = {
        finding_id: status([row["says"] for row in of.iter_rows(named=True)])
        for (finding_id,), of in found.group_by("finding_id", maintain_order=True)
    }
    board = (
        found.join(registered.findings, on="finding_id", how="left", maintain_order="left")
        .with_columns(
            pl.col("finding_id").replace_strict(statuses, return_dtype=pl.String).alias("status"),
            pl.col("why_not", "source_id", "reasons", "measured_by").cast(pl.String).replace("", None),
        )
        .sort("finding_id", "indicator_id")
        .select(pl.col(name).cast(dtype) for name, dtype in SCOREBOARD.schema.items())
    )
    return Found(board, whole.ledger)


def _entry(row: dict[str, Any]) -> pl.DataFrame:
    """The line of the ledger on the two figures of an indicator, with the grade and the reasons that the scoreboard prints."""
    return entries(
        row["pair"].with_columns(
            pl.lit(row["grade"]).alias("grade"),
            pl.lit(row["reasons"], pl.String).alias("reasons"),
            pl.lit("finding").alias("kind"),
            pl.lit(row["indicator_id"]).alias("subject"),
        )
    )


def _capped(row: dict[str, Any]) -> dict[str, Any]:
    """An indicator is never graded better than its cap: what nobody registers of it (who took part, what counts) stays unknown."""
    cap = row["grade_cap"]
    if not cap or row["grade"] is None or GRADES.index(row["grade"]) >= GRADES.index(cap):
        return row
    allowed = row if cap == "B" else {**row, "change": None, "lower_95": None, "upper_95": None}
    reasons = "; ".join(part for part in (row["reasons"], f"cap {cap}") if part)
    return {**allowed, "grade": cap, "reasons": reasons}


def says(row: dict[str, Any]) -> str:
    """What one indicator says alone, by the rule of this module; ``row`` has grade, direction, change, limits, quarters and values."""
    if row["direction"] == "context":
        return "context" if (row["baseline"], row["latest"]) != (None, None) else "not measurable"
    if row["baseline"] is None or row["latest"] is None or row["grade"] is None:
        return "not measurable"
    if row["grade"] in ("C", "X"):
        return "not comparable"
    if (
        row["quarters"] < QUARTERS
        or row["change"] is None
        or row["lower_95"] is None
        or row["lower_95"] <= 0 <= row["upper_95"]
        or abs(row["change"]) < MATERIAL
        or _overlap(row)
    ):
        return "no clear change"
    if row["direction"] == "ambiguous":
        return "changed"
    return "better" if (row["change"] > 0) == (row["direction"] == "up is better") else "worse"


def _overlap(row: dict[str, Any]) -> bool:
    """Whether the intervals of the two values overlap; False where the values have none of their own."""
    if row["baseline_lower_95"] is None or row["latest_lower_95"] is None:
        return False
    return bool(
        row["baseline_lower_95"] <= row["latest_upper_95"] and row["latest_lower_95"] <= row["baseline_upper_95"]
    )


def status(said: list[str]) -> str:
    """The status of a finding from what its indicators say alone."""
    if "better" in said and "worse" in said:
        return "Mixed"
    if "better" in said:
        return "Improved"
    if "worse" in said:
        return "Worse"
    if "changed" in said:
        return "Changed, no verdict on direction"
    if "no clear change" in said:
        return "No clear change"
    if "not comparable" in said:
        return "Not comparable"
    return "Context only" if set(said) == {"context"} else "Not measurable"
