"""Synthetic areas and observations: none of these figures was ever published."""

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from transforms import indicators as formulas
from transforms.contracts.tables import OBSERVATIONS
from transforms.harmonise.local_authorities import load_local_authorities

# No synthetic observation is of a local authority.
AUTHORITIES = load_local_authorities(Path(__file__).parents[2] / "data")
YEAR_2023 = (date(2023, 1, 1), date(2023, 12, 31))
MEASURES = pl.DataFrame(
    {
        "measure_id": [
            *("drug_offences", "nrm_police_referrals", "london_linked_individuals", "resident_population"),
            *("nrm_police_child_criminal_referrals", "nrm_police_other_referrals"),
        ],
        "code": ["M01", "M08", "M19", "", "M09", ""],
        "role": ["count", "count", "count", "population", "count", "count_not_reported"],
        "multiplier": ["1000", "100000", "100000", "", "100000", ""],
        "part_of": ["", "", "", "", "nrm_police_referrals", "nrm_police_referrals"],
    }
)

# Ten synthetic areas: events and residents. Their ratio of sums and their mean rate were computed apart from this project.
TEN_AREAS = {
    "ALPHA": (420, 910_000),
    "BRAVO": (310, 760_000),
    "CHARLIE": (1250, 1_850_000),
    "DELTA": (95, 480_000),
    "ECHO": (2210, 2_780_000),
    "FOXTROT": (640, 1_190_000),
    "GOLF": (7, 9_000),
    "HOTEL": (510, 1_320_000),
    "INDIA": (880, 1_440_000),
    "JULIET": (1500, 2_300_000),
}


def quarter(year: int, number: int) -> tuple[date, date]:
    """First and last day of a quarter."""
    last = {1: 31, 2: 30, 3: 30, 4: 31}[number]
    return date(year, 3 * number - 2, 1), date(year, 3 * number, last)


def area_frames(*forces: str, region: str = "REGION") -> tuple[pl.DataFrame, pl.DataFrame]:
    """Areas and members: one region made of the given forces."""
    areas = pl.DataFrame(
        {
            "area_id": [*forces, region],
            "kind": ["police_force_area"] * len(forces) + ["region"],
            "name": [*(force.title() for force in forces), region.title()],
        }
    )
    return areas, pl.DataFrame({"parent_id": [region] * len(forces), "child_id": list(forces)})


def observation(
    area_id: str,
    value: float | None,
    period: tuple[date, date] = YEAR_2023,
    measure_id: str = "nrm_police_referrals",
    **columns: Any,
) -> dict[str, Any]:
    """One observation with the columns of its contract; the rest may be given by name."""
    edition = columns.get("edition_id", f"of-{period[1]:%Y-%m}")
    row = {
        "source_id": "synthetic_counts",
        "edition_id": edition,
        "table": "synthetic",
        "cell": "A1",
        "area_id": area_id,
        "area_kind": "police_force_area",
        "measure_id": measure_id,
        "definition_id": None,
        "part": None,
        "period_start": period[0],
        "period_end": period[1],
        "value": value,
        "status": "ok" if value is not None else "not_available",
        "vintage": f"{period[1]:%Y-%m}",
        "value_text": str(value),
        "area_text": area_id,
        "note_marks": None,
        "area_match": "name, as printed, this source",
        "area_basis": "same_area",
        "correction_id": None,
        "source_url": None,
        **columns,
    }
    return {"observation_id": "/".join([row["source_id"], edition, area_id, measure_id, f"{period[1]:%Y-%m}"]), **row}


def residents(area_id: str, value: float | None, year: int = 2023, **columns: Any) -> dict[str, Any]:
    """The residents of an area at the middle of a year."""
    middle = date(year, 6, 30)
    given = {"source_id": "synthetic_people", "edition_id": f"people-{year}", **columns}
    return observation(area_id, value, (middle, middle), "resident_population", **given)


def frame(*rows: dict[str, Any]) -> pl.DataFrame:
    """Observations as the contract has them."""
    return pl.DataFrame(rows, schema=OBSERVATIONS.schema, orient="row")


def computed(*rows: dict[str, Any], forces: tuple[str, ...]) -> pl.DataFrame:
    """The indicators of synthetic observations, for the given forces and the region that they make up."""
    areas, members = area_frames(*forces)
    return formulas.indicators(frame(*rows), areas, members, MEASURES, AUTHORITIES)


def number(
    indicators: pl.DataFrame, area_id: str, period: tuple[date, date] = YEAR_2023, **columns: Any
) -> dict[str, Any]:
    """The one row of an area and period, narrowed by further columns."""
    rows = indicators.filter(
        (pl.col("area_id") == area_id) & (pl.col("period_start") == period[0]) & (pl.col("period_end") == period[1]),
        **columns,
    )
    assert rows.height == 1, rows
    return rows.row(0, named=True)
