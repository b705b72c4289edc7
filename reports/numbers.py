"""From rows of out/indicators to the numbers that a report prints, each with its identifier."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

import polars as pl

from reports import formats
from reports.document import Number, Run
from transforms.comparability import rank
from transforms.contracts.tables import (
    BESIDE,
    BOUNDARIES,
    DISTRICTS,
    EXCLUDED,
    INSPECTION_GRADES,
    PROFILE,
    SIMILAR,
    cells,
)
from transforms.errors import NotComparableError
from transforms.sources.registry import Source

Row = Mapping[str, Any]
# The measures by which police force areas are set side by side: a report reads those of all areas, of other measures only its own.
COMPARED = ("drug_offences", "london_linked_individuals")
# Where a chart or a league of all forces needs one period, it takes the last one for which every force has a count and the
# population is no older than this at its end; older populations make the rate drift from the residents it is about.
OLDEST_POPULATION_MONTHS = 18
# Fewer areas make no funnel.
_FEWEST_COMPARED = 10


@dataclass(frozen=True)
class ReportData:
    """Everything that products draw on: tables of the lake, registers, and what stands on every cover.

    ``sources`` are those of the build, ``known_sources`` all that the register describes. ``grades`` is out/inspection_grades,
    ``statements`` are the raw cells of sources that are gathered by hand and reach no observation, with the area_id of ``with_areas``; both are without rows where nothing is
    held. ``united_kingdom`` are the raw cells of figures of the whole United Kingdom, or of parts of it that are no area here. ``excluded`` is core/excluded, of which only the counts of the registered ``localities`` are shown. ``boundaries`` is
    raw/police_force_area_boundaries, without rows in a build that holds no boundaries; ``record_files`` is core/record_files. ``known_on`` is the day by which everything had been published, of a report on the past.
    ``downloads`` are the files that are published beside the reports, by address relative to them, with their sizes in bytes; only the index
    prints sizes. ``common`` is the data of which the rows of COMPARED are a part, where this is but what one report may read: it is asked
    for what is worked out of these measures, which is then worked out once for all reports.
    """

    indicators: pl.DataFrame
    areas: pl.DataFrame
    observations: pl.DataFrame
    notes: pl.DataFrame
    reconciliation: pl.DataFrame
    coverage: pl.DataFrame
    plausibility: pl.DataFrame
    comparability: pl.DataFrame
    scoreboard: pl.DataFrame
    record_files: pl.DataFrame
    editions: pl.DataFrame
    breaks: pl.DataFrame
    measures: pl.DataFrame
    sources: Mapping[str, Source]
    build_id: str
    known_sources: Mapping[str, Source] = field(default_factory=dict)
    grades: pl.DataFrame = field(default_factory=INSPECTION_GRADES.schema.to_frame)
    statements: pl.DataFrame = field(
        default_factory=lambda: pl.DataFrame(schema={**cells("none").schema, "area_id": pl.String})
    )
    united_kingdom: pl.DataFrame = field(default_factory=cells("none").schema.to_frame)
    excluded: pl.DataFrame = field(default_factory=EXCLUDED.schema.to_frame)
    localities: pl.DataFrame = field(default_factory=pl.DataFrame)
    profile: pl.DataFrame = field(default_factory=PROFILE.schema.to_frame)
    beside: pl.DataFrame = field(default_factory=BESIDE.schema.to_frame)
    districts: pl.DataFrame = field(default_factory=DISTRICTS.schema.to_frame)
    similar: pl.DataFrame = field(default_factory=SIMILAR.schema.to_frame)
    headlines: pl.DataFrame = field(
        default_factory=lambda: pl.DataFrame(schema=dict.fromkeys(("position", "measure_id", "label"), pl.String))
    )
    source_quality: pl.DataFrame = field(
        default_factory=lambda: pl.DataFrame(schema={"source_id": pl.String, "quality": pl.String})
    )
    boundaries: pl.DataFrame = field(default_factory=BOUNDARIES.schema.to_frame)
    known_on: date | None = None
    contact: str = ""
    address: str = ""
    downloads: Mapping[str, int] = field(default_factory=dict)
    common: "ReportData | None" = field(default=None, repr=False)
    _compared: dict[tuple[str, date, date], pl.DataFrame] = field(default_factory=dict, init=False, repr=False)
    _headlines: dict[str, tuple[date, date] | None] = field(default_factory=dict, init=False, repr=False)
    _dispersion: dict[str, list[Row]] = field(default_factory=dict, init=False, repr=False)

    @cached_property
    def measure_names(self) -> dict[str, str]:
        """The name of every measure by its id."""
        return dict(self.measures.select("measure_id", "name").iter_rows())

    def compared(self, measure_id: str, start: date, end: date) -> pl.DataFrame:
        """The police force areas with a rate, one row each, with rank, rank_lower, rank_upper and probability_highest, and with their funnel.

        Columns of ``forces`` and of ``transforms.statistics`` ranked and funnel (expected, lower_95 and so on with the suffix _funnel, flag,
        phi, tau). Empty unless the ledger grades every two of them A: no rank and no limits otherwise. Worked out once.
        """
        if self.common is not None and measure_id in COMPARED:
            return self.common.compared(measure_id, start, end)
        key = (measure_id, start, end)
        if key not in self._compared:
            self._compared[key] = self._worked_out(*key)
        return self._compared[key]

    def _worked_out(self, measure_id: str, start: date, end: date) -> pl.DataFrame:
        from transforms.statistics.funnel import funnel

        rows = self.forces(measure_id, start, end).filter(pl.col("value").is_not_null())
        pairs = self.comparability.filter((pl.col("kind") == "areas") & (pl.col("measure_id") == measure_id))
        if len(rows) < _FEWEST_COMPARED:
            return rows.clear()
        try:
            ranks = rank(rows, pairs)
        except NotComparableError:
            return rows.clear()
        limits = funnel(rows.drop("lower_95", "upper_95")).select(
            pl.col("expected", "lower_95", "upper_95", "lower_998", "upper_998").name.suffix("_funnel"),
            *("flag", "phi", "tau"),
        )
        return ranks.hstack(limits)

    def dispersion(self, measure_id: str) -> list[Row]:
        """How unlike police force areas are, for the two years of a measure that the ledger sets against each other, or else the newest.

        A year needs at least ten areas with a rate.

        Each has period_start, period_end, areas, and scv, scv_lower, scv_upper, tau, tau_lower, tau_upper: the systematic component of
        variation and τ with 95% limits of ``with_limits``. Areas that would count fewer than ten at the common rate are left out. Worked
        out once.
        """
        if self.common is not None and measure_id in COMPARED:
            return self.common.dispersion(measure_id)
        if measure_id not in self._dispersion:
            apart = self._years_apart(measure_id)
            end = pl.col("period_end")
            years = (
                self.indicators.filter(
                    (pl.col("measure_id") == measure_id)
                    & (pl.col("area_kind") == "police_force_area")
                    & pl.col("is_preferred")
                    & (pl.col("months") == 12)
                    & pl.col("value").is_not_null()
                )
                .filter(end.is_in(apart) if apart else end == end.max())
                .sort("period_end", "area_id")
                .partition_by("period_end", maintain_order=True)
            )
            held = [found for year in years if (found := _dispersion(year)) is not None]
            self._dispersion[measure_id] = held if len(held) < 2 else [held[0], held[-1]]
        return self._dispersion[measure_id]

    def _years_apart(self, measure_id: str) -> list[date]:
        """The last days of the years whose spread between areas is compared, the earlier first; empty where the ledger has none."""
        pairs = self.comparability.filter(kind="first_and_latest_year", measure_id=measure_id)
        return [] if pairs.is_empty() else [pairs["period_end_a"][0], pairs["period_end_b"][0]]

    def area(self, area_id: str) -> Row:
        """The row of core/areas."""
        return self._areas[area_id]

    @cached_property
    def _areas(self) -> dict[str, Row]:
        return {row["area_id"]: row for row in self.areas.iter_rows(named=True)}

    def preferred(self, measure_id: str, area_id: str) -> pl.DataFrame:
        """The numbers of one measure and area that reports use, oldest period first."""
        return self._preferred.get((measure_id, area_id), self.indicators.clear())

    @cached_property
    def _preferred(self) -> dict[tuple[Any, ...], pl.DataFrame]:
        """The numbers that reports use by measure and area, oldest period first: a report asks for dozens of them."""
        reported = self.indicators.filter("is_preferred").sort("period_end", "months")
        return _parted(reported, "measure_id", "area_id")

    def pairs(self, measure_id: str, *kinds: str) -> pl.DataFrame:
        """The comparisons of a measure in the ledger that are of these kinds, in its order within each kind."""
        held = [self._pairs[key] for kind in kinds if (key := (measure_id, kind)) in self._pairs]
        return pl.concat(held) if held else self.comparability.clear()

    @cached_property
    def _pairs(self) -> dict[tuple[Any, ...], pl.DataFrame]:
        """The ledger by measure and kind of comparison: a report asks a dozen times for a few of its many thousand pairs."""
        return _parted(self.comparability, "measure_id", "kind")

    def observed(self, area_id: str) -> pl.DataFrame:
        """The rows of core/observations about an area."""
        return self._observed.get((area_id,), self.observations.clear())

    @cached_property
    def _observed(self) -> dict[tuple[Any, ...], pl.DataFrame]:
        return _parted(self.observations, "area_id")

    def figures(self, area_id: str) -> pl.DataFrame:
        """The rows of out/indicators about an area."""
        return self._figures.get((area_id,), self.indicators.clear())

    @cached_property
    def _figures(self) -> dict[tuple[Any, ...], pl.DataFrame]:
        return _parted(self.indicators, "area_id")

    def number(self, measure_id: str, area_id: str, start: date, end: date) -> Row | None:
        """The preferred row for one period, or None."""
        found = self.preferred(measure_id, area_id).filter(
            (pl.col("period_start") == start) & (pl.col("period_end") == end)
        )
        return found.row(0, named=True) if len(found) else None

    def forces(self, measure_id: str, start: date, end: date) -> pl.DataFrame:
        """The preferred rows of every police force area for one period, ordered by area_id."""
        return self.indicators.filter(
            (pl.col("measure_id") == measure_id)
            & (pl.col("area_kind") == "police_force_area")
            & (pl.col("period_start") == start)
            & (pl.col("period_end") == end)
            & pl.col("is_preferred")
        ).sort("area_id")

    def headline_period(self, measure_id: str) -> tuple[date, date] | None:
        """First and last day of the period on which forces are set side by side: the last twelve months with a count for every
        force and a population that is not too old; None where no twelve months of a force have a population."""
        if self.common is not None and measure_id in COMPARED:
            return self.common.headline_period(measure_id)
        if measure_id not in self._headlines:
            self._headlines[measure_id] = self._headline_period(measure_id)
        return self._headlines[measure_id]

    def headline(self, measure_id: str) -> pl.DataFrame:
        """``compared`` on the headline period; empty where there is none."""
        period = self.headline_period(measure_id)
        return self.compared(measure_id, *period) if period else self.indicators.clear()

    def _headline_period(self, measure_id: str) -> tuple[date, date] | None:
        population_age = (
            pl.col("period_end").dt.year() * 12
            + pl.col("period_end").dt.month()
            - (pl.col("denominator_edition").str.extract(r"mid-(\d{4})").cast(pl.Int32) * 12 + 6)
        )
        periods = (
            self.indicators.filter(
                (pl.col("measure_id") == measure_id)
                & (pl.col("area_kind") == "police_force_area")
                & pl.col("is_preferred")
                & (pl.col("months") == 12)
            )
            .group_by("period_start", "period_end")
            .agg(
                pl.col("numerator").is_not_null().sum().alias("with_count"),
                population_age.max().alias("age"),
                pl.col("denominator").is_not_null().all().alias("with_population"),
            )
        )
        complete = periods.filter(
            (pl.col("with_count") == pl.col("with_count").max())
            & pl.col("with_population")
            & (pl.col("age") <= OLDEST_POPULATION_MONTHS)
        )
        chosen = complete if len(complete) else periods.filter(pl.col("with_population"))
        return next(chosen.select("period_start", "period_end").sort("period_end", descending=True).iter_rows(), None)


def _parted(rows: pl.DataFrame, *by: str) -> dict[tuple[Any, ...], pl.DataFrame]:
    """A frame in parts by the values of some columns. Polars can give such a mapping itself, with a query for the key of each of a few hundred parts."""
    keys = rows.select(by).unique(maintain_order=True).rows()
    return dict(zip(keys, rows.partition_by(by, maintain_order=True), strict=True))


def _dispersion(year: pl.DataFrame) -> Row | None:
    """SCV and τ of one year with their limits; None for fewer than ten areas large enough."""
    from transforms.statistics import dispersion

    counts, people = year["numerator"].to_numpy(), year["denominator_used"].to_numpy()
    enough = dispersion.large_enough(counts, people)
    if enough.sum() < _FEWEST_COMPARED:
        return None
    scv, tau = (
        dispersion.with_limits(measure, counts[enough], people[enough])
        for measure in (dispersion.systematic_component_of_variation, dispersion.between_area_deviation)
    )
    return {
        **year.row(0, named=True),
        **{"areas": scv.areas, "scv": scv.value, "scv_lower": scv.lower, "scv_upper": scv.upper},
        **{"tau": tau.value, "tau_lower": tau.lower, "tau_upper": tau.upper},
    }


def count(row: Row) -> Run:
    """The numerator as a number, or the shorthand for why there is none."""
    if row["numerator"] is None:
        return formats.missing(row["status"])
    return Number(formats.count(row["numerator"]), row["indicator_id"])


def rate(row: Row) -> Run:
    """The rate as a number, or the shorthand for why there is none."""
    if row["value"] is None:
        return formats.missing(row["status"])
    return Number(formats.rate(row["value"]), row["indicator_id"])


def interval(row: Row) -> Run:
    """The 95% interval as one number, or the shorthand for why there is none."""
    if row["value"] is None:
        return formats.missing(row["status"])
    return Number(formats.interval(row["lower_95"], row["upper_95"]), row["indicator_id"])


def rate_with_interval(row: Row) -> Run:
    """The rate and its 95% interval as one number, or the shorthand for why there is none; what is no count of events has no interval."""
    if row["value"] is None:
        return formats.missing(row["status"])
    said = formats.rate(row["value"])
    if row["lower_95"] is not None:
        said += f" ({formats.interval(row['lower_95'], row['upper_95'])})"
    return Number(said, row["indicator_id"])


def residents(row: Row) -> Run:
    """The population used as a number, or the shorthand for none."""
    if row["denominator"] is None:
        return formats.missing("no_population")
    return Number(formats.population(row["denominator"]), row["indicator_id"])


def period(row: Row) -> str:
    """The period of a row in words."""
    return formats.period(row["period_start"], row["period_end"])
