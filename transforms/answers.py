"""Answers about one number: which area and period a person means, the number, and the way back to the published cell."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import polars as pl

from transforms.errors import CountyLinesError
from transforms.evidence import evidence
from transforms.harmonise.names import fold, keys, name_table, nearest

# How many periods an error names; the rest are in the tidy CSV.
_PERIODS_NAMED = 8
_MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_YEAR = r"([12]\d{3})"


def find_area(text: str, areas: pl.DataFrame, area_names: pl.DataFrame) -> str:
    """The area id that a person means by a code, a slug or any known spelling.

    A name that several kinds of area share ('West Midlands') means the police force area; 'West Midlands region' the region.
    Raises CountyLinesError with the nearest known names when nothing matches.
    """
    exact = areas.filter((pl.col("area_id") == text.strip().upper()) | (pl.col("slug") == text.strip().lower()))
    if len(exact):
        return str(exact["area_id"][0])
    names = name_table(areas, area_names)
    folded = pl.select(fold(pl.lit(text))).item()
    asked = [(folded, ["police_force_area", "region", "country", "countries"])]
    if folded.endswith(" region"):
        asked.append((folded.removesuffix(" region"), ["region", "policing_region"]))
    for name, preference in asked:
        for key in pl.select([key.alias(how) for how, key in keys(pl.lit(name)).items()]).row(0):
            found = names.filter(pl.col("key") == key)
            for kind in [*preference, *sorted(set(found["kind"]) - set(preference))]:
                of_kind = found.filter(pl.col("kind") == kind)["area_id"].unique()
                if len(of_kind) == 1:
                    return str(of_kind[0])
    suggestions = nearest(text, names)
    raise CountyLinesError(
        f"No area is called {text!r}"
        + (f"; nearest known: {', '.join(suggestions)}" if suggestions else "")
        + '. Give a name, a code or a slug, for example "Norfolk", E23000024 or norfolk.'
    )


def suggest(text: str, areas: pl.DataFrame, area_names: pl.DataFrame, count: int = 5) -> pl.DataFrame:
    """The known names nearest to a text with their areas, for a person who maintains the register: key, area_id, kind, name."""
    names = name_table(areas, area_names)
    ranked = pl.DataFrame({"key": nearest(text, names, count)}, schema={"key": pl.String}).with_row_index("rank")
    return (
        ranked.join(names.select("key", "area_id", "kind").unique(), on="key")
        .join(areas.select("area_id", "name"), on="area_id")
        .sort("rank", "kind", "area_id")
        .drop("rank")
    )


def read_period(text: str) -> tuple[date, date]:
    """First and last day of a period as a person writes it: 'YE Dec 2019', '2023-Q1', '2023', '2018-01/2019-03'.

    Raises CountyLinesError with examples for anything else.
    """
    words = text.strip().lower()
    if found := re.fullmatch(rf"(?:ye|year ending)\s+([a-z]{{3,}})\s+{_YEAR}", words):
        months = [number for number, name in enumerate(_MONTHS, start=1) if name.startswith(found.group(1))]
        if months:
            end = _month_end(int(found.group(2)), months[0])
            return (date(end.year - 1, end.month, 1) + timedelta(days=32)).replace(day=1), end
    elif found := re.fullmatch(rf"{_YEAR}[ -]?q([1-4])", words):
        year, quarter = int(found.group(1)), int(found.group(2))
        return date(year, 3 * quarter - 2, 1), _month_end(year, 3 * quarter)
    elif found := re.fullmatch(rf"{_YEAR}-(\d{{2}})/{_YEAR}-(\d{{2}})", words):
        first_year, first_month, last_year, last_month = map(int, found.groups())
        in_order = (first_year, first_month) <= (last_year, last_month)
        if 1 <= first_month <= 12 and 1 <= last_month <= 12 and in_order:
            return date(first_year, first_month, 1), _month_end(last_year, last_month)
    elif re.fullmatch(_YEAR, words):
        return date(int(words), 1, 1), date(int(words), 12, 31)
    raise CountyLinesError(f'{text!r} is not a period. Write "YE Dec 2019", "2023-Q1", "2023" or "2018-01/2019-03".')


def _month_end(year: int, month: int) -> date:
    return (date(year, month, 1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def find_numbers(
    indicators: pl.DataFrame, area_id: str, measure_id: str, period: tuple[date, date]
) -> list[dict[str, Any]]:
    """Every row of out/indicators for one area, measure (its id or code) and period, the preferred one first.

    Raises CountyLinesError with the measures, or the periods held for the area, when there is none.
    """
    of_measure = indicators.filter(
        (pl.col("measure_id") == measure_id) | (pl.col("measure_code") == measure_id.upper()).fill_null(False)
    )
    if of_measure.is_empty():
        coded = indicators.select("measure_id", pl.col("measure_code").fill_null("")).unique().sort("measure_id")
        known = ", ".join(f"{name} ({code})" if code else name for name, code in coded.iter_rows())
        raise CountyLinesError(f"No measure is called {measure_id!r}; the measures are {known}.")
    of_area = of_measure.filter(pl.col("area_id") == area_id)
    start, end = pl.col("period_start"), pl.col("period_end")
    asked = (start == period[0]) & (end == period[1])
    # What is counted on one day is asked for by its month.
    if f"{period[0]:%Y-%m}" == f"{period[1]:%Y-%m}":
        asked |= (start == end) & start.is_between(*period)
    rows = of_area.filter(asked)
    if rows.is_empty():
        held = of_area.select("period_start", "period_end").unique().sort("period_end", "period_start")
        periods = ", ".join(f"{start:%Y-%m}/{end:%Y-%m}" for start, end in held.tail(_PERIODS_NAMED).iter_rows())
        (name,) = of_area["area_name"].unique()[:1] if len(of_area) else (area_id,)
        raise CountyLinesError(
            f"No {measure_id} for {name} from {period[0]:%Y-%m} to {period[1]:%Y-%m} is held; "
            + (f"the newest of {len(held)} periods held: {periods}." if periods else "nothing is held for this area.")
        )
    return list(
        rows.sort("is_preferred", "vintage", "indicator_id", descending=[True, True, False]).iter_rows(named=True)
    )


@dataclass(frozen=True)
class Explanation:
    """A number's way back: the row itself, the formula in words, and the observations, editions and corrections behind it, and its comparisons."""

    indicator: dict[str, Any]
    formula: str
    numerator: pl.DataFrame
    denominator: pl.DataFrame
    editions: pl.DataFrame
    comparisons: pl.DataFrame


def explain(
    indicator_id: str,
    indicators: pl.DataFrame,
    observations: pl.DataFrame,
    editions: pl.DataFrame,
    ledger: pl.DataFrame,
) -> Explanation:
    """Everything that a number was made of; a published count that a report prints as it is has its observation's identifier.

    The identifier may be taken from the end of a link, where blanks in the name of a table are underscores. Raises CountyLinesError
    for an identifier that no report prints.
    """
    joined = pl.col("observation_id").str.replace_all(r"\s+", "_") == indicator_id
    meant = observations.filter(joined)["observation_id"].head(1).to_list() or [indicator_id]
    found = evidence(meant, indicators, observations, editions, ledger)
    if found.indicators.is_empty():
        raise CountyLinesError(
            f"No number has the identifier {indicator_id!r}; copy it from a report's evidence list, or find it with countylines value."
        )
    row = found.indicators.row(0, named=True)
    formula = row.pop("formula")
    parts = {
        name: found.cells.filter(pl.col("part") == name).drop("indicator_id", "part")
        for name in ("numerator", "denominator")
    }
    comparisons = found.comparisons.drop("indicator_id")
    return Explanation(indicator=row, formula=formula, **parts, editions=found.editions, comparisons=comparisons)
