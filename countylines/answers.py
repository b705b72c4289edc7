"""One number, with all that a reader has to know of it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from countylines.comparison import GRADES
from transforms.errors import CountyLinesError

if TYPE_CHECKING:
    import polars as pl

    from countylines.build import Build


def value(build: "Build", area: str, measure: str, period: str, edition: str | None) -> dict[str, Any]:
    """See ``Build.value``."""
    from transforms.answers import find_measure, find_numbers, period_asked

    if measure in GRADES:
        raise CountyLinesError(
            f"A PEEL grade is a word and no number; countylines compare {area!r} --measure peel_grade --period 2018/19 --with-period "
            "2021/22 prints grades."
        )
    measure_id = find_measure(build.numbers, measure)
    area_id = build.area_id(area, measure_id)
    asked = period_asked(period, build.numbers, [area_id], measure_id)
    why = build.why_missing(area_id, measure_id, asked)
    rows = find_numbers(build.numbers, area_id, measure_id, asked, why, edition)
    editions = build.table("raw/editions")
    answers = [answer(row, editions, why) for row in rows]
    return {**answers[0], "alternatives": answers[1:]}


def answer(row: dict[str, Any], editions: "pl.DataFrame", why: Sequence[str]) -> dict[str, Any]:
    """A row of out/indicators as an answer: what it is, what it was made of, and ``why`` it has no count."""
    (file_kind,) = editions.filter(source_id=row["source_id"], edition_id=row["edition_id"])["file_kind"]
    denominator = (row["denominator_observations"] or "").split("; ") if row["denominator"] else []
    return {
        "area_code": row["area_id"],
        "area_name": row["area_name"],
        "measure": row["measure_id"],
        "period": f"{row['period_start']:%Y-%m-%d}/{row['period_end']:%Y-%m-%d}",
        "months": row["months"],
        **{name: whole(row[name]) for name in ("numerator", "denominator", "denominator_used")},
        "denominator_edition": row["denominator_edition"],
        "denominator_rule": row["denominator_rule"],
        "denominator_cells": len(denominator),
        "denominator_kinds": _kinds(denominator, editions),
        "multiplier": row["multiplier"],
        "value": row["value"],
        "lower_95": row["lower_95"],
        "upper_95": row["upper_95"],
        "method": row["method"],
        "is_derived": row["is_derived"],
        "is_sum": "; " in (row["numerator_observations"] or ""),
        "coverage": row["coverage"],
        "coverage_note": row["coverage_note"],
        "status": row["status"],
        "why_missing": list(why) if row["numerator"] is None else [],
        "source": row["source_id"],
        "edition": row["edition_id"],
        "file_kind": file_kind,
        "vintage": row["vintage"],
        "indicator_id": row["indicator_id"],
    }


def _kinds(observation_ids: list[str], editions: "pl.DataFrame") -> list[str]:
    """What kinds of file (original, re-save, derived) some observations were read from."""
    named = {tuple(observation_id.split("/", 2)[:2]) for observation_id in observation_ids}
    kinds = {(row["source_id"], row["edition_id"]): row["file_kind"] for row in editions.iter_rows(named=True)}
    return sorted({kinds[source_id, edition_id] for source_id, edition_id in named})


def whole(number: float | None) -> int | float | None:
    """A number without needless decimals; full-time equivalents keep theirs, but not those that adding them up left behind."""
    if number is None:
        return None
    return int(number) if number.is_integer() else round(number, 6)
