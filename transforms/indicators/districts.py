"""Figures of districts and community safety partnerships: areas below a police force, with rates where a population of the same places is held.

Nothing here is added to the figures of forces, which hold it already. A partnership is one district, several, or a part of one that was
merged since; the last has no population of its own and so no rate. What is counted for a code that was only replaced by another (Barnsley,
Sheffield) counts for the present one. A place that no source counts has no row: it is never a zero.
"""

from typing import Final

import polars as pl

from transforms.contracts.tables import DISTRICTS, OBSERVATIONS
from transforms.harmonise.meanings import with_value
from transforms.harmonise.registers import Registers
from transforms.indicators.local_authorities import (
    FACTORS,
    POPULATION,
    without_implausible_zeros,
)
from transforms.indicators.populations import AUTHORITIES, MOST_YEARS_AWAY, RESIDENTS
from transforms.indicators.rates import with_rate
from transforms.statistics.disclosure import margins, primary_suppression, secondary_suppression

PARTNERSHIP: Final = "community_safety_partnership"
DRUGS: Final = "drug_offences"
RECORDS: Final = "police_uk_drugs_records"
MEASURES: Final = (DRUGS, RECORDS, *FACTORS)
"""The measures of which districts have figures."""
_MONTHS_OF_YEAR: Final = 12
# The rate of records is expressed as that of the offences which they are records of.
_LIKE: Final = {RECORDS: DRUGS}
_CODED_SOURCE: Final = "ons_pfa_tables"
_CODED: Final = r"^([EW]\d{8}) \| (.*)$"
_SERIES: Final = ["measure_id", "source_id", "edition_id", "vintage", "period_start", "period_end", "area_id"]


def district_cells(excluded: pl.DataFrame, observations: pl.DataFrame, registers: Registers) -> pl.DataFrame:
    """The published cells of parts of police force areas as observations of these parts: the contract OBSERVATIONS.

    ``excluded`` and ``observations`` follow their contracts. A cell has measure, period and edition of its force's own cell in the same
    table. The area is the partnership or district whose code is printed, under its present code; what a force printed of no place keeps the
    force's area and the kind 'no_place'.
    """
    present = _present(registers).rename({"authority_id": "code"})
    parts = with_value(
        excluded.filter(pl.col("rule").is_in(["district-rows", "archive-districts"])), registers.sentinels
    ).with_columns(
        pl.col("breakdown_text").str.strip_chars().str.extract(_CODED).alias("code"),
        # A table that prints the force's code spells its name in several ways, with blanks and marks of notes.
        pl.coalesce(pl.col("area_code_text").str.strip_chars(), "area_text").alias("force_text"),
    )
    wholes = observations.filter(
        (pl.col("area_kind") == "police_force_area") & pl.col("measure_id").is_in([DRUGS, RECORDS])
    ).select(
        *("source_id", "edition_id", "table", "measure_id", "definition_id"),
        pl.when(pl.col("source_id") == _CODED_SOURCE).then("area_id").otherwise("area_text").alias("force_text"),
        *("period_start", "period_end", "vintage", pl.col("area_id").alias("force_id"), "area_basis"),
    )
    coded = pl.col("code").is_not_null()
    return (
        parts.join(wholes, on=["source_id", "edition_id", "table", "force_text"])
        .join(present, on="code", how="left")
        .with_columns(
            pl.concat_str(
                pl.col("source_id", "edition_id"), pl.col("table").str.strip_chars(), "cell", separator="/"
            ).alias("observation_id"),
            pl.coalesce("present", "code", "force_id").alias("area_id"),
            # A cell that is left blank.
            pl.col("status").fill_null("not_available"),
            pl.when(~coded)
            .then(pl.lit("no_place"))
            .when(pl.col("code").str.contains(r"^(E22|W14)"))
            .then(pl.lit(PARTNERSHIP))
            .otherwise(pl.lit("district"))
            .alias("area_kind"),
            pl.col("breakdown_text").alias("part"),
            pl.when(coded).then(pl.lit("code")).otherwise(pl.lit("name, as printed")).alias("area_match"),
            *(pl.lit(None, pl.String).alias(name) for name in ("note_marks", "correction_id")),
        )
        .select(list(OBSERVATIONS.schema))
        .cast(OBSERVATIONS.schema)
        .sort("observation_id")
    )


def districts(cells: pl.DataFrame, observations: pl.DataFrame, registers: Registers) -> pl.DataFrame:
    """Every figure of a district or partnership with its rate: the contract DISTRICTS.

    ``cells`` is ``district_cells``. Drug offences by partnership and year; records of data.police.uk by district of the force that made them,
    calendar years of which the force's every month is held, small numbers suppressed so that the force's own total does not give them away;
    assessments of children by local authority and year. Of several editions the newest. Rates and limits as ``rates.with_rate``.
    """
    multipliers = registers.measures.select(
        "measure_id", pl.col("code").replace("", None), pl.col("multiplier").cast(pl.Int64, strict=False)
    )
    counted = pl.concat(
        [_of_partnerships(cells), _of_records(cells, observations, registers), _of_children(observations, registers)]
    )
    about = multipliers.select(pl.col("measure_id").alias("like"), "multiplier")
    return (
        counted.with_columns(pl.col("measure_id").replace(_LIKE).alias("like"))
        .join(about, on="like", how="left")
        .join(multipliers.select("measure_id", "code"), on="measure_id", how="left")
        .pipe(_with_population, observations, registers)
        .pipe(with_rate)
        .pipe(_with_identity, registers)
        .select(list(DISTRICTS.schema))
        .cast(DISTRICTS.schema)
        .sort("indicator_id")
    )


def _of_partnerships(cells: pl.DataFrame) -> pl.DataFrame:
    return (
        cells.filter((pl.col("measure_id") == DRUGS) & (pl.col("area_kind") == PARTNERSHIP))
        .sort("vintage", "observation_id", descending=[True, False])
        .unique(["area_id", "period_start", "period_end"], keep="first", maintain_order=True)
        .select(
            *_SERIES,
            pl.col("value").alias("numerator"),
            pl.col("status").alias("numerator_status"),
            pl.col("observation_id").alias("numerator_observations"),
        )
    )


def _of_records(cells: pl.DataFrame, observations: pl.DataFrame, registers: Registers) -> pl.DataFrame:
    """Records of calendar years: a row a district of the force that made them; those that a force made elsewhere or of no place only add up to its total."""
    own = observations.filter((pl.col("measure_id") == RECORDS) & (pl.col("area_kind") == "police_force_area"))
    newest = (
        own.sort("vintage", "observation_id", descending=[True, False])
        .unique(["area_id", "period_start"], keep="first", maintain_order=True)
        .with_columns(pl.col("period_start").dt.year().alias("year"))
    )
    whole = newest.group_by(pl.col("area_id").alias("force_id"), "year").agg(
        pl.col("value").sum().alias("total"), pl.len().alias("months"), pl.col("value").null_count().alias("lacking")
    )
    years = whole.filter((pl.col("months") == _MONTHS_OF_YEAR) & (pl.col("lacking") == 0)).drop("months", "lacking")
    files = newest.select("source_id", "edition_id", "table", "year", pl.col("area_id").alias("force_id")).join(
        years, on=["force_id", "year"]
    )
    forces = registers.local_authorities.select(
        pl.col("authority_id").alias("area_id"), pl.col("police_force_area_id").alias("of_force")
    )
    by_district = (
        cells.filter((pl.col("measure_id") == RECORDS) & (pl.col("area_kind") == "district"))
        .join(files, on=["source_id", "edition_id", "table"])
        .join(forces, on="area_id")
        .filter(pl.col("of_force") == pl.col("force_id"))
        .sort("observation_id")
        .group_by("area_id", "force_id", "year", "total", "measure_id", "source_id", maintain_order=True)
        .agg(
            pl.col("edition_id").sort_by("vintage").last(),
            pl.col("vintage").max(),
            pl.col("value").sum().alias("numerator"),
            pl.col("observation_id").str.join("; ").alias("numerator_observations"),
        )
        .sort("force_id", "year", "area_id")
    )
    hidden = pl.concat(
        [
            pl.Series([], dtype=pl.Boolean),
            *(
                suppressed(table["numerator"], table["total"][0])
                for table in by_district.partition_by("force_id", "year", maintain_order=True)
            ),
        ]
    )
    return by_district.with_columns(hidden.alias("hidden")).select(
        *("measure_id", "source_id", "edition_id", "vintage"),
        pl.date("year", 1, 1).alias("period_start"),
        pl.date("year", 12, 31).alias("period_end"),
        "area_id",
        pl.when(~pl.col("hidden")).then(pl.col("numerator")).alias("numerator"),
        pl.when("hidden").then(pl.lit("suppressed")).otherwise(pl.lit("ok")).alias("numerator_status"),
        "numerator_observations",
    )


def suppressed(counts: pl.Series, total: float) -> pl.Series:
    """Which counts of districts are not shown beside the total of their force, which is: the small ones, and others until none can be worked out.

    What the force counted elsewhere or of no place makes up the rest of the total; it is never printed. Raises ValueError for counts above the total.
    """
    rest = total - float(counts.sum())
    table = [*counts, rest, total]
    if not primary_suppression(counts.to_numpy()).any():
        return pl.Series([False] * len(counts), dtype=pl.Boolean)
    printed = [False] * (len(table) - 1) + [True]
    relations = margins((1, len(table)), row_totals=True, column_totals=False)
    found = secondary_suppression([table], relations, shown=[printed])
    return pl.Series(found[0][: len(counts)], dtype=pl.Boolean)


def _of_children(observations: pl.DataFrame, registers: Registers) -> pl.DataFrame:
    return (
        without_implausible_zeros(observations.filter(pl.col("measure_id").is_in([*FACTORS, "assessed_episodes"])))
        .filter(pl.col("measure_id").is_in(FACTORS) & (pl.col("area_kind") == "local_authority"))
        .pipe(_under_present_codes, registers)
        .sort("vintage", "observation_id", descending=[True, False])
        .unique(["measure_id", "area_id", "period_start", "period_end"], keep="first", maintain_order=True)
        .select(
            *_SERIES,
            pl.col("value").alias("numerator"),
            pl.col("status").alias("numerator_status"),
            pl.col("observation_id").alias("numerator_observations"),
        )
    )


def _with_population(counted: pl.DataFrame, observations: pl.DataFrame, registers: Registers) -> pl.DataFrame:
    """The population of each count: residents of the same place, or those aged 0 to 17 of assessments of children.

    The mid-year of the middle of the period, or the nearest one a year away, the earlier of two; of one mid-year the newest edition.
    """
    held = pl.concat([_residents(observations, registers), _of_authorities(observations, registers, POPULATION)])
    middle = pl.col("period_start") + (pl.col("period_end") - pl.col("period_start")) / 2
    population = pl.when(pl.col("measure_id").is_in(FACTORS)).then(pl.lit(POPULATION)).otherwise(pl.lit(RESIDENTS))
    asked = counted.with_row_index("count").with_columns(
        population.alias("population"), middle.dt.year().alias("wanted")
    )
    chosen = (
        asked.select("count", "area_id", "population", "wanted")
        .join(held, on=["area_id", "population"])
        .with_columns((pl.col("year") - pl.col("wanted")).abs().alias("away"))
        .filter(pl.col("away") <= MOST_YEARS_AWAY)
        .sort("away", "year", "edition", descending=[False, False, True])
        .unique("count", keep="first", maintain_order=True)
        .select(
            "count",
            pl.col("residents").alias("denominator"),
            pl.col("residents").alias("denominator_used"),
            pl.format("mid-{}, {}", "year", "edition").alias("denominator_edition"),
            pl.col("observation_id").alias("denominator_observations"),
        )
    )
    return asked.join(chosen, on="count", how="left", maintain_order="left").with_columns(
        pl.when(pl.col("denominator").is_null())
        .then(pl.lit("none"))
        .otherwise(pl.lit("canonical"))
        .alias("denominator_rule")
    )


def _of_authorities(observations: pl.DataFrame, registers: Registers, measure_id: str) -> pl.DataFrame:
    """A population of districts and the authorities above them: area_id, population, year, residents, edition, observation_id; of one mid-year the newest edition."""
    return (
        observations.filter(
            (pl.col("measure_id") == measure_id)
            & pl.col("area_kind").is_in(AUTHORITIES)
            & pl.col("value").is_not_null()
        )
        .pipe(_under_present_codes, registers)
        .sort("observation_id")
        .group_by("area_id", "source_id", "edition_id", "vintage", "period_end", maintain_order=True)
        .agg(pl.col("value").sum(), pl.col("observation_id").str.join("; "))
        .with_columns(pl.col("period_end").dt.year().alias("year"))
        .sort("vintage", "edition_id", descending=True)
        .unique(["area_id", "year"], keep="first", maintain_order=True)
        .select(
            "area_id",
            pl.lit(measure_id).alias("population"),
            "year",
            pl.col("value").alias("residents"),
            pl.format("{} {}", "source_id", "edition_id").alias("edition"),
            "observation_id",
        )
    )


def _residents(observations: pl.DataFrame, registers: Registers) -> pl.DataFrame:
    """Residents of districts, and of partnerships that are whole districts: the sum of these, where every one has a figure of one edition."""
    printed = _of_authorities(observations, registers, RESIDENTS)
    members = members_of(registers.partnerships)
    shared = members.filter(pl.len().over("district_id") > 1)
    whole = members.join(shared.select("partnership_id"), on="partnership_id", how="anti")
    sums = (
        whole.join(printed.select("year", "edition").unique(), how="cross")
        .join(printed, left_on=["district_id", "year", "edition"], right_on=["area_id", "year", "edition"], how="left")
        .sort("partnership_id", "district_id")
        .group_by("partnership_id", "year", "edition", maintain_order=True)
        .agg(
            pl.when(pl.col("residents").is_not_null().all()).then(pl.col("residents").sum()).alias("residents"),
            pl.col("observation_id").drop_nulls().str.join("; "),
        )
        .drop_nulls("residents")
    )
    of_partnerships = sums.select(
        pl.col("partnership_id").alias("area_id"),
        pl.lit(RESIDENTS).alias("population"),
        *("year", "residents", "edition", "observation_id"),
    )
    return pl.concat([printed, of_partnerships])


def _present(registers: Registers) -> pl.DataFrame:
    """The codes that were only replaced by another, with the present one: authority_id, present."""
    return registers.local_authorities.filter(pl.col("ended_by") == "recoded").select(
        "authority_id", pl.col("successor_ids").alias("present")
    )


def _under_present_codes(rows: pl.DataFrame, registers: Registers) -> pl.DataFrame:
    return (
        rows.join(_present(registers), left_on="area_id", right_on="authority_id", how="left")
        .with_columns(pl.coalesce("present", "area_id").alias("area_id"))
        .drop("present")
    )


def members_of(partnerships: pl.DataFrame) -> pl.DataFrame:
    """The districts of every community safety partnership: partnership_id, district_id. A district that lies in several is a merger of them."""
    return partnerships.select("partnership_id", pl.col("district_ids").str.split(";").alias("district_id")).explode(
        "district_id"
    )


def as_places(registers: Registers) -> pl.DataFrame:
    """Districts, authorities above them and partnerships with the police force area that each lies in: area_id, kind, name, force_id."""
    return pl.concat(
        [
            registers.partnerships.select(
                pl.col("partnership_id").alias("area_id"),
                pl.lit(PARTNERSHIP).alias("kind"),
                "name",
                pl.col("police_force_area_id").alias("force_id"),
            ),
            registers.local_authorities.select(
                pl.col("authority_id").alias("area_id"),
                "kind",
                "name",
                pl.col("police_force_area_id").alias("force_id"),
            ),
        ]
    )


def _with_identity(frame: pl.DataFrame, registers: Registers) -> pl.DataFrame:
    months = (
        (pl.col("period_end").dt.year() - pl.col("period_start").dt.year()) * 12
        + pl.col("period_end").dt.month().cast(pl.Int32)
        - pl.col("period_start").dt.month().cast(pl.Int32)
        + 1
    )
    named = as_places(registers).select(
        "area_id", pl.col("kind").alias("area_kind"), pl.col("name").alias("area_name"), "force_id"
    )
    shown = pl.col("numerator").is_not_null()
    return frame.join(named, on="area_id").with_columns(
        pl.col("code").alias("measure_code"),
        months.alias("months"),
        pl.when(shown).then(pl.lit("complete")).otherwise(pl.lit("none")).alias("coverage"),
        pl.lit(None, pl.String).alias("coverage_note"),
        pl.lit(True).alias("is_preferred"),
        pl.lit(True).alias("is_derived"),
        pl.lit("same_area").alias("area_basis"),
        # The cells of a sum that is not shown would give it away.
        pl.when(pl.col("numerator_status") != "suppressed")
        .then(pl.col("numerator_observations"))
        .alias("numerator_observations"),
        pl.concat_str(
            pl.coalesce("code", "measure_id"),
            "area_id",
            pl.col("period_start").dt.strftime("%Y%m") + "-" + pl.col("period_end").dt.strftime("%Y%m"),
            "edition_id",
            "denominator_rule",
            separator=".",
        ).alias("indicator_id"),
    )
