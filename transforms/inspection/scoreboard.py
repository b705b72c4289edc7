"""The findings of the inspection of January 2020 beside public figures since, and the rule that makes a status of them.

The rule, fixed before any figure was looked at: a finding has improved (or got worse) when an indicator with a stated direction, grade A
or B and at least four quarters on either side changed by ten per cent or more with 95% limits that leave out no change. Indicators whose
direction is ambiguous can only show that something changed. Without any indicator of grade A or B a finding is not measurable.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl

from transforms.comparability import difference_test, grade_pairs, paired, side_of_indicators
from transforms.comparability.pairs import SIDE
from transforms.contracts.tables import SCOREBOARD
from transforms.errors import RegisterError
from transforms.harmonise.registers import Registers

MATERIAL: Final = 10.0
QUARTERS: Final = 4
_FINDINGS = ("finding_id", "finding", "theme", "level", "polarity", "owner", "recommendation")
_INDICATORS = (
    *("indicator_id", "finding_id", "indicator", "measure_id", "kind", "direction"),
    *("baseline", "baseline_per", "latest", "latest_per", "why_not"),
)
KINDS = ("cells", "observations", "dispersion", "ledger", "definitions", "not held")
_LINES = "line"
_RESAMPLES, _SEED = 2000, 20200110


@dataclass(frozen=True)
class Findings:
    """The findings and their indicators, as registered."""

    findings: pl.DataFrame
    indicators: pl.DataFrame


@dataclass(frozen=True)
class Held:
    """What indicators are worked out from: raw cells of curated sources, observations, indicators, the ledger, registers."""

    cells: pl.DataFrame
    observations: pl.DataFrame
    indicators: pl.DataFrame
    ledger: pl.DataFrame
    registers: Registers


def load_findings(data: Path) -> Findings:
    """Read findings.csv and finding_indicators.csv. Raises RegisterError for another header, an unknown kind or a finding without indicator."""
    folder = data / "registers"
    findings, indicators = (
        pl.read_csv(folder / name, infer_schema=False).with_columns(pl.all().fill_null(""))
        for name in ("findings.csv", "finding_indicators.csv")
    )
    if tuple(findings.columns) != _FINDINGS or tuple(indicators.columns) != _INDICATORS:
        raise RegisterError(
            "findings.csv or finding_indicators.csv has other columns than it should; restore the header."
        )
    for unknown in sorted(set(indicators["kind"]) - set(KINDS)):
        raise RegisterError(f"finding_indicators.csv: the kind {unknown!r} is none of {', '.join(KINDS)}.")
    if set(findings["finding_id"]) != set(indicators["finding_id"]):
        raise RegisterError(
            "findings.csv and finding_indicators.csv name different findings; give each finding an indicator."
        )
    return Findings(findings, indicators)


def scoreboard(registered: Findings, held: Held) -> pl.DataFrame:
    """The contract SCOREBOARD: every indicator with its values, grade and what it says alone, and the status of its finding."""
    rows = [{**row, **_worked_out(row, held)} for row in registered.indicators.iter_rows(named=True)]
    found = pl.DataFrame([{**row, "says": says(row)} for row in rows], infer_schema_length=None)
    statuses = {
        finding_id: status([row["says"] for row in of.iter_rows(named=True)])
        for (finding_id,), of in found.group_by("finding_id", maintain_order=True)
    }
    return (
        found.join(registered.findings, on="finding_id", how="left", maintain_order="left")
        .with_columns(
            pl.col("finding_id").replace_strict(statuses, return_dtype=pl.String).alias("status"),
            pl.col("why_not").replace("", None),
        )
        .sort("finding_id", "indicator_id")
        .select(pl.col(name).cast(dtype) for name, dtype in SCOREBOARD.schema.items())
    )


def says(row: dict[str, Any]) -> str:
    """What one indicator says alone, by the rule of this module; ``row`` has grade, direction, change, limits, quarters and values."""
    if row["direction"] == "context":
        return "context" if row["latest"] is not None else "not measurable"
    if row["baseline"] is None or row["latest"] is None or row["grade"] is None:
        return "not measurable"
    if row["grade"] == "X":
        return "not comparable"
    if row["grade"] == "C" or row["quarters"] < QUARTERS or row["change"] is None:
        return "not measurable"
    clear = not row["lower_95"] <= 0 <= row["upper_95"] and abs(row["change"]) >= MATERIAL
    if not clear:
        return "no clear change"
    if row["direction"] == "ambiguous":
        return "changed"
    return "better" if (row["change"] > 0) == (row["direction"] == "up is better") else "worse"


def status(said: list[str]) -> str:
    """The status of a finding from what its indicators say alone."""
    if "better" in said and "worse" in said:
        return "Mixed"
    if "better" in said:
        return "Improved"
    if "worse" in said:
        return "Worse"
    if "changed" in said or "no clear change" in said:
        return "No clear change"
    # A comparison that is refused was at least tried; all else is not there to be compared.
    return "Not comparable" if set(said) == {"not comparable"} else "Not measurable from public data"


_NOTHING: dict[str, Any] = {
    **dict.fromkeys(("baseline", "baseline_period", "latest", "latest_period", "change", "lower_95", "upper_95")),
    **dict.fromkeys(("grade", "reasons", "evidence")),
    "quarters": 0,
}


def _worked_out(row: dict[str, Any], held: Held) -> dict[str, Any]:
    match row["kind"]:
        case "cells":
            return _NOTHING | _of_cells(row, held)
        case "observations":
            return _NOTHING | _of_observations(row, held)
        case "dispersion":
            return _NOTHING | _of_dispersion(row, held)
        case "ledger":
            comparable = held.ledger["grade"].is_in(["A", "B"]).mean()
            return _NOTHING | {"latest": float(comparable or 0) * 100, "latest_period": "this build"}  # type: ignore[arg-type]
        case "definitions":
            count = held.registers.definitions.filter(pl.col("concept") == _LINES).height
            return _NOTHING | {"latest": float(count), "latest_period": "this build"}
        case _:
            return dict(_NOTHING)


def _of_cells(row: dict[str, Any], held: Held) -> dict[str, Any]:
    """Values of curated cells, or their ratio; graded as weeks or cumulative outputs whose coverage nobody states."""
    sides = [_cell_side(row, when, held) for when in ("baseline", "latest")]
    values = {when: side["value"] if side else None for when, side in zip(("baseline", "latest"), sides, strict=True)}
    found: dict[str, Any] = {
        **values,
        **{f"{when}_period": side["period_text"] if side else None for when, side in zip(values, sides, strict=True)},
        "evidence": "; ".join(row[key] for key in ("baseline", "baseline_per", "latest", "latest_per") if row[key]),
    }
    if None in sides:
        return found
    first, second = (pl.DataFrame([side["side"]], schema=SIDE) for side in sides if side)
    (pair,) = grade_pairs(paired(first, second, "programme output"), held.registers).iter_rows(named=True)
    return found | {"grade": pair["grade"], "reasons": pair["reasons"]}


def _cell_side(row: dict[str, Any], when: str, held: Held) -> dict[str, Any] | None:
    if not row[when] or not _is_held(held.cells, row[when]):
        return None
    cell = _cell(held.cells, row[when])
    value = float(cell["value_text"])
    if row[f"{when}_per"]:
        per = float(_cell(held.cells, row[f"{when}_per"])["value_text"])
        # A ratio of people or referrals to people is read for a hundred of them, a ratio of outputs for one.
        value = value / per * (100 if "100" in row["indicator"] else 1)
    about = held.registers.measures.row(by_predicate=pl.col("measure_id") == row["measure_id"], named=True)
    start, end = _days(cell["period_text"])
    side = {
        **dict.fromkeys(SIDE),
        **{"figure_id": row[when], "measure_id": row["measure_id"], "definition_id": about["definition_id"]},
        **{"unit_id": about["unit_id"], "period_kind": "interval", "period_start": start, "period_end": end},
        **{"recut": False, "per_month": False, "area_id": "UK", "level": "united_kingdom"},
        **{"geography_basis": about["geography_basis"], "source_quality": "management information"},
    }
    return {"value": value, "period_text": cell["period_text"], "side": side}


def _cell(cells: pl.DataFrame, reference: str) -> dict[str, Any]:
    source_id, edition_id, table, cell = reference.split("/")
    found = cells.filter(
        (pl.col("source_id") == source_id)
        & (pl.col("edition_id") == edition_id)
        & (pl.col("table") == table)
        & (pl.col("cell") == cell)
    )
    if len(found) != 1 or found["value_text"][0] is None:
        raise RegisterError(f"finding_indicators.csv: no cell {reference} with a value is held; correct the reference.")
    return found.row(0, named=True)


def _is_held(cells: pl.DataFrame, reference: str) -> bool:
    """Whether the edition of a reference is held: a report on an earlier day has fewer of them."""
    source_id, edition_id = reference.split("/")[:2]
    return len(cells.filter((pl.col("source_id") == source_id) & (pl.col("edition_id") == edition_id))) > 0


def _days(text: str) -> tuple[Any, Any]:
    """First and last day of '2019-05-13 | 2019-05-20', '2019-11 | 2022-02', '2019/20'."""
    from transforms.answers import read_period

    first, _, last = text.removesuffix(" (approx.)").partition(" | ")
    if "/" in first:
        year = int(first[:4])
        return read_period(f"{year}-04/{year + 1}-03")
    if len(first) == 7:
        return read_period(f"{first}/{last or first}")
    days = pl.Series([first, last or first]).str.to_date(strict=True)
    return days[0], days[1]


def _of_observations(row: dict[str, Any], held: Held) -> dict[str, Any]:
    """Two published counts, graded and tested as counts; nothing where an edition is not held."""
    if not all(_is_held(held.observations, row[when]) for when in ("baseline", "latest")):
        return {}
    rows = [
        held.observations.row(by_predicate=pl.col("observation_id") == row[when], named=True)
        for when in ("baseline", "latest")
    ]
    about = held.registers.measures.row(by_predicate=pl.col("measure_id") == row["measure_id"], named=True)
    quality = dict(held.registers.source_quality.select("source_id", "quality").iter_rows())
    sides = [
        pl.DataFrame(
            [
                {
                    **dict.fromkeys(SIDE),
                    **{"figure_id": one["observation_id"], "measure_id": row["measure_id"]},
                    **{"definition_id": one["definition_id"], "unit_id": about["unit_id"], "period_kind": "interval"},
                    **{name: one[name] for name in ("period_start", "period_end", "area_id")},
                    **{"level": one["area_kind"], "geography_basis": about["geography_basis"]},
                    **{"coverage": "complete", "left_out": "", "source_quality": quality.get(one["source_id"])},
                }
            ],
            schema=SIDE,
        ).with_columns(numerator=pl.lit(one["value"], pl.Float64), value=pl.lit(None, pl.Float64))
        for one in rows
    ]
    (pair,) = grade_pairs(paired(sides[0], sides[1], about["claim_scope"]), held.registers).iter_rows(named=True)
    months = min(_months(one) for one in rows)
    found = {
        **{when: one["value"] for when, one in zip(("baseline", "latest"), rows, strict=True)},
        **{f"{when}_period": _words(one) for when, one in zip(("baseline", "latest"), rows, strict=True)},
        **{"grade": pair["grade"], "reasons": pair["reasons"], "quarters": months // 3},
        "evidence": "; ".join(row[when] for when in ("baseline", "latest")),
    }
    if pair["grade"] not in ("A", "B"):
        return found
    test = difference_test(pair)
    return found | {"change": test.per_cent, "lower_95": test.lower, "upper_95": test.upper}


def _months(row: dict[str, Any]) -> int:
    start, end = row["period_start"], row["period_end"]
    return int((end.year - start.year) * 12 + end.month - start.month + 1)


def _words(row: dict[str, Any]) -> str:
    return f"{row['period_start']:%Y-%m} to {row['period_end']:%Y-%m}"


def _of_dispersion(row: dict[str, Any], held: Held) -> dict[str, Any]:
    """The systematic component of variation between the forces that have a figure in both years, and the change with bootstrap limits."""
    from transforms.statistics.dispersion import large_enough, systematic_component_of_variation

    years = [_year(held.indicators, row["measure_id"], row[when]) for when in ("baseline", "latest")]
    if any(year.is_empty() for year in years):
        return {}
    both = years[0].join(years[1], on="area_id", suffix="_latest").sort("area_id")
    counts = [both["numerator"].to_numpy(), both["numerator_latest"].to_numpy()]
    people = [both["denominator_used"].to_numpy(), both["denominator_used_latest"].to_numpy()]
    enough = large_enough(counts[0], people[0]) & large_enough(counts[1], people[1])
    counts, people = [one[enough] for one in counts], [one[enough] for one in people]
    values = [float(systematic_component_of_variation(o, n)) for o, n in zip(counts, people, strict=True)]
    picks = np.random.default_rng(_SEED).integers(0, enough.sum(), size=(_RESAMPLES, int(enough.sum())))
    resampled = [systematic_component_of_variation(o[picks], n[picks]) for o, n in zip(counts, people, strict=True)]
    # Limits of the difference, in per cent of the earlier value.
    lower, upper = np.nanpercentile((resampled[1] - resampled[0]) / values[0] * 100, [2.5, 97.5])
    sides = [side_of_indicators(year.filter(pl.col("area_id") == both["area_id"][0]), held.registers) for year in years]
    (pair,) = grade_pairs(paired(sides[0], sides[1]), held.registers).iter_rows(named=True)
    found = {
        **dict(zip(("baseline", "latest"), values, strict=True)),
        **{f"{when}_period": f"year to {row[when]}, {enough.sum()} forces" for when in ("baseline", "latest")},
        **{"grade": pair["grade"], "reasons": pair["reasons"], "quarters": 4},
        "evidence": f"out/indicators, measure {row['measure_id']}",
    }
    if pair["grade"] not in ("A", "B"):
        return found
    return found | {"change": (values[1] / values[0] - 1) * 100, "lower_95": float(lower), "upper_95": float(upper)}


def _year(indicators: pl.DataFrame, measure_id: str, end: str) -> pl.DataFrame:
    return indicators.filter(
        pl.col("is_preferred")
        & (pl.col("measure_id") == measure_id)
        & (pl.col("months") == 12)
        & (pl.col("area_kind") == "police_force_area")
        & (pl.col("period_end").dt.strftime("%Y-%m") == end)
        & pl.col("value").is_not_null()
    )
