"""The values of an indicator of a finding, earlier and latest, from what is held: cells, observations, indicators, registers, the ledger."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

import numpy as np
import polars as pl

from transforms.comparability import (
    difference_test,
    dispersion_of_series,
    grade_pairs,
    paired,
    side_of_indicators,
    side_of_observations,
)
from transforms.comparability.allowed import months
from transforms.comparability.pairs import SIDE
from transforms.contracts.tables import EXCLUDED, INSPECTION_GRADES
from transforms.errors import RegisterError
from transforms.harmonise.registers import Registers
from transforms.indicators.local_authorities import FACTORS, POPULATION, without_implausible_zeros
from transforms.indicators.shares import SHARES
from transforms.inspection.claim_check import NORFOLK, claim_check
from transforms.inspection.curated import about_measure, days, side_of_cell
from transforms.inspection.first_responders import child_criminal_referrals, share_of_local_authorities
from transforms.sources.registry import Source

_SIDES = ("baseline", "latest")
# Divides a cell by the months of its own period.
MONTHS = "months"
_RESAMPLES, _SEED = 2000, 20200110
_WORDS, _SINCE_2022 = (
    ("outstanding", "good", "adequate", "requires improvement", "inadequate"),
    "inspections since 2022",
)
_QUARTERS, _YEAR = 4, 12
REPORTED: Final = date(2020, 1, 1)
"""The month of the inspection's report: a baseline is what was known of a year that was over then."""
_LATER_BASELINE = "The earlier figure is of the first year held, which is later than the report of January 2020."
_NATION, _ENGLAND = "K04000001", "E92000001"
_LEDGER, _REGISTER = "out/comparability", "data/registers"

_NOTHING: dict[str, Any] = {
    **{f"{when}{what}": None for when in _SIDES for what in ("", "_period", "_lower_95", "_upper_95")},
    **dict.fromkeys(("change", "lower_95", "upper_95", "grade", "reasons", "evidence", "pair")),
    "quarters": 0,
}


@dataclass(frozen=True)
class Held:
    """What indicators are worked out from: raw cells of curated sources, observations, indicators, the ledger, registers.

    ``sources`` are those of which an edition is held, by id; ``excluded`` are the cells that reach no observation, ``grades`` is out/inspection_grades.
    """

    cells: pl.DataFrame
    observations: pl.DataFrame
    indicators: pl.DataFrame
    ledger: pl.DataFrame
    registers: Registers
    sources: Mapping[str, Source] = field(default_factory=dict)
    excluded: pl.DataFrame = field(default_factory=EXCLUDED.schema.to_frame)
    grades: pl.DataFrame = field(default_factory=INSPECTION_GRADES.schema.to_frame)


def worked_out(row: dict[str, Any], held: Held, facts: pl.DataFrame) -> dict[str, Any]:
    """Values, periods, own limits, change with limits, grade, reasons, quarters and evidence of one row of finding_indicators.csv.

    ``pair`` is the graded pair of its two figures, as a frame of one row; null where none was compared. ``facts`` is stated_facts.csv. What is not held stays null. Raises RegisterError for a reference to nothing in an edition that is held.
    """
    match row["kind"]:
        case "cells":
            return _NOTHING | _of_cells(row, held)
        case "observations":
            return _NOTHING | _of_observations(row, held)
        case "indicators":
            return _NOTHING | _of_indicators(row, held)
        case "years":
            return _NOTHING | _of_years(row, held)
        case "few in a year":
            return _NOTHING | _of_few(row, held)
        case "ratio of years":
            return _NOTHING | _of_ratio(row, held)
        case "share":
            return _NOTHING | _of_share(row, held)
        case "share of local authorities":
            return _NOTHING | _of_local_authorities(row, held)
        case "systematic variation" | "between-area deviation":
            return _NOTHING | _of_dispersion(row, held)
        case "stated":
            return _NOTHING | _of_facts(row, facts) | _what_is_missing(row, held)
        case "not held":
            return _NOTHING | _what_is_missing(row, held)
        case "grades":
            return _NOTHING | _of_grades(row, held)
        case "claim":
            return _NOTHING | _of_claim(held)
        case "ledger":
            comparable = held.ledger["grade"].is_in(["A", "B"]).sum() / max(len(held.ledger), 1)
            return _NOTHING | {"latest": comparable * 100, "latest_period": "this build", "evidence": _LEDGER}
        case "definitions":
            named = row["latest"].split(";")
            found = held.registers.definitions.filter(pl.col("definition_id").is_in(named))
            return _NOTHING | {
                **{"latest": float(len(found)), "latest_period": "this build"},
                "evidence": f"{_REGISTER}/definitions.csv: {', '.join(found['definition_id'])}",
            }
        case _:
            return dict(_NOTHING)


def _of_facts(row: dict[str, Any], facts: pl.DataFrame) -> dict[str, Any]:
    """Numbers that a publisher stated in words: shown, never graded, so that they decide nothing."""
    found = {when: facts.row(by_predicate=pl.col("fact_id") == row[when], named=True) for when in _SIDES if row[when]}
    return {
        **{when: float(fact["value"]) for when, fact in found.items()},
        **{f"{when}_period": fact["period"] for when, fact in found.items()},
        "evidence": "; ".join(f"{fact['words']} ({fact['evidence']}; {fact['sure']})" for fact in found.values()),
    }


def _what_is_missing(row: dict[str, Any], held: Held) -> dict[str, Any]:
    """``why_not`` of an indicator that needs an edition, where one is held: what is held, and that this is not worked out from it; else nothing."""
    needed, measure_id = row["needs_edition_of"], row["measure_id"]
    if not needed:
        return {}
    of_source = held.observations.filter(pl.col("source_id") == needed)
    of_measure = of_source.filter(pl.col("measure_id") == measure_id)
    figures = of_source if of_measure.is_empty() else of_measure
    if figures.is_empty():
        found = held.sources.get(needed)
        return {"why_not": f"Held, but this is not worked out from it: {found.title}."} if found else {}
    names = dict(held.registers.measures.select("measure_id", "name").iter_rows())
    counted = names[measure_id] if len(of_measure) else "of all measures"
    first, last = (
        f"{day:%Y-%m}" for day in figures.select(pl.col("period_start").min(), pl.col("period_end").max()).row(0)
    )
    return {
        "why_not": f"{len(figures):,} figures are held that this is not worked out from: {counted}, {first} to {last} ({needed})."
    }


def _of_grades(row: dict[str, Any], held: Held) -> dict[str, Any]:
    """Of the bodies with a grade in the newest cycle, how many in 100 are graded adequate or better; ``latest`` names the question, or is
    blank for the inspections of serious and organised crime. Never beside another cycle, and never beside itself: the words of each are counted in ``why_not``.
    """
    question = row["latest"]
    if question:
        graded = held.grades.filter((pl.col("question") == question) & pl.col("word").is_not_null())
        words = graded.sort("last_day", descending=True).select("cycle", "word")
        evidence = "out/inspection_grades"
    else:
        cells = held.cells.filter(
            (pl.col("source_id") == row["source_id"])
            & (pl.col("kind") == "figure")
            & pl.col("value_text").is_not_null()
        )
        words = cells.select(pl.lit(_SINCE_2022).alias("cycle"), pl.col("value_text").str.to_lowercase().alias("word"))
        evidence = f"raw/{row['source_id']}"
    if words.is_empty():
        return {}
    cycles = [(cycle, of["word"].to_list()) for (cycle,), of in words.group_by("cycle", maintain_order=True)]
    newest, given = cycles[0]
    said = "; ".join(
        f"{cycle}: {', '.join(f'{given.count(word)} {word}' for word in _WORDS if word in given)}"
        for cycle, given in cycles
    )
    fine = sum(word in _WORDS[: _WORDS.index("adequate") + 1] for word in given)
    return {
        "latest": fine * 100 / len(given),
        # With a dash of its own: a cycle is no month.
        "latest_period": f"{newest.replace('-', '–')}, {len(given)} bodies",
        "why_not": f"Grades held, {said}. Cycles are never compared.",
        "evidence": evidence,
    }


def _of_claim(held: Held) -> dict[str, Any]:
    """P(highest rate) of Norfolk among the places of the first London report with a printed number."""
    links = held.indicators.filter(measure_id="london_linked_individuals", area_id=NORFOLK)
    if links["edition_id"].n_unique() < len(_SIDES):
        return {}
    found = claim_check(held.indicators, held.observations)
    return {
        **{"baseline": found["probability_highest"] * 100, "baseline_period": f"{found['months']} months"},
        "evidence": found["indicator_id"],
    }


def _graded(first: pl.DataFrame, second: pl.DataFrame, held: Held, claim_scope: str | None = None) -> pl.DataFrame:
    """The pair of the two sides, graded: a frame of one row. Of several areas' sides, the pair with the worst grade."""
    graded = grade_pairs(paired(first, second, claim_scope), held.registers)
    return graded.sort("grade", maintain_order=True).tail(1)


def _said_of(pair: pl.DataFrame) -> dict[str, Any]:
    return {"grade": pair["grade"][0], "reasons": pair["reasons"][0], "pair": pair}


def _evidence(row: dict[str, Any]) -> str:
    parts = [row[key] for key in ("baseline", "baseline_per", "latest", "latest_per")]
    return "; ".join(part for part in parts if part and part != MONTHS)


def _about(row: dict[str, Any], held: Held) -> dict[str, Any]:
    return about_measure(row["measure_id"], held.registers)


def _is_held(frame: pl.DataFrame, reference: str) -> bool:
    """Whether the edition of a reference is held: a report on an earlier day has fewer of them."""
    source_id, edition_id = reference.split("/")[:2]
    return len(frame.filter((pl.col("source_id") == source_id) & (pl.col("edition_id") == edition_id))) > 0


def _of_cells(row: dict[str, Any], held: Held) -> dict[str, Any]:
    """Values of curated cells, or their ratio; graded as weeks or cumulative outputs whose coverage nobody states."""
    sides = {when: _cell_side(row, when, held) for when in _SIDES}
    found: dict[str, Any] = {"evidence": _evidence(row)}
    for when, side in sides.items():
        if side is not None:
            found |= {when: side["value"], f"{when}_period": side["period_text"]}
    first, second = (None if side is None else pl.DataFrame([side["side"]], schema=SIDE) for side in sides.values())
    if first is None or second is None:
        return found
    return found | _said_of(_graded(first, second, held, "programme output"))


def _cell_side(row: dict[str, Any], when: str, held: Held) -> dict[str, Any] | None:
    if not row[when] or not _is_held(held.cells, row[when]):
        return None
    cell = _cell(held.cells, row[when])
    value = float(cell["value_text"])
    if row[f"{when}_per"] == MONTHS:
        value /= months(*days(cell["period_text"]))
    elif row[f"{when}_per"]:
        per = float(_cell(held.cells, row[f"{when}_per"])["value_text"])
        value = value / per * float(row["scale"])
    side = side_of_cell(cell, _about(row, held), per_month=row[f"{when}_per"] == MONTHS)
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


def _of_observations(row: dict[str, Any], held: Held) -> dict[str, Any]:
    """Published counts, or rates of them on published populations; graded, and changed in per cent where the grade allows it.

    One figure a year tells nothing of overdispersion: the change has no limits.
    """
    given = [when for when in _SIDES if row[when]]
    if not all(_is_held(held.observations, row[when]) for when in given):
        return {}
    rows = {when: _observation(held, row[when]) for when in given}
    residents = {
        when: _observation(held, row[f"{when}_per"])["value"] if row[f"{when}_per"] else None for when in given
    }
    sides = {
        when: side_of_observations(
            pl.DataFrame([one], schema=held.observations.schema).with_columns(
                residents=pl.lit(residents[when], pl.Float64)
            ),
            held.registers,
        )
        for when, one in rows.items()
    }
    found = {
        **{when: side["value" if residents[when] else "numerator"][0] for when, side in sides.items()},
        **{f"{when}_period": _words(one) for when, one in rows.items()},
        "evidence": _evidence(row),
    }
    if len(given) < len(_SIDES):
        return found
    pair = _graded(sides["baseline"], sides["latest"], held)
    quarters = min(months(one["period_start"], one["period_end"]) for one in rows.values()) // 3
    return found | _changed(pair) | _said_of(pair) | {"quarters": quarters}


def _observation(held: Held, reference: str) -> dict[str, Any]:
    found = held.observations.filter(pl.col("observation_id") == reference)
    if found.is_empty():
        raise RegisterError(f"finding_indicators.csv: no observation {reference} is held; correct the reference.")
    return found.row(0, named=True)


def _of_indicators(row: dict[str, Any], held: Held) -> dict[str, Any]:
    """Two rows of out/indicators as rates with their limits."""
    found = [held.indicators.filter(pl.col("indicator_id") == row[when]) for when in _SIDES]
    if any(one.is_empty() for one in found):
        return {}
    return _of_two(found[0], found[1], held)


def _of_years(row: dict[str, Any], held: Held) -> dict[str, Any]:
    """The newest twelve months of a measure in England and Wales beside those of its baseline (``_two_years``); what is missing, in words."""
    rows = held.indicators.filter(
        pl.col("is_preferred")
        & (pl.col("measure_id") == row["measure_id"])
        & (pl.col("area_id") == _NATION)
        & (pl.col("months") == _YEAR)
        & pl.col("value").is_not_null()
    ).sort("period_end")
    if rows.is_empty():
        return _quarters_alone(row, held)
    first, newest = _two_years(rows)
    if first.equals(newest):
        return {
            **_value_of("latest", newest),
            "evidence": newest["indicator_id"][0],
            "why_not": "One year only is held.",
        }
    return _of_two(first, newest, held) | {"why_not": _later(first)}


def _quarters_alone(row: dict[str, Any], held: Held) -> dict[str, Any]:
    """``why_not`` of a measure that has quarters in England and Wales and no four in a row; nothing where it has none."""
    quarters = held.indicators.filter(
        pl.col("is_preferred")
        & (pl.col("measure_id") == row["measure_id"])
        & (pl.col("area_id") == _NATION)
        & pl.col("value").is_not_null()
    )
    if quarters.is_empty():
        return {}
    first, last = (
        f"{day:%Y-%m}" for day in quarters.select(pl.col("period_start").min(), pl.col("period_end").max()).row(0)
    )
    count = f"{len(quarters)} quarters are" if len(quarters) > 1 else "One quarter is"
    return {"why_not": f"{count} held that may be shown, {first} to {last}; a year needs four in a row."}


def _two_years(rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The baseline and the newest of years in order of time: a row each, the same one where one only is held.

    The baseline is the last year of the same months that was over when the inspection reported; where none is held that is so old, the first.
    """
    newest = rows.tail(1)
    same_months = rows.filter(pl.col("period_end").dt.month() == newest["period_end"].dt.month())
    before = same_months.filter(pl.col("period_end") < REPORTED)
    return (before.tail(1) if len(before) else same_months.head(1)), newest


def _later(first: pl.DataFrame) -> str | None:
    """That a baseline is later than the report whose findings it stands for; None where it is not."""
    return None if first["period_end"][0] < REPORTED else _LATER_BASELINE


def _of_few(row: dict[str, Any], held: Held) -> dict[str, Any]:
    """How many police forces counted at most ``scale`` in the twelve months of the baseline and in the newest, graded like the counts themselves."""
    years = held.indicators.filter(
        pl.col("is_preferred")
        & (pl.col("measure_id") == row["measure_id"])
        & (pl.col("area_kind") == "police_force_area")
        & (pl.col("months") == _YEAR)
        & pl.col("numerator").is_not_null()
    )
    ends = years.select("period_start", "period_end").unique().sort("period_end")
    if ends.is_empty():
        return {}
    first, newest = _two_years(ends)
    if first.equals(newest):
        return {}
    of_years = [years.filter(period_end=year["period_end"][0]).sort("area_id") for year in (first, newest)]
    both = of_years[0].select("area_id").join(of_years[1].select("area_id"), on="area_id").sort("area_id")
    sides = [
        side_of_indicators(
            both.join(year, on="area_id", maintain_order="left").select(year.columns), held.registers, as_counts=True
        )
        for year in of_years
    ]
    pair = _graded(sides[0], sides[1], held).with_columns(
        pl.lit(f"areas with few {row['measure_id']} to {year['period_end'][0]}").alias(f"figure_id_{side}")
        for side, year in zip(("a", "b"), (first, newest), strict=True)
    )
    found = {
        when: float((year["numerator"] <= float(row["scale"])).sum())
        for when, year in zip(_SIDES, of_years, strict=True)
    }
    few = [year.filter(pl.col("numerator") <= float(row["scale"]))["indicator_id"].to_list() for year in of_years]
    return {
        **found,
        **{
            f"{when}_period": _words(year.row(0, named=True))
            for when, year in zip(_SIDES, (first, newest), strict=True)
        },
        "quarters": 4,
        "evidence": "; ".join([*few[0], *few[1]]) or f"measure {row['measure_id']}, {len(both)} areas",
        "why_not": _later(first),
        **_said_of(pair.with_columns(pl.lit(_NATION).alias(f"area_id_{side}") for side in ("a", "b"))),
    }


def _of_ratio(row: dict[str, Any], held: Held) -> dict[str, Any]:
    """A count in England and Wales for each of another (``latest_per``), in the first and in the newest twelve months for which both are held."""
    counts, others = (
        held.indicators.filter(
            pl.col("is_preferred")
            & (pl.col("measure_id") == measure_id)
            & (pl.col("area_id") == _NATION)
            & (pl.col("months") == _YEAR)
            & pl.col("value").is_not_null()
        )
        for measure_id in (row["measure_id"], row["latest_per"])
    )
    period = ["period_start", "period_end"]
    both = counts.join(others.select(*period, others="numerator", others_id="indicator_id"), on=period).sort(
        "period_end"
    )
    if both.is_empty():
        return {}
    before = both.filter(pl.col("period_end") < REPORTED)
    first, newest = (before.tail(1) if len(before) else both.head(1)), both.tail(1)
    found: dict[str, Any] = {
        "evidence": "; ".join(one[name][0] for one in (first, newest) for name in ("indicator_id", "others_id")),
        "quarters": 4,
        "why_not": _later(first),
    }
    for when, one in zip(_SIDES, (first, newest), strict=True):
        found |= {when: one["numerator"][0] / one["others"][0], f"{when}_period": _words(one.row(0, named=True))}
    sides = [side_of_indicators(one.select(held.indicators.columns), held.registers) for one in (first, newest)]
    pair = _graded(sides[0], sides[1], held).with_columns(
        pl.lit(f"{row['measure_id']} for each of {row['latest_per']} to {one['period_end'][0]}").alias(
            f"figure_id_{side}"
        )
        for side, one in zip(("a", "b"), (first, newest), strict=True)
    )
    return found | _said_of(pair)


def _of_two(first: pl.DataFrame, second: pl.DataFrame, held: Held) -> dict[str, Any]:
    """An earlier and a later row of out/indicators with their limits, graded, and changed where the grade allows it."""
    pair = _graded(side_of_indicators(first, held.registers), side_of_indicators(second, held.registers), held)
    return {
        **_value_of("baseline", first),
        **_value_of("latest", second),
        "quarters": min(first["months"][0], second["months"][0]) // 3,
        "evidence": f"{first['indicator_id'][0]}; {second['indicator_id'][0]}",
        **_said_of(pair),
        **_changed(pair, _beyond_chance(second, held)),
    }


def _beyond_chance(row: pl.DataFrame, held: Held) -> float | None:
    """φ of the quarters of a figure's measure in its area; of a share, of the counts of which it is the share. None where too few are held."""
    measure_id, area_id = row["measure_id"][0], row["area_id"][0]
    counts = SHARES[measure_id].counts if measure_id in SHARES else measure_id
    return dispersion_of_series(held.indicators, counts, area_id)


def _value_of(when: str, row: pl.DataFrame) -> dict[str, Any]:
    one = row.row(0, named=True)
    limits = {f"{when}_{limit}": one[limit] for limit in ("lower_95", "upper_95")}
    return {when: one["value"], f"{when}_period": _words(one), **limits}


def _of_share(row: dict[str, Any], held: Held) -> dict[str, Any]:
    """A measure as a share of others in the twelve months to a month, all police bodies of England and Wales together, in per cent.

    ``baseline`` and ``latest`` are months, the ``_per`` of each the measures added up below the line. Limits of the shares are Wilson's. The
    change has none: nothing is known of how much such a share varies beyond chance. Null unless four quarters are held.
    """
    from transforms.statistics.proportions import proportion

    shares = {when: _share(row, when, held) for when in _SIDES}
    years = {when: share for when, share in shares.items() if share is not None}
    if len(years) < len(_SIDES):
        return {}
    found: dict[str, Any] = {
        "quarters": 4,
        "evidence": f"measures {row['measure_id']} and {row['latest_per']}, years to {row['baseline']} and {row['latest']}",
    }
    for when, year in years.items():
        share = proportion(year["count"], year["of"])
        found |= {
            when: year["count"] / year["of"] * 100,
            f"{when}_lower_95": float(share.lower) * 100,
            f"{when}_upper_95": float(share.upper) * 100,
            f"{when}_period": f"year to {row[when]}",
        }
    first, second = (pl.DataFrame([year["side"]], schema=SIDE) for year in years.values())
    found |= _said_of(_graded(first, second, held, _about(row, held)["claim_scope"]))
    if found["grade"] not in ("A", "B"):
        return found
    return found | {"change": (found["latest"] / found["baseline"] - 1) * 100}


def _share(row: dict[str, Any], when: str, held: Held) -> dict[str, Any] | None:
    """Both counts of the year, and its side: that of the sum of four quarters, all of which must be held."""
    end = pl.lit(f"{row[when]}-01").str.to_date().dt.month_end()
    of_year = held.observations.filter(
        (pl.col("source_id") == row["source_id"])
        & (pl.col("area_kind") != "published_total")
        & (pl.col("period_end") <= end)
        & (pl.col("period_end") > end.dt.offset_by("-12mo"))
    )
    if of_year["period_end"].n_unique() < _QUARTERS:
        return None
    # Of a quarter that several editions print, the newest says what is known.
    of_year = of_year.filter(pl.col("vintage") == pl.col("vintage").max().over("period_end"))
    about = _about(row, held)
    quality = held.registers.source_quality.row(by_predicate=pl.col("source_id") == row["source_id"], named=True)
    side = {
        **dict.fromkeys(SIDE),
        **{"figure_id": f"{row['measure_id']} to {row[when]}", "measure_id": row["measure_id"]},
        **{"definition_id": about["definition_id"], "unit_id": "per_cent", "multiplier": 100},
        **{"population": row[f"{when}_per"], "population_rule": "canonical", "redenominated": False},
        **{"period_kind": "interval", "recut": True, "per_month": False},
        **{"period_start": of_year["period_start"].min(), "period_end": of_year["period_end"].max()},
        **{"area_id": _NATION, "level": "countries", "geography_basis": about["geography_basis"]},
        **{"coverage": "complete", "left_out": "", "source_quality": quality["quality"]},
    }
    counts = {
        name: float(of_year.filter(pl.col("measure_id").is_in(measures))["value"].sum())
        for name, measures in (("count", [row["measure_id"]]), ("of", row[f"{when}_per"].split(";")))
    }
    return {**counts, "side": side}


def _of_local_authorities(row: dict[str, Any], held: Held) -> dict[str, Any]:
    """Local authorities among all first responders of children with criminal exploitation, in the same quarters of two years; as ``_of_share``."""
    counts = child_criminal_referrals(held.observations, held.excluded, held.registers)
    quality = held.registers.source_quality.row(by_predicate=pl.col("source_id") == row["source_id"], named=True)
    about = _about(row, held)
    shares = share_of_local_authorities(row, counts, about, quality["quality"])
    if shares is None:
        return {}
    found, sides = shares
    found |= _said_of(_graded(sides.head(1), sides.tail(1), held, about["claim_scope"])) | {"why_not": None}
    if found["grade"] not in ("A", "B"):
        return found
    return found | {"change": (found["latest"] / found["baseline"] - 1) * 100}


def _changed(pair: pl.DataFrame, phi: float | None = None) -> dict[str, Any]:
    if pair["grade"][0] not in ("A", "B"):
        return {}
    test = difference_test(pair.row(0, named=True), phi)
    return {"change": test.per_cent, "lower_95": test.lower, "upper_95": test.upper}


def _words(row: dict[str, Any]) -> str:
    return f"{row['period_start']:%Y-%m} to {row['period_end']:%Y-%m}"


def _of_dispersion(row: dict[str, Any], held: Held) -> dict[str, Any]:
    """How unlike areas are in both years, those with a figure in both, with bootstrap limits of either value and of their difference.

    SCV×100 or τ (transforms.statistics.dispersion); between authorities for assessments of children, else between police force areas. Areas that would count
    fewer than ten at the common rate are left out of both. The same areas are drawn for both years.
    """
    from transforms.statistics.dispersion import (
        between_area_deviation,
        large_enough,
        systematic_component_of_variation,
    )

    measure = systematic_component_of_variation if row["kind"] == "systematic variation" else between_area_deviation
    across, nation = (_across_authorities, _ENGLAND) if row["measure_id"] in FACTORS else (_across_forces, _NATION)
    years = [across(row["measure_id"], row[when], held) for when in _SIDES]
    if any(year.is_empty() for year in years):
        return {}
    both = years[0].join(years[1], on="area_id", suffix="_latest").sort("area_id")
    counts = [both[name].to_numpy() for name in ("numerator", "numerator_latest")]
    people = [both[name].to_numpy() for name in ("residents", "residents_latest")]
    enough = large_enough(counts[0], people[0]) & large_enough(counts[1], people[1])
    counts, people = [one[enough] for one in counts], [one[enough] for one in people]
    values = [float(measure(o, n)) for o, n in zip(counts, people, strict=True)]
    picks = np.random.default_rng(_SEED).integers(0, enough.sum(), size=(_RESAMPLES, int(enough.sum())))
    resampled = [measure(o[picks], n[picks]) for o, n in zip(counts, people, strict=True)]
    # Limits of the difference, in per cent of the earlier value.
    lower, upper = np.nanpercentile((resampled[1] - resampled[0]) / values[0] * 100, [2.5, 97.5])
    in_both = both.select("area_id")
    first, second = (in_both.join(year, on="area_id", maintain_order="left").select(year.columns) for year in years)
    pair = _graded(first, second, held).with_columns(
        pl.lit(f"{row['kind']} of {row['measure_id']} to {row[when]}").alias(f"figure_id_{side}")
        for side, when in zip(("a", "b"), _SIDES, strict=True)
    )
    found: dict[str, Any] = {
        "evidence": f"measure {row['measure_id']}, {enough.sum()} areas, years to {row['baseline']} and {row['latest']}",
        **_said_of(pair.with_columns(pl.lit(nation).alias(f"area_id_{side}") for side in ("a", "b"))),
        "quarters": 4,
        "why_not": None,
    }
    for when, value, drawn in zip(_SIDES, values, resampled, strict=True):
        own = np.nanpercentile(drawn, [2.5, 97.5])
        found |= {when: value, f"{when}_lower_95": float(own[0]), f"{when}_upper_95": float(own[1])}
        found[f"{when}_period"] = f"year to {row[when]}, {enough.sum()} areas"
    if found["grade"] not in ("A", "B"):
        return found
    return found | {"change": (values[1] / values[0] - 1) * 100, "lower_95": float(lower), "upper_95": float(upper)}


def _across_forces(measure_id: str, end: str, held: Held) -> pl.DataFrame:
    """Sides of every police force area with a rate for twelve months, with numerator and residents."""
    rows = held.indicators.filter(
        pl.col("is_preferred")
        & (pl.col("measure_id") == measure_id)
        & (pl.col("months") == 12)
        & (pl.col("area_kind") == "police_force_area")
        & (pl.col("period_end").dt.strftime("%Y-%m") == end)
        & pl.col("value").is_not_null()
    )
    return side_of_indicators(rows, held.registers).with_columns(rows["denominator_used"].alias("residents"))


def _across_authorities(measure_id: str, end: str, held: Held) -> pl.DataFrame:
    """Sides of every local authority with a figure and children, with numerator and residents; an implausible zero is no figure."""
    known = without_implausible_zeros(held.observations).filter(
        (pl.col("area_kind") == "local_authority") & pl.col("value").is_not_null()
    )
    children = known.filter(pl.col("measure_id") == POPULATION).sort("vintage")
    newest = children.unique(["area_id", "period_end"], keep="last", maintain_order=True).select(
        "area_id", mid_year="period_end", residents="value"
    )
    year = known.filter(
        (pl.col("measure_id") == measure_id) & (pl.col("period_end").dt.strftime("%Y-%m") == end)
    ).with_columns(mid_year=pl.date(pl.col("period_start").dt.year(), 6, 30))
    # Each release prints the years before again: the newest says what is known.
    year = year.sort("vintage").unique("area_id", keep="last", maintain_order=True)
    return side_of_observations(year.join(newest, on=["area_id", "mid_year"]), held.registers)
