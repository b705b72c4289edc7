"""What may be compared: grades with their reasons, and the sentence on two figures that may be published."""

from collections.abc import Mapping, Sequence
from typing import Any

from reports import formats
from reports.numbers import Row
from reports.wording.messages import no_rate
from reports.wording.words import capitalised, plural, signed
from transforms.statistics.disclosure import INTERVAL_BELOW

GRADES_MEANING = (
    "A: compared directly, with changes, ranks and tests. B: compared after the adjustment that is named. C: side by side only, without "
    "percentage, rank or test. X: not compared. A grade says whether figures are alike, not whether a difference is large."
)

_PER_CENT = "per cent"
_DIMENSIONS = {
    "U": "unit",
    "D": "definition",
    "P": "population",
    "T": "period",
    "G": "kind of area or place",
    "C": "coverage",
    "R": "recording",
    "S": "kind of source",
}

_SCORES = {"1": "adjusted", "2": "differs", "3": "not the same thing"}


def reasons(codes: str | None) -> str:
    """The reasons of a grade in words: 'T2; R2 (B11)' is 'period differs; recording differs (B11)'; none for grade A."""
    return "; ".join(_reason(code) for code in codes.split("; ")) if codes else "none"


def _reason(code: str) -> str:
    if code.startswith("cap "):
        return "what this indicator covers is not registered"
    if code.startswith("C3"):
        return "coverage: a figure is missing"
    return f"{_DIMENSIONS[code[0]]} {_SCORES[code[1]]}{code[2:]}"


COMPARED = "Compared in this build"

_COMPARED_WITH = {
    ("year_before", "b"): "with the same months a year before",
    ("year_before", "a"): "with the same months a year later",
    ("since_2019", "b"): "with the last twelve months before January 2020",
    ("since_2019", "a"): "with the newest twelve months",
    ("first_and_latest", "b"): "with the oldest figure of the same months",
    ("first_and_latest", "a"): "with the newest figure of the same months",
    ("first_and_latest_year", "b"): "as a rate, with the first year held",
    ("first_and_latest_year", "a"): "as a rate, with the newest year held",
    ("nation", "a"): "as a rate, with England and Wales",
    ("nation", "b"): "as a rate, with {pairs}",
    ("areas", None): "as a rate, with {pairs}",
    ("month_before", "b"): "with the month before that is held",
    ("month_before", "a"): "with the next month that is held",
    ("finding", "b"): "with an earlier figure, as an indicator of a finding",
    ("finding", "a"): "with a later figure, as an indicator of a finding",
}


def compared_with(pairs: Sequence[Row]) -> list[str]:
    """What a number is compared with in the ledger, a line each: 'with the same months a year before: grade B (period adjusted)'.

    ``pairs`` are rows of ``transforms.evidence.Evidence.comparisons`` of one number; without any, one line that says so.
    """
    if not pairs:
        return ["with nothing: the ledger of comparisons has no pair with this number"]
    return [_compared(row) for row in pairs]


def _compared(row: Row) -> str:
    one, several = (
        ("area", "areas") if row["kind"] == "nation" else ("other police force area", "other police force areas")
    )
    areas = f"{formats.count(row['pairs'])} {one if row['pairs'] == 1 else several}"
    why = "; ".join(said for said in (reasons(row["reasons"]) if row["reasons"] else "", row["adjustments"]) if said)
    with_what = _COMPARED_WITH[row["kind"], row["side"]].format(pairs=areas)
    return f"{with_what}: grade {row['grade']}" + (f" ({why})" if why else "")


def comparison(row: Row, first: str, second: str) -> str:
    """What a line of the ledger compares, in words; the measure stands beside it."""
    periods = [formats.period(row[f"period_start_{side}"], row[f"period_end_{side}"]) for side in ("a", "b")]
    if row["kind"] in ("areas", "nation"):
        return f"{first} and {second}, {periods[1]}"
    return f"{capitalised(periods[0])} and {periods[1]}"


def refused_comparisons(refused: int, all_pairs: int) -> str:
    """How many pairs of the ledger about an area are refused."""
    if refused == 0:
        return f"None of the {formats.count(all_pairs)} pairs of figures in the ledger about this area is refused."
    are = "is" if refused == 1 else "are"
    return (
        f"Of {formats.count(all_pairs)} pairs of figures in the ledger about this area, {formats.small_number(refused)} {are} refused as not "
        "comparable. The ledger is among the tables for download; countylines compare says what would make two figures comparable."
    )


def compared(pair: Mapping[str, Any]) -> str:
    """The sentence on two figures that may be published; for a refused pair, why there is none."""
    first, second = side_in_words(pair, "a"), side_in_words(pair, "b")
    if pair["grade"] == "X":
        return f"These may not be compared ({reasons(pair['reasons'])}): {first}; {second}."
    if pair["measure_id_a"] == "peel_grade":
        apart = pair["upper_a"] < pair["lower_b"] or pair["upper_b"] < pair["lower_a"]
        if pair["over_time"] or pair["grade"] == "C":
            return f"{first}; {second}. No conclusion can be drawn on a change ({reasons(pair['reasons'])})."
        return f"{first}; {second}. {'The grades differ.' if apart else 'The grades are the same or may be.'}"
    if pair["grade"] == "C" or pair["change"] is None:
        why = " They stand side by side and say nothing of a difference." if pair["grade"] == "C" else ""
        return f"{first}; {second}.{why}"
    change = pair["change"]
    adjusted = f" Adjusted: {pair['adjustments']}." if pair["adjustments"] else ""
    if change["lower"] is None:
        if min(pair["numerator_a"], pair["numerator_b"]) < INTERVAL_BELOW:
            return f"{first}; {second}. Counts so small have no percentage without an interval, and there is none.{adjusted}"
        if round(change["per_cent"]) == 0:
            return f"{first}; {second}: about the same.{adjusted}"
        more = _more(pair)
        return f"{first}; {second}: {formats.percentage(abs(change['per_cent']))} {more}.{adjusted}"
    limits = f"95% interval {signed(change['lower'])} to {signed(change['upper'])}"
    if not change["is_change"]:
        return f"{first}; {second}. The difference is within what chance can make ({limits}).{adjusted}"
    more = _more(pair)
    size = formats.percentage(abs(change["per_cent"]))
    if pair["over_time"]:
        return f"{first}; {second}: {size} {more} ({limits}).{adjusted}"
    lower = "higher" if change["per_cent"] > 0 else "lower"
    what = "share" if pair["unit_plural"] == _PER_CENT else "rate"
    return f"{first}; {second}: {pair['area_name_b']}'s {what} was {size} {lower} than {pair['area_name_a']}'s ({limits}).{adjusted}"


def _more(pair: Mapping[str, Any]) -> str:
    """The word for the direction of a change: of a share 'higher' or 'lower', of a count or rate 'more' or 'fewer'."""
    up, down = ("higher", "lower") if pair["unit_plural"] == _PER_CENT else ("more", "fewer")
    return up if pair["change"]["per_cent"] > 0 else down


def comparison_lines(pair: Mapping[str, Any], said: str) -> list[str]:
    """What countylines compare prints: figures, grade, reasons, what was adjusted or would help, and the sentence."""
    lines = [pair["measure_name"]]
    lines += [f"  {side_in_words(pair, side)}" for side in ("a", "b")]
    lines += [f"  {said}" for side in ("a", "b") for said in _remarks(pair, side)]
    lines.append(f"Grade {pair['grade']}" + (f": {reasons(pair['reasons'])}" if pair["reasons"] else ""))
    if pair["adjustments"]:
        lines.append(f"  adjusted: {pair['adjustments']}")
    if pair["remedy"]:
        lines.append(f"  it would take: {pair['remedy']}")
    lines += [f"  {break_id}: {sentence}" for break_id, sentence in pair["breaks_in_words"].items()]
    if pair["grade"] == "X":
        return [*lines, f"Refused: {said}"]
    if pair["grade"] == "C":
        lines.append("Refused: a change in per cent, a rank and a test")
    elif pair["change"] is not None and pair["change"]["lower"] is None:
        why = (
            "a count of zero has none where a series varies by more than chance"
            if pair["numerator_b"] == 0
            else "fewer than eight quarters are held, too few to tell chance from other causes"
        )
        lines.append(f"  no interval of the change: {why}")
    return [*lines, f"To publish: {said}"]


def _remarks(pair: Mapping[str, Any], side: str) -> tuple[str, ...]:
    """What a reader must know of one figure of a comparison: what it leaves out, and why it has no rate where the other has one."""
    if pair["measure_id_a"] == "peel_grade":
        cycle, reason = pair[f"cycle_{side}"], pair[f"reason_{side}"]
        graded = pair["graded_by_cycle"][cycle]
        return (
            *(
                (f"{cycle}: {graded} were graded, and of those no grade is held by force.",)
                if reason == "not held"
                else ()
            ),
            *((f"{cycle}: {reason}.",) if reason not in (None, "not held") else ()),
        )
    name = f"{pair[f'area_name_{side}']}, {formats.period(pair[f'period_start_{side}'], pair[f'period_end_{side}'])}"
    note = pair[f"coverage_note_{side}"]
    lacks_rate = not pair["as_counts"] and pair[f"value_{side}"] is None
    return (
        *((f"{name}: {note}",) if note else ()),
        *((f"{name}: {no_rate({'status': pair[f'status_{side}']})}",) if lacks_rate else ()),
    )


def side_in_words(pair: Mapping[str, Any], side: str) -> str:
    """'Norfolk, year ending December 2019: 2,730 (3.0 per 1,000, 95% interval 2.9 to 3.1)'."""
    if pair["measure_id_a"] == "peel_grade":
        return f"{pair[f'area_name_{side}']}, {pair[f'cycle_{side}']}: {pair[f'word_{side}'] or 'no grade held'}"
    where = f"{pair[f'area_name_{side}']}, {formats.period(pair[f'period_start_{side}'], pair[f'period_end_{side}'])}"
    if pair[f"numerator_{side}"] is None:
        return f"{where}: no figure"
    if pair["unit_plural"] == _PER_CENT and pair[f"value_{side}"] is None:
        return f"{where}: no share"
    if pair["unit_plural"] == _PER_CENT:
        counted = f"{formats.count(pair[f'numerator_{side}'])} offences"
        limits_in_words = formats.interval(pair[f"lower_95_{side}"], pair[f"upper_95_{side}"])
        return f"{where}: {formats.rate(pair[f'value_{side}'])} per cent ({counted}, 95% interval {limits_in_words})"
    said = f"{where}: {formats.count(pair[f'numerator_{side}'])} {pair['unit_plural']}"
    if pair["as_counts"]:
        limits = (formats.count(round(pair[f"count_{limit}_95_{side}"])) for limit in ("lower", "upper"))
        return f"{said} (95% interval {' to '.join(limits)})"
    if pair[f"value_{side}"] is None:
        return said
    rate_words = f"{formats.rate(pair[f'value_{side}'])} per {formats.count(pair[f'multiplier_{side}'])}"
    if pair[f"population_{side}"] != "residents":
        rate_words += f" {pair[f'population_{side}']}"
    return f"{said} ({rate_words}, 95% interval {formats.interval(pair[f'lower_95_{side}'], pair[f'upper_95_{side}'])})"


def grades_of_table(rows: Sequence[Row], how: str) -> str:
    """How far the lines of a table may be compared, from the pairs of the ledger about them: 'Comparability from year to year: grade A.'

    ``how`` says what is beside what; nothing without a pair. Where grades differ, the strictest is given with its reasons, and how many have it.
    """
    if not rows:
        return ""
    strictest = max(rows, key=lambda row: (row["grade"], row["comparison_id"]))
    alike = [row for row in rows if row["grade"] == strictest["grade"]]
    why = f" ({reasons(strictest['reasons'])})" if strictest["reasons"] else ""
    if len(alike) == len(rows):
        return f"Comparability {how}: grade {strictest['grade']}{why}."
    return (
        f"Comparability {how}: grade {strictest['grade']}{why} for {formats.small_number(len(alike))} of "
        f"{formats.small_number(len(rows))} pairs, better for the others."
    )


def list_grade(worst: Row | None) -> str:
    """How far the areas of a list may be compared, from the worst pair of the ledger."""
    if worst is None:
        return "The areas of this list are not graded against each other."
    if worst["grade"] == "A":
        return "Comparability: grade A, every two areas with a rate may be compared directly; ranks have intervals from 20,000 draws."
    return f"Comparability: grade {worst['grade']} ({reasons(worst['reasons'])}), so the areas have no ranks."


def more_comparisons(left_out: int) -> str:
    """How many kinds of comparison stand only in the table for download; nothing where none does."""
    if not left_out:
        return ""
    return f" The strictest stand here; {formats.count(left_out)} more {plural(left_out, 'line is', 'lines are')} in the comparability table for download."
