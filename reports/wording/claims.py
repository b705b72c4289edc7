"""Claims checked: the verdict first, then why, then the figures."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from reports import formats
from reports.document import Number, Prose
from reports.wording.comparability import reasons
from reports.wording.words import capitalised, joined, ordinal, plain, plural, signed

VERDICTS_MEANING: Final = (
    "Supported, or not supported: the figures are held, their grade allows it, and the difference is beyond what chance can make. Not "
    "established: figures of others are missing, or the difference is within chance. Not comparable: the grade is C or X, or B for a place "
    "among all. Not measurable: nobody publishes the figure, or none is held. For the largest or smallest of a group its probability must "
    "be 0.95 or more. The rule is the same for every area and measure; a verdict is about published figures, and never about a cause."
)
_RELATIONS: Final = {
    "highest": "is the largest of its group by rate",
    "lowest": "is the smallest of its group by rate",
    "higher-than": "is larger than that of {other}",
    "lower-than": "is smaller than that of {other}",
    "fell": "is smaller than in {earlier}",
    "rose": "is larger than in {earlier}",
}
# Probabilities come from 20,000 draws: nothing closer to zero or one is said.
_LEAST_SAID: Final = 0.01
_OF_ALL: Final = ("highest", "lowest")


CHECK_YOURSELF: Final = (
    "The command countylines check gives a verdict in the same way on any area and measure, for example: countylines check Norfolk highest "
    "drug_offences latest."
)


def claims_in_short(counted: Mapping[str, int]) -> str:
    """How many claims have which verdict: 'Eleven claims: 6 not comparable, 3 not measurable and 2 not established.'"""
    said = [f"{formats.small_number(number)} {verdict}" for verdict, number in counted.items() if number]
    all_claims = sum(counted.values())
    return f"{formats.count(all_claims)} {plural(all_claims, 'claim', 'claims')}: {joined(said)}."


def said_by(row: Mapping[str, Any]) -> str:
    """Who said it and when: 'LBC, 26 May 2021'."""
    if row["said_on"] is None:
        return f"{row['said_by']}, day not known"
    year, *rest = (int(part) for part in row["said_on"].split("-"))
    if not rest:
        return f"{row['said_by']}, {year}"
    day = date(year, rest[0], rest[1] if len(rest) > 1 else 1)
    return f"{row['said_by']}, {formats.day(day) if len(rest) > 1 else formats.month(day)}"


def claim_heading(row: Mapping[str, Any], measure: str | None) -> str:
    """What a claim is about: 'Norfolk: London-linked individuals, May 2019 to April 2020'."""
    about = measure or "a figure that nobody publishes by area"
    return f"{row['area_name']}: {_lowered(about)}, {_period(row)}"


def verdict_of(row: Mapping[str, Any]) -> str:
    """The verdict as a reader sees it: 'Not established'."""
    return capitalised(row["verdict"])


def question(row: Mapping[str, Any], measure: str) -> str:
    """What is checked, in words: 'Norfolk, drug offences, year ending December 2025: is the largest of its group by rate?'"""
    said = _RELATIONS[row["relation"]].format(other=row["other_name"], earlier=_earlier(row))
    more = f", by more than {formats.percentage(row['by_more_than'])}" if row["by_more_than"] else ""
    return f"{row['area_name']}, {_lowered(measure)}, {_period(row)}: {said}{more}?"


def why(row: Mapping[str, Any]) -> str:
    """Why the verdict is what it is, in one or two sentences; ``row`` has the columns of out/claims."""
    return f"{_BECAUSE[row['because']](row)}{_derived(row)}"


def claim_figures(row: Mapping[str, Any], unit: str) -> Prose:
    """The figure of the claim, and the one beside it; nothing where none is held. ``unit`` is that of the measure, for several."""
    if row["numerator"] is None:
        return ()
    said: Prose = (f"{row['area_name']}, {_period(row)}: ", *_figure(row, "", unit))
    if row["value"] is not None and row["lower_95"] is not None:
        limits = formats.interval(row["lower_95"], row["upper_95"])
        said = (*said, f" (95% interval {limits})")
    if row["other_numerator"] is None:
        return (*said, ".")
    beside = f"; in {_earlier(row)}: " if row["earlier_start"] else f"; {row['other_name']}: "
    return (*said, beside, *_figure(row, "other_", unit), ".")


def claim_grade(row: Mapping[str, Any]) -> str:
    """The grade with its reasons: 'Grade C: period differs'; where nothing was graded, 'none'."""
    if row["grade"] is None:
        return "none"
    return f"{row['grade']}" + (f": {reasons(row['reasons'])}" if row["reasons"] else "")


def claim_lines(row: Mapping[str, Any], measure: str, unit: str) -> list[str]:
    """What countylines check prints: the verdict first, then what was checked, why, the figures, and the grade."""
    figures = plain(claim_figures(row, unit))
    remedy = f"  it would take: {row['remedy']}" if row["remedy"] and row["because"] == "grade" else ""
    known = [row[name] for name in ("indicator_id", "other_indicator_id") if row[name]]
    return [
        verdict_of(row),
        f"  {question(row, measure)}",
        f"  {why(row)}",
        *([f"  {figures}"] if figures else []),
        f"Grade {claim_grade(row)}",
        *([remedy] if remedy else []),
        *(f"  countylines explain {indicator_id}" for indicator_id in known),
    ]


def _figure(row: Mapping[str, Any], which: str, unit: str) -> Prose:
    indicator_id = row[f"{which}indicator_id"]
    noun = "offences" if unit == "per cent" else unit
    count: Prose = (Number(formats.count(row[f"{which}numerator"]), indicator_id), f" {noun}")
    if row[f"{which}value"] is None or row["multiplier"] is None:
        return count
    per = "per cent" if unit == "per cent" else f"per {formats.count(row['multiplier'])}"
    return (*count, ", ", Number(formats.rate(row[f"{which}value"]), indicator_id), f" {per}")


def _no_figure(row: Mapping[str, Any]) -> str:
    if row["grade"] is not None:
        return "Only the change was published, and no figure that it could be worked out from."
    if row["numerator"] is None:
        return f"No figure of {row['area_name']} is held for this period."
    return f"No figure of {row['other_name'] or _earlier(row)} is held."


def _no_rate(row: Mapping[str, Any]) -> str:
    return f"{row['area_name']} has a count and no rate: too few residents, or no population is held."


def _no_measure(row: Mapping[str, Any]) -> str:
    return "No published figure of this is held here by area and period."


def _graded(row: Mapping[str, Any]) -> str:
    if row["grade"] == "X":
        return "The two are not the same thing: nothing may be said of a difference."
    if row["relation"] in _OF_ALL and row["grade"] == "B":
        return "A place among all needs grade A throughout, and some areas are only grade B beside this one."
    return "The figures may stand side by side, and say nothing of a difference."


def _others_without(row: Mapping[str, Any]) -> str:
    without = row["without_figure"]
    if without == 0:
        return "No other area of the group has a rate to compare with."
    areas = plural(without, "other area has", "other areas have")
    return f"{capitalised(formats.small_number(without))} {areas} no figure, so that none can be called the first or last of all."


def _chance(row: Mapping[str, Any]) -> str:
    if row["relation"] in _OF_ALL:
        return f"Chance alone could give another area this place: {_probability(row)}."
    return f"The difference is within what chance can make{_limits(row)}."


def _chance_not_known(row: Mapping[str, Any]) -> str:
    return (
        "Fewer than eight quarters are held, too few to tell chance from other causes, or a count is zero: "
        "no test of a change is possible."
    )


def _beyond_chance(row: Mapping[str, Any]) -> str:
    if row["relation"] in _OF_ALL:
        return f"It is {ordinal(row['place'])} of {row['placed']} by rate; {_probability(row)}."
    if row["change"] is None:
        return f"The difference is beyond what chance can make{_limits(row)}."
    if row["change"] == 0:
        return "The two figures are the same."
    more = "higher" if row["change"] > 0 else "lower"
    beside = f"in {_earlier(row)}" if row["earlier_start"] else f"that of {row['other_name']}"
    return f"It was {formats.percentage(abs(row['change']))} {more} than {beside}{_limits(row)}."


def _probability(row: Mapping[str, Any]) -> str:
    what = "largest" if row["relation"] == "highest" else "smallest"
    sure = row["probability"]
    said = "below 0.01" if sure < _LEAST_SAID else "above 0.99" if sure > 1 - _LEAST_SAID else f"{sure:.2f}"
    return f"the probability that it is the {what} is {said}"


def _limits(row: Mapping[str, Any]) -> str:
    lower, upper = row["change_lower_95"], row["change_upper_95"]
    if lower is None or upper is None or lower == upper:
        return ""
    return f" (95% interval {signed(lower)} to {signed(upper)})"


def _derived(row: Mapping[str, Any]) -> str:
    """That the publisher printed a count and the rate is ours, and how far down the area could be: beside a place that is claimed."""
    if row["relation"] not in _OF_ALL or row["verdict"] != "not established" or not row["is_derived"]:
        return ""
    place = f" Of the {row['placed']} with a figure it is {ordinal(row['place'])} by the rate worked out here"
    if row["place_at_most"] is not None:
        place += f"; with all that was ranked without a number it is {ordinal(row['place_at_most'])} or before"
    return f" What was published is a count, and no rate.{place}."


def _period(row: Mapping[str, Any]) -> str:
    return formats.period(row["period_start"], row["period_end"])


def _earlier(row: Mapping[str, Any]) -> str:
    if row["earlier_start"] is None:
        return "an earlier period"
    words = formats.period(row["earlier_start"], row["earlier_end"])
    return f"the {words}" if words.startswith("year") else words


def _lowered(measure: str) -> str:
    if measure[:1].isupper() and measure.startswith("London"):
        return measure
    return f"{measure[:1].lower()}{measure[1:]}"


_BECAUSE: Final = {
    "no figure": _no_figure,
    "no rate": _no_rate,
    "no measure": _no_measure,
    "grade": _graded,
    "others without a figure": _others_without,
    "chance": _chance,
    "chance not known": _chance_not_known,
    "beyond chance": _beyond_chance,
}
