"""Two figures side by side: their grade, their change where the grade allows one, and the sentence that may be published."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from transforms.errors import CountyLinesError

if TYPE_CHECKING:
    import polars as pl

    from countylines.build import Build

# The measure whose figures are words: by id and by code.
GRADES = ("peel_grade", "M21")
WHAT_TO_GIVE = "Give two areas and one period, one area with --period and --with-period, or one area with --with; without --period it is the newest."


def graded(
    build: "Build", area: str, other: str | None, measure: str, period: str, with_period: str | None, question: str
) -> dict[str, Any]:
    """See ``Build.graded``."""
    from reports import wording

    if (other is None) == (with_period is None):
        raise CountyLinesError(WHAT_TO_GIVE)
    pair = (_grades if measure in GRADES else _numbers)(
        build, measure, (area, other or area), (period, with_period or period), question
    )
    return {**pair, "sentence": wording.compared(pair)}


def beside(build: "Build", area: str, with_whom: str, measure: str, period: str) -> dict[str, Any]:
    """See ``Build.beside``."""
    import polars as pl

    from reports import wording
    from transforms.answers import find_measure, period_asked

    if measure in GRADES:
        raise CountyLinesError(
            "Grades of inspections are compared two at a time: give the second area instead of --with."
        )
    indicators = build.figures
    measure_id = find_measure(indicators, measure)
    area_id = build.area_id(area, measure_id)
    group = _group(build, area_id, with_whom, measure_id)
    having = set(indicators.filter(pl.col("measure_id") == measure_id)["area_id"])
    asked = period_asked(period, indicators, [area_id, *having.intersection(group.others)], measure_id)
    pairs, without = [], []
    for other_id in group.others:
        try:
            pairs.append(_pair(build, measure_id, (area_id, other_id), (asked, asked)))
        except CountyLinesError as error:  # of the area itself nothing may be held either: then it is said of each
            without.append(str(error))
    if not pairs:
        raise CountyLinesError(without[0])
    return {
        "with": group.words,
        "method": group.method,
        "pairs": [{**pair, "sentence": wording.compared(pair)} for pair in pairs],
        "without_figure": without,
    }


class _Group(NamedTuple):
    """Areas that one is set beside: their ids in order, what they are, and how they were chosen, a sentence each."""

    others: list[str]
    words: str
    method: list[str]


def _group(build: "Build", area_id: str, with_whom: str, measure_id: str) -> _Group:
    """The areas that a person means by neighbours, similar, region or a list of names."""
    import polars as pl

    from reports import wording
    from transforms.comparability import most_similar, stays

    known = build.registers
    name = next(iter(build.figures.filter(pl.col("area_id") == area_id)["area_name"]), area_id)
    if with_whom == "neighbours":
        near = known.neighbours.filter(pl.col("area_id") == area_id)
        if near.is_empty():
            raise CountyLinesError(
                f"{name} is no police force area, and neighbours are known of those alone; name areas."
            )
        return _Group(near["neighbour_id"].to_list(), "its neighbours", [wording.NEIGHBOURS])
    if with_whom == "region":
        region_id = next(iter(build.table("core/areas").filter(pl.col("area_id") == area_id)["region_id"]), None)
        if region_id is None:
            raise CountyLinesError(f"{name} is in no region; name areas.")
        return _Group([region_id], "its region", [])
    if with_whom == "similar":
        distances = build.table("out/similar")
        near = most_similar(distances).filter(pl.col("area_id") == area_id)
        if near.is_empty():
            raise CountyLinesError(
                f"No police force area is called similar to {name}: none is nearer to it than two taken at random usually are, or it is none itself. Name areas."
            )
        kept = stays(distances).filter(pl.col("area_id") == area_id).row(0, named=True)
        names = dict(known.areas.select("area_id", "name").iter_rows())
        listed = [(names[other], distance) for other, distance in near.select("other_id", "distance").iter_rows()]
        return _Group(
            near["other_id"].to_list(),
            "similar police force areas",
            [wording.SIMILAR, wording.distances(listed), wording.sensitivity(kept)],
        )
    others = [build.area_id(each, measure_id) for each in with_whom.split(",")]
    return _Group([each for each in dict.fromkeys(others) if each != area_id], "the areas named", [])


def _numbers(
    build: "Build", measure: str, areas: tuple[str, str], periods: tuple[str, str], question: str
) -> dict[str, Any]:
    """The graded pair of two indicators: as rates between areas, as counts over time."""
    from transforms.answers import find_measure, period_asked

    indicators = build.figures
    measure_id = find_measure(indicators, measure)
    first, second = (build.area_id(area, measure_id) for area in areas)
    one, other = (period_asked(period, indicators, [first, second], measure_id) for period in periods)
    return _pair(build, measure_id, (first, second), (one, other))


def _pair(
    build: "Build",
    measure_id: str,
    ids: tuple[str, str],
    asked: tuple[tuple[date, date], tuple[date, date]],
) -> dict[str, Any]:
    """The graded pair of the figures of two areas, or of two periods of one."""
    import polars as pl

    from transforms.answers import find_numbers
    from transforms.comparability import (
        difference_test,
        dispersion_of_series,
        grade_pairs,
        paired,
        side_of_indicators,
    )
    from transforms.statistics.counts import poisson_limits

    known, indicators = build.registers, build.figures
    rows = [
        find_numbers(indicators, area_id, measure_id, period, build.why_missing(area_id, measure_id, period))[0]
        for area_id, period in zip(ids, asked, strict=True)
    ]
    if rows[0]["indicator_id"] == rows[1]["indicator_id"]:
        raise CountyLinesError("Both are the same figure; give two areas or two periods.")
    over_time = ids[0] == ids[1]
    # A figure that is missing has no rate: what is missing is the figure, not the population.
    as_counts = over_time or any(row["numerator"] is None for row in rows)
    sides = [side_of_indicators(pl.DataFrame([row], schema=indicators.schema), known, as_counts) for row in rows]
    (pair,) = grade_pairs(paired(sides[0], sides[1]), known).iter_rows(named=True)
    about = known.measures.row(by_predicate=pl.col("measure_id") == pair["measure_id_a"], named=True)
    allowed = pair["grade"] in ("A", "B") and None not in (pair["numerator_a"], pair["numerator_b"])
    phi = dispersion_of_series(indicators, pair["measure_id_a"], ids[0]) if over_time else None
    test = difference_test(pair, phi) if allowed and pair["numerator_a"] else None
    return {
        **pair,
        **{f"status_{side}": row["status"] for side, row in zip("ab", rows, strict=True)},
        **{f"coverage_note_{side}": row["coverage_note"] for side, row in zip("ab", rows, strict=True)},
        "measure_name": about["name"],
        "unit_plural": about["unit_plural"],
        "over_time": over_time,
        "as_counts": as_counts,
        **{
            f"count_{limit}_95_{side}": None if row["numerator"] is None else float(at)
            for side, row in zip("ab", rows, strict=True)
            for limit, at in zip(("lower", "upper"), poisson_limits(row["numerator"] or 0), strict=True)
        },
        "breaks_in_words": _breaks(pair, known.breaks),
        "change": None if test is None else test._asdict(),
    }


def _breaks(pair: Mapping[str, Any], breaks: "pl.DataFrame") -> dict[str, str]:
    """The registered breaks between the figures, those that only need a note too: identifier and sentence.

    A break of coverage that lies between them is among them where a figure is missing or leaves a force out.
    """
    import polars as pl

    named = f"{pair['breaks']}, {pair['noted']}".split(", ")
    first = min(pair["period_start_a"], pair["period_start_b"])
    last = max(pair["period_end_a"], pair["period_end_b"])
    of_coverage = (pl.col("dimension") == "C") & (
        pl.col("area_id").is_in([pair[f"area_id_{side}"] for side in "ab" if pair[f"coverage_{side}"] == "absent"])
        | pl.lit("partial" in (pair["coverage_a"], pair["coverage_b"]))
    )
    between = breaks.filter(
        pl.col("break_id").is_in(named) | of_coverage,
        pl.col("measure_id").is_in([pair["measure_id_a"], pair["measure_id_b"]]),
        pl.coalesce("valid_to", "date") > first,
        pl.col("date") <= last,
    )
    return dict(
        between.group_by("break_id", maintain_order=True)
        .agg(pl.col("in_words").unique(maintain_order=True).str.join(" "))
        .sort("break_id")
        .iter_rows()
    )


def _grades(
    build: "Build", measure: str, areas: tuple[str, str], periods: tuple[str, str], question: str
) -> dict[str, Any]:
    """The graded pair of two inspection grades."""
    import polars as pl

    from transforms.comparability import grade_pairs, paired
    from transforms.inspection import find_grade, load_scale, newest_cycle, sides_of_grades

    known = build.registers
    held, scale = build.table("out/inspection_grades"), load_scale(build.place.data())
    ids = [build.area_id(area) for area in areas]
    asked = [newest_cycle(held, scale, ids, question) if cycle.lower() == "latest" else cycle for cycle in periods]
    rows = [
        find_grade(held, scale, known.areas, area_id, cycle, question)
        for area_id, cycle in zip(ids, asked, strict=True)
    ]
    sides = sides_of_grades(pl.DataFrame(rows, schema=held.schema))
    (pair,) = grade_pairs(paired(sides[:1], sides[1:]), known).iter_rows(named=True)
    return {
        **pair,
        **{
            f"{name}_{side}": row[name]
            for side, row in zip("ab", rows, strict=True)
            for name in ("word", "cycle", "area_name", "reason")
        },
        "graded_by_cycle": dict(scale.cycles.select("cycle", "graded").iter_rows()),
        "lower_a": rows[0]["lower"],
        "upper_a": rows[0]["upper"],
        "lower_b": rows[1]["lower"],
        "upper_b": rows[1]["upper"],
        "measure_name": f"PEEL grade, {question}",
        "over_time": asked[0] != asked[1],
        "breaks_in_words": _breaks(pair, known.breaks),
        "change": None,
    }
