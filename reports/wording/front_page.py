"""Page 1: one message a measure of at most thirty words, and the cells of the profile."""

from collections.abc import Sequence
from datetime import date

from reports import formats
from reports.document import Number, Prose
from reports.numbers import Row, count
from reports.wording.comparability import reasons
from reports.wording.words import capitalised, joined, ordinal

PROFILE_NOTE = (
    "Changes carry the grade of their comparison: A direct, B adjusted; C and X allow none. ≈ is within what chance alone does; ? is of a series "
    "whose chance variation is not known. Since 2019: on the last twelve months that ended before January 2020. Rank: by rate among police force "
    "areas, from the largest, with its 95% interval."
)
_GRADED = ("A", "B")
_SAME_AS = {"year": "No clear change in a year", "since": "no clear change since 2019"}
_NONE_OF = {"year": "a year before", "since": "before 2020"}


def headline(row: Row) -> Prose:
    """The message on a measure: level, age, change on a year before and since 2019, and place, or why these are not given.

    ``row`` is a row of out/profile with its figure and the ``label`` and ``unit`` of the measure.
    """
    level: Prose = (f"{row['label']}: ", count(row), f" in {_short(row)}")
    if _is_share(row) and row["value"] is not None:
        level = (
            f"{row['label']}: ",
            Number(formats.rate(row["value"]), row["indicator_id"]),
            f" per cent in {_short(row)}",
        )
    elif row["value"] is not None:
        level = (*level, ", ", Number(formats.rate(row["value"]), row["indicator_id"]), f" {per(row)}")
    elif row["status"] == "population_too_small":
        level = (*level, ", too few people live there for a rate")
    return (*level, f". {_changes(row)}{_place(row)}")


NO_MAP = "No rates of enough police force areas are held for a map of this measure."


def things_that_changed(number: int) -> str:
    """The title of the box of changes: 'Three things that changed in England and Wales'."""
    return f"{capitalised(formats.small_number(number))} {'thing' if number == 1 else 'things'} that changed in England and Wales"


def per(row: Row) -> str:
    """What a rate is per: 'per 1,000', 'per cent'."""
    return "per cent" if _is_share(row) else f"per {formats.count(row['multiplier'])}"


def _is_share(row: Row) -> bool:
    return bool(row["unit"] == "per cent")


def _points(row: Row, which: str) -> float:
    """How many percentage points a share is above the earlier one, of which its change in per cent is known."""
    return float(row["value"] - row["value"] / (1 + row[f"{which}_change"] / 100))


def change_cell(row: Row, which: str) -> str:
    """The change on a year before ('year') or since 2019 ('since') as a cell: '−5% A', '≈ −2% A', or why there is none."""
    change, grade = row[f"{which}_change"], row[f"{which}_grade"]
    if change is None:
        if grade in _GRADED:
            return f"too few {grade}"
        return formats.NOT_AVAILABLE if grade is None else f"grade {grade}"
    if _is_share(row):
        return f"{_mark(row, which)}{formats.rate(_points(row, which))} points {grade}"
    return f"{_mark(row, which)}{formats.change(change)}% {grade}"


def rank_cell(row: Row) -> str:
    """The place among police force areas as a cell: '27 of 42 (22 to 31)', or nothing."""
    if row["rank"] is None:
        return formats.NOT_APPLICABLE
    return f"{row['rank']} of {row['ranked_areas']}{_rank_interval(row)}"


def trend_in_words(label: str, first: Row, last: Row) -> str:
    """What the small line of a measure shows, for those who cannot see it."""
    ends = (
        f"{formats.count(row['numerator'])} in the twelve months to {formats.month(row['period_end'])}"
        for row in (first, last)
    )
    return f"{label}: from {' to '.join(ends)}."


def newest_figures(rows: Sequence[Row]) -> str:
    """How far the figures of page 1 go, the newest first: 'Figures go to June 2025 for drug offences; March 2022 for police officers.'"""
    ends: dict[date, list[str]] = {}
    for row in sorted(rows, key=lambda row: row["period_end"], reverse=True):
        ends.setdefault(row["period_end"], []).append(_in_a_list(row["label"]))
    said = (f"{formats.month(end)} for {joined(labels)}" for end, labels in ends.items())
    return f"Figures go to {'; '.join(said)}."


def overdue(labels: Sequence[str], day: date) -> str:
    """Of which measures a newer edition should have been published than the one that is held; nothing where of none."""
    if not labels:
        return ""
    named = joined(map(_in_a_list, labels))
    return (
        f"By the timetables of their publishers, newer editions should have been out on {formats.day(day)} of {named}."
    )


def _in_a_list(label: str) -> str:
    """A label inside a sentence: small at its beginning, but for the name of a place."""
    return label if label.startswith("London") else f"{label[:1].lower()}{label[1:]}"


def particulars(
    title: str, read_on: date, to: str, next_release: date | None, contact: str
) -> tuple[tuple[str, str], ...]:
    """The lines of the cover: when the edition was made, how far it goes, what comes next, whom to ask, how to cite."""
    edition = formats.day(read_on)
    return (
        ("Edition", f"{edition}, when a publisher’s file was last read for it"),
        ("Figures to", to),
        *(
            (("Next expected", f"{formats.month(next_release)}, by the publishers’ timetables"),)
            if next_release
            else ()
        ),
        *((("Contact", contact),) if contact else ()),
        ("To cite", f"countylines, {title}, edition of {edition}, with the report’s number below"),
    )


def why_not_compared(row: Row) -> str:
    """A note on the changes that a grade forbids: 'Drug offences recorded, since 2019: recording differs (B08).'"""
    said = {
        when: row[f"{which}_reason"]
        for which, when in (("year", "on a year before"), ("since", "since 2019"))
        if row[f"{which}_grade"] not in (None, *_GRADED)
    }
    return " ".join(f"{row['label']}, {when}: {reasons(reason)}." for when, reason in said.items() if reason)


def _short(row: Row) -> str:
    words = formats.period(row["period_start"], row["period_end"])
    return words.replace("year ending", "the year to")


def _mark(row: Row, which: str) -> str:
    lower, upper = row[f"{which}_lower_95"], row[f"{which}_upper_95"]
    if lower is None:
        return "? "
    return "≈ " if lower <= 0 <= upper else ""


def _changes(row: Row) -> str:
    """'Down 5% in a year; up 12% since 2019.', or why not."""
    if all(row[f"{which}_change"] is not None and _is_same(row, which) for which in ("year", "since")):
        return "No clear change in a year or since 2019."
    year, since = (_change(row, which, when) for which, when in (("year", "in a year"), ("since", "since 2019")))
    if row["year_grade"] is None and row["since_grade"] is None:
        return "No earlier figure to compare with."
    return f"{capitalised(year)}; {since[:1].lower()}{since[1:]}."


def _change(row: Row, which: str, when: str) -> str:
    change, grade = row[f"{which}_change"], row[f"{which}_grade"]
    if change is None:
        if grade in _GRADED:
            return f"too few to compare {when}"
        return f"no figure {_NONE_OF[which]}" if grade is None else f"not comparable {when}"
    size = f"{formats.rate(abs(_points(row, which)))} points" if _is_share(row) else f"{formats.count(abs(change))}%"
    if _is_same(row, which):
        return _SAME_AS[which]
    return f"{'Up' if change > 0 else 'Down'} {size} {when}"


def _is_same(row: Row, which: str) -> bool:
    """Whether a change is within what chance alone does, or rounds to nothing."""
    return _mark(row, which) == "≈ " or round(row[f"{which}_change"]) == 0


def _place(row: Row) -> str:
    if row["rank"] is None:
        return ""
    return f" {capitalised(ordinal(row['rank']))} of {row['ranked_areas']} forces{_rank_interval(row)}."


def _rank_interval(row: Row) -> str:
    if row["rank_lower"] == row["rank_upper"]:
        return ""
    return f" ({row['rank_lower']} to {row['rank_upper']})"
