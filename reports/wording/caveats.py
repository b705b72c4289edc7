"""The points of the boxes of caveats: what limits a figure, how much, and what would mend it."""

from collections.abc import Sequence

from reports import formats
from reports.document import Prose, Run
from reports.numbers import Row, period
from reports.wording.words import capitalised, joined, plural


def inspection_age(newest: str, months: int) -> str:
    """That the newest grades held are old, whom that affects, and what would mend it."""
    return (
        f"The newest grades held are of the cycle {newest}, which ended {formats.count(months)} months before the newest edition of this build. "
        "They say nothing of how the police are graded today; grades of a later cycle by force would mend it."
    )


_BESIDE = {
    "areas": "of areas with each other",
    "nation": "with England and Wales",
    "year_before": "with a year before",
    "since_2019": "since 2019",
    "first_and_latest": "of the first with the newest",
    "first_and_latest_year": "of two years",
}


def caveat_grades(grades: Sequence[tuple[str, str]]) -> str:
    """That some comparisons of a section are side by side only or refused: their grades, and what is compared there (kinds of the ledger)."""
    said = joined(f"grade {grade}" for grade in sorted({grade for grade, _ in grades}))
    affected = joined(words for kind, words in _BESIDE.items() if kind in {kind for _, kind in grades})
    return (
        f"Some comparisons of these figures have {said}: they stand side by side without a percentage, or not at all. Affected are "
        f"comparisons {affected}; the ledger names what would make each comparable."
    )


def caveat_breaks(labels: Sequence[str]) -> str:
    """That breaks lie within the years of a chart."""
    return (
        f"The chart crosses {plural(len(labels), 'a break', 'breaks')} ({joined(dict.fromkeys(labels))}) of a size that nobody published: the line before "
        "and after is not one series. A re-issue of earlier years on the later basis would mend it."
    )


def caveat_coverage(rows: Sequence[Row]) -> str:
    """That figures leave somebody out, with whom; where they are of several measures, with the name of each (``measure_name``)."""
    named = (f"{row['measure_name']}, {period(row)}" if "measure_name" in row else period(row) for row in rows)
    said = joined(dict.fromkeys(f"{name} ({row['coverage_note']})" for name, row in zip(named, rows, strict=True)))
    return f"Some forces are missing from these totals: {said}. The totals are too low by what is left out, and are not set against full ones; a later edition may fill the gap."


def caveat_small(rows: Sequence[Row], fewest: int) -> str:
    """That numbers are so small that chance decides most of them."""
    are = f"{formats.small_number(len(rows))} {plural(len(rows), 'figure', 'figures')} here {plural(len(rows), 'is', 'are')}"
    return f"{capitalised(are)} below {formats.count(fewest)}: chance decides most of such a number. Read the interval or a longer period, not the number alone."


def caveat_dispersion(phi: float) -> str:
    """That areas differ far more than by chance."""
    return (
        f"Forces differ far more than chance explains ({formats.count(phi)} times the variance of chance); recording and police activity are much of the reason. "
        "Read places in the funnel and ranks with that in mind."
    )


UNLIKE_TITLE = "Read with care: figures far from those before them"
UNLIKE_MEANING = (
    "These figures are less than half or more than double the ones before them, where either is twenty or more. That is no error by "
    "itself: what is counted, or how much of it was supplied, may have changed. Ask the force or the publisher before using one of them alone."
)


def unlike_before(name: str, row: Row, figure: Run) -> Prose:
    """One figure that is far from the same months a year before, or from the period or edition just before, or from both (a row of out/plausibility)."""
    said = []
    year_before = f"to {row['period_end'].replace(year=row['period_end'].year - 1, day=1):%Y-%m}"
    if row["like_year_before"] is False:
        said.append(f"after {formats.count(row['compared_with'])} in the same months a year before")
    if row["like_just_before"] is False and not (said and str(row["just_before_is"]).startswith(year_before)):
        before = "edition just before" if str(row["just_before_is"]).startswith("in edition") else "period just before"
        said.append(f"after {formats.count(row['just_before'])} in the {before}")
    return (f"{name}, {formats.period(row['period_start'], row['period_end'])}: ", figure, f", {joined(said)}.")


def caveat_population(rows: Sequence[Row], months: int) -> str:
    """That rates are on populations that are old."""
    return (
        f"{capitalised(formats.small_number(len(rows)))} {plural(len(rows), 'rate is', 'rates are')} on a population up to {formats.count(months)} months older than the "
        "count, so a little too high where more people live there now. A newer mid-year estimate would mend it."
    )


def caveat_notes(notes: int) -> str:
    """That publishers have written notes on these areas."""
    return f"Publishers have {formats.small_number(notes)} {plural(notes, 'note', 'notes')} on these areas, quoted under Data notes; they affect every figure of that source."


def caveat_management(titles: Sequence[str]) -> str:
    """That some sources of a section are management information."""
    return (
        f"Management information, not official statistics: {'; '.join(titles)}. Affected is every figure of it: it follows how the work is done and "
        "may be revised without notice. Official statistics on the same would mend it."
    )
