"""How unlike areas are: ranks, the funnel, and dispersion."""

from collections.abc import Mapping, Sequence

from reports import formats
from reports.numbers import Row, period
from reports.wording.words import joined


def rank(row: Row) -> str:
    """A rank with its interval: '14 (12 to 17)'."""
    return f"{row['rank']} ({row['rank_lower']} to {row['rank_upper']})"


_FUNNEL = {
    "within": "within the 95% limits",
    "low_95": "below the 95% limits",
    "high_95": "above the 95% limits",
    "low_998": "below the 99.8% limits",
    "high_998": "above the 99.8% limits",
}


def funnel(rows: Sequence[Row], highlighted: Sequence[str]) -> str:
    """Which areas lie outside the limits of a funnel, and where the report's own lie."""
    outside = sorted(row["area_name"] for row in rows if row["flag"] in ("low_998", "high_998"))
    said = (
        f"Outside the 99.8% limits: {joined(outside)}."
        if outside
        else "No area lies outside the 99.8% limits: each rate is ordinary for an area of its size."
    )
    if len(highlighted) > 1:
        return said
    own = [f"{row['area_name']} is {_FUNNEL[row['flag']]}." for row in rows if row["area_id"] in highlighted]
    return " ".join([*own, said])


OVERLAPPING = (
    "The areas are set side by side as recorded activity. Where two intervals overlap, the order of the two areas says little; where "
    "they do not, recording and police work can still explain it."
)

DISPERSION_MEANING = (
    "If forces did the same everywhere, their rates would differ by chance only. The systematic component of variation (SCV) and τ say how "
    "much they differ beyond that: zero is by chance alone, and a lower value is more alike. Areas too small for it are left out."
)


def dispersion_over_time(years: Mapping[str, tuple[Row, Row]]) -> str:
    """Whether forces became more or less alike from the first to the newest year of each measure: said only where the two intervals lie
    apart, and of all others together that they do not."""
    said = [
        f"{name}: forces are {'more' if last['scv'] < first['scv'] else 'less'} alike in the {period(last)} than in the {period(first)}."
        for name, (first, last) in years.items()
        if _apart(first, last)
    ]
    alike = [name for name, (first, last) in years.items() if not _apart(first, last)]
    if alike:
        said.append(
            f"No clear change in how unlike forces are, since the intervals of the two years overlap: {'; '.join(alike)}."
        )
    return " ".join(said)


def _apart(first: Row, last: Row) -> bool:
    return bool(first["scv_upper"] < last["scv_lower"] or last["scv_upper"] < first["scv_lower"])


RANKS_OF_FORCES = f"Ranks are of police force areas with a rate. {formats.legend([formats.NOT_APPLICABLE])}"

SPREAD_ELSEWHERE = (
    "How unlike police force areas are, whether that changed, and the figures of all of them are in the ",
    ", on England and Wales, under “How do forces differ?”.",
)

IN_THE_NATIONAL_REPORT = "The values are in the national report, on England and Wales, under “How do forces differ?”."

IN_THE_TABLE_OF_FORCES = "The values are in the table of all police force areas, under “How do forces differ?”."
