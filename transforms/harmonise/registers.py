"""Reads the authored registers under ``data/registers`` and ``data/corrections``. No interpretation of cells here."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from transforms.contracts.tables import AREAS, STATUSES
from transforms.errors import RegisterError
from transforms.harmonise.local_authorities import as_areas, load_local_authorities

NAME_TYPES = ("as_published", "operating", "everyday", "abbreviation", "historical", "welsh")
# How sure a registered fact is: read in the publisher's own text, in another's report of it, or from memory (a hypothesis).
CERTAINTIES = ("verified", "second-hand", "unverified")
# The eight dimensions of a comparison (transforms.comparability.scores), by the letter that reasons print.
DIMENSION_LETTERS = ("U", "D", "P", "T", "G", "C", "R", "S")
SOURCE_QUALITIES = ("official", "management information", "press", "unattributable")
# Names that a source prints must be found in its cells, or the row is dead; the other kinds serve people who ask by name.
PUBLISHED_NAME = "as_published"


@dataclass(frozen=True)
class Correction:
    """A known upstream error: cells whose texts equal ``match`` are read as if they said ``set``; ``expect_cells`` of them, or the build fails."""

    id: str
    source_id: str
    match: dict[str, str]
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
    local_authorities: pl.DataFrame
    corrections: tuple[Correction, ...]


def _read(path: Path, columns: tuple[str, ...]) -> pl.DataFrame:
    frame = pl.read_csv(path, infer_schema=False).with_columns(pl.all().fill_null(""))
    if tuple(frame.columns) != columns:
        raise RegisterError(
            f"{path.name}: its columns are {', '.join(frame.columns)}, not {', '.join(columns)}; restore the header."
        )
    return frame


def _read_corrections(folder: Path) -> tuple[Correction, ...]:
    corrections = []
    for path in sorted(folder.glob("*.toml")):
        for entry in tomllib.loads(path.read_text(encoding="utf-8")).get("correction", []):
            wanted = {"id", "match", "set", "expect_cells", "reason", "evidence", "reported_to"}
            if set(entry) != wanted:
                raise RegisterError(
                    f"{path.name}: correction {entry.get('id', '(without id)')} needs exactly the keys {', '.join(sorted(wanted))}."
                )
            values: dict[str, Any] = {key: entry[key] for key in ("id", "match", "set", "expect_cells", "reason")}
            corrections.append(Correction(source_id=path.stem, **values))
    return tuple(corrections)


def load_registers(data: Path) -> Registers:
    """Read all registers below the ``data`` folder.

    Raises RegisterError when a file's header, an area reference, a name type or a status is not one that exists.
    """
    folder = data / "registers"
    registers = Registers(
        areas=_read(
            folder / "areas.csv",
            ("area_id", "kind", "name", "operating_name", "slug", "tile_label", "tile_column", "tile_row", "note"),
        ),
        area_names=_read(
            folder / "area_names.csv",
            ("area_id", "name", "name_type", "source_id", "area_basis", "valid_from", "valid_to", "evidence"),
        ),
        area_members=_read(
            folder / "area_members.csv", ("parent_id", "child_id", "relation", "valid_from", "valid_to", "evidence")
        ),
        exclusions=_read(
            folder / "exclusions.csv", ("exclusion_id", "source_id", "column", "pattern", "reason", "evidence")
        ),
        measures=_read(
            folder / "measures.csv",
            (
                "measure_id",
                "code",
                "name",
                "unit_singular",
                "unit_plural",
                "role",
                "multiplier",
                "definition_id",
                "claim_scope",
                "unit_id",
                "geography_basis",
                "police_generated",
                "part_of",
            ),
        ),
        measure_labels=_read(
            folder / "measure_labels.csv", ("source_id", "table_pattern", "measure_pattern", "breakdown", "measure_id")
        ),
        sentinels=_read(folder / "sentinels.csv", ("source_id", "value_text", "status", "meaning")),
        definitions=_read(
            folder / "definitions.csv",
            (
                "definition_id",
                "term",
                "body",
                "says",
                "unit_id",
                "geography_basis",
                "period_basis",
                "concept",
                "sure",
            ),
        ),
        units=_read(folder / "units.csv", ("unit_id", "name", "kin", "comparable")),
        adjustments=_read(
            folder / "adjustments.csv", ("adjustment_id", "name", "formula", "dimensions", "allowed_for", "sure")
        ),
        source_quality=_read(folder / "source_quality.csv", ("source_id", "quality", "evidence")),
        breaks=_read(
            folder / "breaks.csv",
            (
                "break_id",
                "date",
                "valid_to",
                "measure_id",
                "area_id",
                "dimension",
                "score",
                "label",
                "in_words",
                "evidence",
                "sure",
            ),
        ).with_columns(
            pl.col("date").str.to_date(),
            pl.col("valid_to").replace("", None).str.to_date(),
            pl.col("measure_id", "area_id").replace("", None),
            pl.col("score").cast(pl.Int8),
        ),
        coverage_gaps=_read(
            folder / "coverage_gaps.csv",
            (
                "gap_id",
                "source_id",
                "measure_id",
                "area_id",
                "first_period_end",
                "last_period_end",
                "reason",
                "evidence",
            ),
        ).with_columns(pl.col("first_period_end", "last_period_end").str.to_date()),
        local_authorities=load_local_authorities(data),
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
        ("dimension", sorted(_dimensions(registers) - set(DIMENSION_LETTERS))),
        ("score", sorted({str(score) for score in registers.breaks["score"]} - {"0", "1", "2", "3"})),
        ("measure without a definition, of", sorted(_undefined(registers))),
        ("certainty", sorted(_certainties(registers) - set(CERTAINTIES))),
        ("source quality", sorted(set(registers.source_quality["quality"]) - set(SOURCE_QUALITIES))),
        ("name type", sorted(set(registers.area_names["name_type"]) - set(NAME_TYPES))),
        ("status", sorted(set(registers.sentinels["status"]) - set(STATUSES))),
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


def _dimensions(registers: Registers) -> set[str]:
    return {*registers.breaks["dimension"], *";".join(registers.adjustments["dimensions"]).split(";")}


def _undefined(registers: Registers) -> set[str]:
    """Measures without a definition: a figure that nobody defined cannot be compared with anything."""
    return set(registers.measures.filter(pl.col("definition_id") == "")["measure_id"])


def _certainties(registers: Registers) -> set[str]:
    return {*registers.definitions["sure"], *registers.adjustments["sure"], *registers.breaks["sure"]}


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
