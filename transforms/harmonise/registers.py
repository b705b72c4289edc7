"""Reads the authored registers under ``data/registers`` and ``data/corrections``. No interpretation of cells here."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from transforms.contracts.registers import read_register
from transforms.contracts.tables import AREAS
from transforms.errors import RegisterError
from transforms.harmonise.local_authorities import as_areas, load_local_authorities
from transforms.harmonise.neighbours import load_land_areas, load_neighbours

# Names that a source prints must be found in its cells, or the row is dead; the other kinds serve people who ask by name.
PUBLISHED_NAME = "as_published"
# What people say and no publisher prints: never looked up in a build.
ASKED_NAME = "asked"


@dataclass(frozen=True)
class Correction:
    """A known upstream error: cells whose texts are those of ``match`` are read as if they said ``set``; ``expect_cells`` of them, or the build fails.

    Of one column there are several texts where copies of a file spell one error in several ways.
    """

    id: str
    source_id: str
    match: dict[str, tuple[str, ...]]
    set: dict[str, str]
    expect_cells: int
    reason: str


@dataclass(frozen=True)
class Registers:
    """Every authored register as a frame of text columns, plus the corrections."""

    areas: pl.DataFrame
    area_names: pl.DataFrame
    area_members: pl.DataFrame
    exclusions: pl.DataFrame
    measures: pl.DataFrame
    measure_labels: pl.DataFrame
    sentinels: pl.DataFrame
    definitions: pl.DataFrame
    units: pl.DataFrame
    adjustments: pl.DataFrame
    source_quality: pl.DataFrame
    breaks: pl.DataFrame
    coverage_gaps: pl.DataFrame
    doubtful_figures: pl.DataFrame
    local_authorities: pl.DataFrame
    neighbours: pl.DataFrame
    land_areas: pl.DataFrame
    partnerships: pl.DataFrame
    localities: pl.DataFrame
    headlines: pl.DataFrame
    class_a_supply_subcodes: pl.DataFrame
    elsewhere: pl.DataFrame
    incident_bodies: pl.DataFrame
    incident_supply: pl.DataFrame
    corrections: tuple[Correction, ...]


def _read_corrections(folder: Path) -> tuple[Correction, ...]:
    corrections = []
    for path in sorted(folder.glob("*.toml")):
        try:
            entries = tomllib.loads(path.read_text(encoding="utf-8")).get("correction", [])
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise RegisterError(f"data/corrections/{path.name} is not TOML ({error}); correct it.") from error
        for entry in entries:
            wanted = {"id", "match", "set", "expect_cells", "reason", "evidence", "reported_to"}
            if set(entry) != wanted:
                raise RegisterError(
                    f"{path.name}: correction {entry.get('id', '(without id)')} needs exactly the keys {', '.join(sorted(wanted))}."
                )
            values: dict[str, Any] = {key: entry[key] for key in ("id", "set", "expect_cells", "reason")}
            match = {
                column: (texts,) if isinstance(texts, str) else tuple(texts) for column, texts in entry["match"].items()
            }
            corrections.append(Correction(source_id=path.stem, match=match, **values))
    return tuple(corrections)


def load_registers(data: Path) -> Registers:
    """Read all registers below the ``data`` folder.

    Raises RegisterError when a register breaks its contract, or names an area, measure, definition or unit that no other one defines.
    """
    texts = (
        *(
            "areas",
            "area_names",
            "area_members",
            "exclusions",
            "measures",
            "measure_labels",
            "sentinels",
            "definitions",
        ),
        *(
            "units",
            "adjustments",
            "source_quality",
            "localities",
            "partnerships",
            "headlines",
            "class_a_supply_subcodes",
            "elsewhere",
        ),
        *("incident_bodies", "incident_supply"),
    )
    registers = Registers(
        **{name: read_register(data, name) for name in texts},
        breaks=read_register(data, "breaks").with_columns(
            pl.col("date").str.to_date(),
            pl.col("valid_to").replace("", None).str.to_date(),
            pl.col("measure_id", "area_id").replace("", None),
            pl.col("score").cast(pl.Int8),
        ),
        coverage_gaps=read_register(data, "coverage_gaps").with_columns(
            pl.col("first_period_end", "last_period_end").str.to_date()
        ),
        doubtful_figures=read_register(data, "doubtful_figures").with_columns(
            pl.col("first_day", "last_day").str.to_date()
        ),
        local_authorities=load_local_authorities(data),
        neighbours=load_neighbours(data),
        land_areas=load_land_areas(data),
        corrections=_read_corrections(data / "corrections"),
    )
    _check_references(registers)
    return registers


def _check_references(registers: Registers) -> None:
    known = set(known_areas(registers)["area_id"])
    used = (
        set(registers.area_names["area_id"])
        | set(registers.area_members["parent_id"])
        | set(registers.area_members["child_id"])
        | set(registers.doubtful_figures["area_id"])
        | set(registers.neighbours["area_id"])
        | set(registers.land_areas["area_id"])
        | set(registers.partnerships["police_force_area_id"])
        | {code for codes in registers.partnerships["district_ids"] for code in codes.split(";")}
        | set(registers.local_authorities["police_force_area_id"])
        | set(registers.local_authorities["region_id"])
    )
    for what, unknown in (
        ("area", sorted(used - known)),
        ("measure", sorted(_measures_used(registers) - set(registers.measures["measure_id"]))),
        (
            "definition",
            sorted(set(registers.measures["definition_id"]) - {"", *registers.definitions["definition_id"]}),
        ),
        ("unit", sorted(_units_used(registers) - {"", *registers.units["unit_id"]})),
    ):
        if unknown:
            raise RegisterError(
                f"The registers use the {what} {', '.join(unknown)}, which no register defines; add it or correct the name."
            )


def _measures_used(registers: Registers) -> set[str]:
    named = [registers.measure_labels["measure_id"], registers.breaks["measure_id"].drop_nulls()]
    of = [registers.measures["part_of"], *registers.adjustments["allowed_for"].str.split(";").to_list()]
    return {measure_id for column in (*named, *of) for measure_id in column if measure_id}


def _units_used(registers: Registers) -> set[str]:
    return {*registers.measures["unit_id"], *registers.definitions["unit_id"]}


def known_areas(registers: Registers) -> pl.DataFrame:
    """The areas and the local authorities, with the columns of the register of areas."""
    return pl.concat([registers.areas, as_areas(registers.local_authorities)])


def areas_frame(registers: Registers) -> pl.DataFrame:
    """The areas with the region and policing region of each police force area, and the region of each local authority: the contract AREAS."""
    parents = registers.area_members.filter(pl.col("relation").is_in(["region", "policing_region"])).pivot(
        on="relation", index="child_id", values="parent_id"
    )
    authorities = registers.local_authorities.select("authority_id", pl.col("region_id").alias("authority_region"))
    return (
        known_areas(registers)
        .join(parents, left_on="area_id", right_on="child_id", how="left")
        .join(authorities, left_on="area_id", right_on="authority_id", how="left")
        .with_columns(
            pl.coalesce("region", "authority_region").alias("region_id"),
            pl.col("policing_region").alias("policing_region_id"),
            pl.col("tile_label").replace("", None),
            pl.col("tile_column", "tile_row").replace("", None).cast(pl.Int32),
        )
        .select(list(AREAS.schema))
        .sort("area_id")
    )
