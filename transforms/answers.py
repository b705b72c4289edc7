"""Answers about one number: which area and period a person means, the number, and the way back to the published cell."""

import difflib
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import polars as pl

from transforms.errors import CountyLinesError
from transforms.evidence import as_indicators, evidence
from transforms.harmonise.names import fold, keys, name_table, nearest
from transforms.harmonise.registers import Registers
from transforms.indicators.districts import PARTNERSHIP, as_places

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


def find_area(text: str, areas: pl.DataFrame, area_names: pl.DataFrame, elsewhere: pl.DataFrame) -> str:
    """The area id that a person means by a code, a slug or any known spelling, with or without 'the'.

    A name that several kinds of area share ('West Midlands') means the police force area; 'West Midlands region' the region.
    Raises CountyLinesError with the nearest known names when nothing matches, and for a place ``elsewhere`` (the register).
    """
    exact = areas.filter((pl.col("area_id") == text.strip().upper()) | (pl.col("slug") == text.strip().lower()))
    if len(exact):
        return str(exact["area_id"][0])
    names = name_table(areas, area_names)
    folded = pl.select(fold(pl.lit(text))).item()
    asked = [(folded, ["police_force_area", "region", "country", "countries"])]
    if folded.endswith(" england"):
        asked.append((folded.removesuffix(" england"), ["region"]))
    if folded.endswith(" region"):
        asked.append((folded.removesuffix(" region"), ["region", "policing_region"]))
    asked.extend((name.removeprefix("the "), preference) for name, preference in tuple(asked))
    for name, preference in asked:
        for key in pl.select([key.alias(how) for how, key in keys(pl.lit(name)).items()]).row(0):
            found = names.filter(pl.col("key") == key)
            for kind in [*preference, *sorted(set(found["kind"]) - set(preference))]:
                of_kind = found.filter(pl.col("kind") == kind)["area_id"].unique()
                if len(of_kind) == 1:
                    return str(of_kind[0])
    _refuse_elsewhere(text, elsewhere)
    suggestions = nearest(text, names)
    raise CountyLinesError(
        f"No area is called {text!r}"
        + (f"; nearest known: {', '.join(suggestions)}" if suggestions else "")
        + '. Give a name, a code or a slug, for example "Norfolk", E23000024 or norfolk.'
    )


def find_place(text: str, measure_id: str, known: Registers, districts: pl.DataFrame) -> str:
    """The area id that a person means: as ``find_area``; or, where no such area is known, a district, an authority above it or a partnership.

    Several of these may have one name: meant is the one of which ``districts`` (out/districts) has the measure, else the one that exists. Raises
    CountyLinesError as ``find_area``, and for a place that ended, with what it is a part of now.
    """
    try:
        return find_area(text, known.areas, known.area_names, known.elsewhere)
    except CountyLinesError:
        named = as_places(known).filter(
            (pl.col("area_id") == text.strip().upper()) | (_spoken(pl.col("name")) == _spoken(pl.lit(text)))
        )
        if named.is_empty():
            raise
    of_measure = districts.filter(
        (pl.col("measure_id") == measure_id) & pl.col("area_id").is_in(named["area_id"].implode())
    )
    ended = known.local_authorities.filter(pl.col("ended_by") != "")
    present = named.join(ended, left_on="area_id", right_on="authority_id", how="anti").sort(
        pl.col("kind") == PARTNERSHIP, maintain_order=True
    )
    has_ended = len(present) < len(named) and (present["kind"] == PARTNERSHIP).all()
    for area_id in [*of_measure["area_id"], *([] if has_ended else present["area_id"])]:
        return str(area_id)
    names = dict(known.local_authorities.select("authority_id", "name").iter_rows())
    row = ended.filter(pl.col("authority_id").is_in(named["area_id"].implode())).row(0, named=True)
    since = f" on {row['valid_to']}" if row["valid_to"] else ""
    now = " and ".join(names[code] for code in row["successor_ids"].split(";"))
    raise CountyLinesError(
        f"{row['name']} ended{since}, and no {measure_id} of it is held; its place is in {now} since: ask for that."
    )


def _spoken(name: pl.Expr) -> pl.Expr:
    """A name of a place as it is compared: folded, without apostrophes."""
    return fold(name).str.replace_all("['’]", "")


def suggest(
    text: str, areas: pl.DataFrame, area_names: pl.DataFrame, elsewhere: pl.DataFrame, count: int = 5
) -> pl.DataFrame:
    """The known names nearest to a text with their areas, for a person who maintains the register: key, area_id, kind, name.

    A name by which an area is found (`find_area`) comes before those that are spelt like the text.
    Raises CountyLinesError for a place ``elsewhere`` (the register).
    """
    _refuse_elsewhere(text, elsewhere)
    names = name_table(areas, area_names)
    asked = pl.select([key.alias(how) for how, key in keys(pl.lit(text)).items()]).row(0)
    near = dict.fromkeys([*(key for key in asked if key in names["key"]), *nearest(text, names, count)])
    ranked = pl.DataFrame({"key": list(near)[:count]}, schema={"key": pl.String}).with_row_index("rank")
    return (
        ranked.join(names.select("key", "area_id", "kind").unique(), on="key")
        .join(areas.select("area_id", "name"), on="area_id")
        .sort("rank", "kind", "area_id")
        .drop("rank")
    )


def _refuse_elsewhere(text: str, elsewhere: pl.DataFrame) -> None:
    asked = list(pl.select([key.alias(how) for how, key in keys(pl.lit(text)).items()]).row(0))
    found = elsewhere.filter(fold(pl.col("name")).is_in(asked))
    for country in found["country"].head(1):
        raise CountyLinesError(f"{text!r} is in {country}; the figures held are of England and Wales.")


def read_period(text: str) -> tuple[date, date]:
    """First and last day of a period as a person writes it.

    'YE Dec 2019' or 'year to December 2019', '2023-Q1' or 'Q1 2023' (of the calendar), '2018/19' or '2018/2019' (April to March), 'June 2025' or
    '2025-06', '30 September 2019', '30/09/2019' or '2019-09-30' (one day), '2023', 'April 2018 to March 2019', 'January to March 2019' or
    '2018-01/2019-03'. '2009-10' is October 2009. Raises CountyLinesError with examples for anything else; ``period_asked`` reads 'latest' too.
    """
    words = " ".join(text.lower().split())
    words = re.sub(rf"^(\d{{1,2}})(?:st|nd|rd|th) (?=[a-z]+ {_YEAR}$)", r"\1 ", words)
    if numbers := re.fullmatch(rf"{_YEAR}-(\d{{2}})-(\d{{2}})|(\d{{1,2}})/(\d{{1,2}})/{_YEAR}", words):
        year, in_year, number = (int(numbers.group(place) or numbers.group(7 - place)) for place in (1, 2, 3))
        if 1 <= in_year <= 12 and 1 <= number <= _month_end(year, in_year).day:
            return (of_one := date(year, in_year, number)), of_one
    elif found := re.fullmatch(
        rf"(?:ye|(?:year|twelve months|12 months) (?:ending|ended|to)(?: (?:in|31|30|28|29))?) ([a-z]{{3,}}) {_YEAR}",
        words,
    ):
        if month := _month_named(found.group(1)):
            end = _month_end(int(found.group(2)), month)
            return (date(end.year - 1, end.month, 1) + timedelta(days=32)).replace(day=1), end
    elif found := re.fullmatch(rf"([a-z]{{3,}})(?: {_YEAR})? to ([a-z]{{3,}}) {_YEAR}", words):
        begins, ends = _month_named(found.group(1)), _month_named(found.group(3))
        years = int(found.group(2) or found.group(4)), int(found.group(4))
        if begins and ends and (years[0], begins) <= (years[1], ends):
            return date(years[0], begins, 1), _month_end(years[1], ends)
    elif found := re.fullmatch(rf"{_YEAR}[ -]?q([1-4])|q([1-4])[ -]?{_YEAR}", words):
        year, quarter = int(found.group(1) or found.group(4)), int(found.group(2) or found.group(3))
        return date(year, 3 * quarter - 2, 1), _month_end(year, 3 * quarter)
    elif found := re.fullmatch(rf"{_YEAR}-(\d{{2}})/{_YEAR}-(\d{{2}})", words):
        first_year, first_month, last_year, last_month = map(int, found.groups())
        in_order = (first_year, first_month) <= (last_year, last_month)
        if 1 <= first_month <= 12 and 1 <= last_month <= 12 and in_order:
            return date(first_year, first_month, 1), _month_end(last_year, last_month)
    elif found := re.fullmatch(rf"{_YEAR}-(\d{{2}})", words):
        year, month = int(found.group(1)), int(found.group(2))
        if 1 <= month <= 12:
            return date(year, month, 1), _month_end(year, month)
    elif found := re.fullmatch(rf"(?:fy )?{_YEAR}/(?:(\d{{2}})|{_YEAR})", words):
        year = int(found.group(1))
        if (year + 1) % 100 == int(found.group(2) or found.group(3)) % 100 and found.group(3) in (None, str(year + 1)):
            return date(year, 4, 1), date(year + 1, 3, 31)
    elif found := re.fullmatch(rf"(?:(\d{{1,2}}) )?([a-z]{{3,}}) {_YEAR}", words):
        month, year = _month_named(found.group(2)), int(found.group(3))
        if month and not found.group(1):
            return date(year, month, 1), _month_end(year, month)
        if month and 1 <= int(found.group(1)) <= _month_end(year, month).day:
            return (day := date(year, month, int(found.group(1)))), day
    elif re.fullmatch(_YEAR, words):
        return date(int(words), 1, 1), date(int(words), 12, 31)
    raise CountyLinesError(
        f'{text!r} is not a period. Write "YE Dec 2019", "2023-Q1", "2023", "2018/19", "June 2025", "30 September 2019", '
        '"2018-01/2019-03" or latest.'
    )


def period_asked(text: str, indicators: pl.DataFrame, area_ids: Collection[str], measure_id: str) -> tuple[date, date]:
    """The period that a person means: ``read_period``, or for 'latest' the newest, and of two that end together the longer, that every one
    of the areas has a number for.

    Raises CountyLinesError as ``read_period``, and when there is no such period.
    """
    if text.strip().lower() != "latest":
        return read_period(text)
    held = (
        _of_measure(indicators, measure_id)
        .filter(pl.col("area_id").is_in(list(area_ids)), pl.col("numerator").is_not_null())
        .group_by("period_start", "period_end")
        .agg(pl.n_unique("area_id").alias("areas"))
        .filter(pl.col("areas") == len(set(area_ids)))
        .sort("period_end", "period_start", descending=[True, False])
    )
    if held.is_empty():
        raise CountyLinesError(
            f"No {measure_id} is held for {' and '.join(area_ids)}; ask for another area or measure."
        )
    start, end = held.select("period_start", "period_end").row(0)
    return start, end


def _month_named(text: str) -> int | None:
    return next((number for number, name in enumerate(_MONTHS, start=1) if name.startswith(text)), None)


def _month_end(year: int, month: int) -> date:
    return (date(year, month, 1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def numbers_held(indicators: pl.DataFrame, observations: pl.DataFrame, areas: pl.DataFrame) -> pl.DataFrame:
    """The rows of out/indicators, and every published count of which no indicator is made, as such a row without a rate.

    Those are totals that a publisher prints, figures of regions and countries that are not added up here, and measures that are parts of others.
    Their identifier is that of the observation, their coverage_note the part that the count is of, their area_name that of ``areas``.
    """
    same = ["measure_id", "area_id", "period_start", "period_end"]
    alone = (
        observations.filter(pl.col("value").is_not_null()).join(indicators, on=same, how="anti").sort("observation_id")
    )
    start, end = pl.col("period_start"), pl.col("period_end")
    months = (end.dt.year() - start.dt.year()) * 12 + end.dt.month() - start.dt.month() + 1
    names = dict(areas.select("area_id", "name").iter_rows())
    published = as_indicators(alone, indicators.schema).with_columns(
        pl.col("area_id").replace_strict(names, default=pl.col("area_name")).alias("area_name"),
        months.cast(indicators.schema["months"]).alias("months"),
        pl.lit(False).alias("is_preferred"),
        alone["part"].alias("coverage_note"),
    )
    return pl.concat([indicators, published])


def find_measure(indicators: pl.DataFrame, text: str) -> str:
    """The id of a measure by its id (drug_offences or "drug offences") or code, of those of out/indicators or ``numbers_held``; raises CountyLinesError with the nearest."""
    return str(_of_measure(indicators, text)["measure_id"][0])


def find_numbers(
    indicators: pl.DataFrame,
    area_id: str,
    measure_id: str,
    period: tuple[date, date],
    why: Sequence[str],
    edition_id: str | None = None,
) -> list[dict[str, Any]]:
    """Every row of out/indicators, or of ``numbers_held``, for one area, measure (its id or code) and period, the preferred one first; of one edition where it is named.

    Raises CountyLinesError with the nearest measures, the periods held for the area and ``why`` the figure is missing (`why_missing`), or the editions that have the
    number, when there is none.
    """
    of_measure = _of_measure(indicators, measure_id)
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
        with_name = of_area if len(of_area) else indicators.filter(pl.col("area_id") == area_id)
        name = next(iter(with_name["area_name"]), area_id)
        raise CountyLinesError(
            " ".join(
                [
                    f"No {measure_id} for {name} from {period[0]:%Y-%m} to {period[1]:%Y-%m} is held;",
                    f"the newest of {len(held)} periods held: {periods}."
                    if periods
                    else "nothing is held for this area.",
                    *why,
                ]
            )
        )
    if edition_id is not None:
        of_edition = rows.filter(edition_id=edition_id)
        if of_edition.is_empty():
            named = ", ".join(rows["edition_id"].unique().sort())
            raise CountyLinesError(
                f"No edition {edition_id!r} has {measure_id} of this area and period; these have: {named}."
            )
        rows = of_edition
    return list(
        rows.sort("is_preferred", "vintage", "indicator_id", descending=[True, True, False]).iter_rows(named=True)
    )


def _of_measure(indicators: pl.DataFrame, measure_id: str) -> pl.DataFrame:
    """The rows of a measure, by its id, in words or not, or its code; raises CountyLinesError with the nearest when there is none."""
    asked = re.sub(r"[\s-]+", "_", measure_id.strip().lower())
    of_measure = indicators.filter(
        (pl.col("measure_id") == asked) | (pl.col("measure_code") == asked.upper()).fill_null(False)
    )
    if of_measure.is_empty():
        near = difflib.get_close_matches(asked, sorted(set(indicators["measure_id"])), n=3, cutoff=0.5)
        raise CountyLinesError(
            f"No measure is called {measure_id!r}"
            + (f"; did you mean {' or '.join(near)}?" if near else "; give an identifier or code.")
            + " countylines measures lists all that are held."
        )
    return of_measure


@dataclass(frozen=True)
class Explanation:
    """A number's way back: the row itself, the formula in words, and the observations, editions and corrections behind it, and its comparisons.

    ``others`` are the rows of out/indicators in which other editions give the same figure, oldest first: what was revised, and when.
    """

    indicator: dict[str, Any]
    formula: str
    numerator: pl.DataFrame
    denominator: pl.DataFrame
    editions: pl.DataFrame
    comparisons: pl.DataFrame
    others: pl.DataFrame


def explain(
    indicator_id: str,
    indicators: pl.DataFrame,
    observations: pl.DataFrame,
    editions: pl.DataFrame,
    ledger: pl.DataFrame,
    record_files: pl.DataFrame,
) -> Explanation:
    """Everything that a number was made of; a published count that a report prints as it is has its observation's identifier.

    The identifier may be taken from the end of a link, where blanks in the name of a table are underscores. Raises CountyLinesError
    for an identifier that no report prints.
    """
    joined = pl.col("observation_id").str.replace_all(r"\s+", "_") == indicator_id
    meant = observations.filter(joined)["observation_id"].head(1).to_list() or [indicator_id]
    found = evidence(meant, indicators, observations, editions, ledger, record_files)
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
    same = [pl.col(name) == row[name] for name in ("measure_id", "area_id", "period_start", "period_end")]
    elsewhere = (pl.col("source_id") != row["source_id"]) | (pl.col("edition_id") != row["edition_id"])
    others = indicators.filter(*same, elsewhere).sort("vintage", "source_id", "edition_id", "denominator_rule")
    others = others.unique(["source_id", "edition_id"], keep="first", maintain_order=True)
    return Explanation(
        indicator=row, formula=formula, **parts, editions=found.editions, comparisons=comparisons, others=others
    )
