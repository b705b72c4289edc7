"""A build, and what may be asked of it."""

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from transforms.errors import CountyLinesError, NotComparableError

if TYPE_CHECKING:
    from datetime import date

    import polars as pl

    from countylines.drawing import Drawing
    from countylines.places import Place
    from transforms.answers import Explanation
    from transforms.harmonise import Registers

# A count of one year after another is what reports print; where no year is held, the longest period is.
_A_YEAR = 12


class Build:
    """A finished build: tables as Polars frames, one number, comparisons that the rules allow, and the way back to the published cell.

    An area is any known spelling, an ONS code or a slug ('Norfolk', 'E23000024', 'the Met'); a measure is its id, code or name
    ('drug_offences', 'M01', 'drug offences'); a period is written as for the command line ('YE Dec 2019', '2023-Q1', '2018/19', 'latest').
    Every method raises CountyLinesError, a sentence with what to do, for an area, measure or period that is not known or not held.
    """

    def __init__(self, place: "Place") -> None:
        self.place = place
        self._tables: dict[str, pl.DataFrame] = {}

    def __repr__(self) -> str:
        return f"countylines.open({self.place.name!r})"

    def table(self, name: str) -> "pl.DataFrame":
        """A table of the build as its contract has it, such as 'out/indicators' or 'core/observations'; data-dictionary.html says what each column is."""
        import polars as pl

        if name not in self._tables:
            self._tables[name] = pl.read_parquet(self.place.table(name))
        return self._tables[name]

    @cached_property
    def registers(self) -> "Registers":
        """The registers of the build: areas, their names, measures, breaks and the rest."""
        from transforms.harmonise.registers import load_registers

        return load_registers(self.place.data())

    @cached_property
    def numbers(self) -> "pl.DataFrame":
        """Every number that can be asked for: the rows of out/indicators and out/districts, and published counts of which no indicator is made, without a rate."""
        from transforms.answers import numbers_held
        from transforms.harmonise.registers import known_areas

        return numbers_held(self.figures, self.table("core/observations"), known_areas(self.registers))

    @cached_property
    def figures(self) -> "pl.DataFrame":
        """The rows of out/indicators, and those of out/districts in the same columns."""
        import polars as pl

        indicators = self.table("out/indicators")
        return pl.concat([indicators, self.table("out/districts").select(indicators.columns)])

    def measures(self) -> "pl.DataFrame":
        """Every measure of which a number is held, by identifier.

        Columns: ``measure_id``, ``code`` (short, null for some), ``name``, ``unit`` (of a count), ``per`` (residents that its rate is for; null where
        it has none), ``claim_scope`` (what it may be used to speak of), ``areas`` (how many have a number), ``first_day`` and ``last_day`` (of
        what is held), ``figures`` (preferred figures), ``published`` (counts as published that no figure is made of).
        """
        import polars as pl

        from transforms.exchange import measures_frame

        held = self.numbers.group_by("measure_id").agg(
            pl.n_unique("area_id").alias("areas"),
            pl.col("period_start").min().alias("first_day"),
            pl.col("period_end").max().alias("last_day"),
            (pl.col("status") == _published()).sum().alias("published"),
        )
        named = measures_frame(self.registers.measures).select(
            "measure_id",
            "code",
            "name",
            pl.col("unit_plural").alias("unit"),
            pl.col("multiplier").alias("per"),
            "claim_scope",
        )
        figures = self._preferred.group_by("measure_id").agg(pl.len().alias("figures"))
        counted = held.join(figures, on="measure_id", how="left").select(
            *("measure_id", "areas", "first_day", "last_day"), pl.col("figures").fill_null(0), "published"
        )
        return named.join(counted, on="measure_id").sort("measure_id")

    def areas(self, kind: str | None = None) -> "pl.DataFrame":
        """Every area of the registers, or those of one kind: 'police_force_area', 'region', 'policing_region', 'country', 'district' and others.

        Columns: ``area_id`` (ONS code), ``name``, ``operating_name`` (of a force), ``kind``, ``slug`` (of its report, empty without one),
        ``region_id``, ``policing_region_id``, ``figures`` (how many preferred figures it has). Raises CountyLinesError for a kind that is not there, with those that are.
        """
        import polars as pl

        known = self.table("core/areas")
        figures = self._preferred.group_by("area_id").agg(pl.len().alias("figures"))
        listed = known.join(figures, on="area_id", how="left").select(
            *("area_id", "name", "operating_name", "kind", "slug", "region_id", "policing_region_id"),
            pl.col("figures").fill_null(0),
        )
        if kind is not None and kind not in set(known["kind"]):
            raise CountyLinesError(
                f"No area is of the kind {kind!r}; the kinds are {', '.join(sorted(set(known['kind'])))}."
            )
        return listed.filter(pl.lit(True) if kind is None else pl.col("kind") == kind).sort("kind", "name", "area_id")

    def periods(self, measure: str, area: str | None = None) -> "pl.DataFrame":
        """The periods of a measure for which a number is held, of one area or of any, the newest first.

        Columns: ``period_start``, ``period_end``, ``months`` (length), ``areas`` (how many areas have a number that is not missing), ``has_rate``
        (whether one of them has a rate).
        """
        import polars as pl

        rows = self._of(self.numbers, measure, area).filter(pl.col("numerator").is_not_null())
        return (
            rows.group_by("period_start", "period_end", "months")
            .agg(pl.n_unique("area_id").alias("areas"), pl.col("value").is_not_null().any().alias("has_rate"))
            .sort("period_end", "months", descending=True)
        )

    def indicators(self, measure: str | None = None, area: str | None = None, preferred: bool = True) -> "pl.DataFrame":
        """Rows of out/indicators, of one measure and one area where they are named, by measure, area and time.

        The columns are those of that table: ``numerator`` is the count, ``value`` the rate per ``multiplier`` residents (of a share: in per cent), with
        ``lower_95`` and ``upper_95``, null with a ``status`` where no rate may be shown; a missing count is null, never zero. Periods of several lengths
        overlap: do not add them up, ask for a ``series``. Unless ``preferred`` is false, each fact stands once; other editions and populations are left out.
        """
        rows = self._preferred if preferred else self.table("out/indicators")
        return self._of(rows, measure, area).sort("measure_id", "area_id", "period_end", "months", "indicator_id")

    def series(self, area: str, measure: str, months: int | None = None, overlapping: bool = False) -> "pl.DataFrame":
        """The preferred figures of one area and measure, oldest first, one a period, all of one length; the columns are those of ``indicators``.

        ``months`` is that length: 12 unless given, or the longest where no year is held. Of figures for twelve months that are published every quarter only
        those are kept that end in the month of the newest one held of any area, so that no month is counted twice, and areas stand side by side; with
        ``overlapping`` all. Figures that a change of recording parts stand in one series: ``figure`` draws where, ``compare`` says whether two may be compared.
        """
        import polars as pl

        from transforms.series import one_after_another

        rows = self._of(self._preferred, measure, None)
        own = self._of(rows, None, area)
        if own.is_empty():
            raise CountyLinesError(
                f"No series of {measure} is held for {area}; ask for single numbers, which districts have, or for another area."
            )
        lengths = sorted(own["months"].unique())
        length = months if months is not None else _A_YEAR if _A_YEAR in lengths else lengths[-1]
        if length not in lengths:
            raise CountyLinesError(
                f"No {measure} of {length} months is held for {area}; the lengths held are {', '.join(map(str, lengths))} months."
            )
        chosen = rows.filter(months=length)
        chosen = chosen if overlapping else one_after_another(chosen)
        return chosen.filter(pl.col("area_id") == own["area_id"][0]).sort("period_end")

    def value(self, area: str, measure: str, period: str = "latest", edition: str | None = None) -> dict[str, Any]:
        """One number as a dictionary: that which reports use, and under ``alternatives`` the same of other populations and editions.

        Keys: ``area_code``, ``area_name``, ``measure``, ``period``, ``months``, ``numerator`` (the count), ``denominator`` (residents as printed),
        ``denominator_used``, ``value`` (the rate per ``multiplier``), ``lower_95``, ``upper_95``, ``method`` of the limits, ``coverage`` and
        ``coverage_note`` (what it leaves out), ``status``, ``why_missing`` (sentences), ``source``, ``edition``, ``vintage``, ``indicator_id`` and what
        says how the number was made. ``edition`` asks for what one edition said. Raises CountyLinesError also for a PEEL grade, which is a word.
        """
        from countylines.answers import value

        return value(self, area, measure, period, edition)

    def compare(
        self,
        area: str,
        other: str | None = None,
        *,
        measure: str,
        period: str = "latest",
        with_period: str | None = None,
        question: str = "Effectiveness",
    ) -> dict[str, Any]:
        """Two areas in one period, or one area in two: both figures, the ``grade`` (A direct, B adjusted), the ``change`` in per cent with its limits, and
        the ``sentence`` that may be published.

        Raises NotComparableError for grade C (side by side only) and X (not at all), with the reasons; ``graded`` gives the pair with its figures.
        """
        from reports import wording

        pair = self.graded(area, other, measure=measure, period=period, with_period=with_period, question=question)
        if pair["grade"] in ("C", "X"):
            why = f"Grade {pair['grade']}: {wording.reasons(pair['reasons'])}. {pair['sentence']}"
            raise NotComparableError(why)
        return pair

    def graded(
        self,
        area: str,
        other: str | None = None,
        *,
        measure: str,
        period: str = "latest",
        with_period: str | None = None,
        question: str = "Effectiveness",
    ) -> dict[str, Any]:
        """As ``compare``, and of figures that may not be compared the pair with its ``grade``, ``reasons`` and what ``remedy`` it would take; ``change`` is None then."""
        from countylines.comparison import graded

        return graded(self, area, other, measure, period, with_period, question)

    def beside(self, area: str, with_whom: str, *, measure: str, period: str = "latest") -> dict[str, Any]:
        """One area beside each of several: its ``neighbours``, ``similar`` police force areas, ``region``, or areas named with commas between them.

        Keys: ``with`` (what they are), ``method`` (how they were chosen, sentences), ``pairs`` (each as ``graded`` gives it), ``without_figure`` (sentences).
        """
        from countylines.comparison import beside

        return beside(self, area, with_whom, measure, period)

    def explain(self, indicator_id: str) -> "Explanation":
        """The way back from a number to the published cells: ``formula`` in words, ``numerator`` and ``denominator`` (observations), ``editions`` with the
        checksums of the files, ``comparisons`` in which it stands, and what ``others`` printed. Raises CountyLinesError for an identifier that no number has.
        """
        import polars as pl

        from transforms.answers import explain
        from transforms.indicators.districts import district_cells

        observations = self.table("core/observations")
        cells = district_cells(self.table("core/excluded"), observations, self.registers)
        beside = ("raw/editions", "out/comparability", "core/record_files")
        return explain(indicator_id, self.figures, pl.concat([observations, cells]), *map(self.table, beside))

    def figure(
        self, areas: str | Sequence[str], measure: str, months: int | None = None, counts: bool = False
    ) -> "Drawing":
        """The series of up to four areas as a chart (SVG) that a notebook shows: rates, or ``counts``; lines are joined only where figures are comparable.

        ``months`` as in ``series``. Raises CountyLinesError for more areas than can be told apart, and where there is nothing to draw.
        """
        from countylines.drawing import drawn

        return drawn(self, [areas] if isinstance(areas, str) else list(areas), measure, months, counts)

    def area_id(self, area: str, measure_id: str = "") -> str:
        """The ONS code of an area by any known spelling, of a district or partnership too; of several of one name that which has the measure.

        Raises CountyLinesError with the nearest names for another, and for a district that ended, with what it is a part of.
        """
        from transforms.answers import find_place

        return find_place(area, measure_id, self.registers, self.figures)

    def why_missing(self, area_id: str, measure_id: str, period: "tuple[date, date]") -> list[str]:
        """Why an area has no figure of a measure in a period (first and last day): sentences, none where nothing is known."""
        from transforms.missing import why_missing

        known = self.registers
        coverage, files = self.table("out/coverage"), self.table("core/record_files")
        return why_missing(area_id, measure_id, period, known.measures, coverage, files, known.breaks)

    @cached_property
    def _preferred(self) -> "pl.DataFrame":
        import polars as pl

        return self.table("out/indicators").filter(pl.col("is_preferred"))

    def _of(self, rows: "pl.DataFrame", measure: str | None, area: str | None) -> "pl.DataFrame":
        """The rows of a measure and an area, where they are named."""
        import polars as pl

        from transforms.answers import find_measure

        if measure is not None:
            rows = rows.filter(pl.col("measure_id") == find_measure(self.numbers, measure))
        return rows if area is None else rows.filter(pl.col("area_id") == self.area_id(area, measure or ""))


def _published() -> str:
    from transforms.evidence import PUBLISHED

    return PUBLISHED
