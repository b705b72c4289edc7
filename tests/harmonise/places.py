"""Printed places resolved against the real registers."""

from pathlib import Path

import polars as pl

from transforms.harmonise import load_registers
from transforms.harmonise.areas import resolve
from transforms.harmonise.names import name_table
from transforms.sources.registry import load_sources

DATA = Path(__file__).parents[2] / "data"
REGISTERS = load_registers(DATA)
NAMES = name_table(REGISTERS.areas, REGISTERS.area_names)
KINDS = {source.id: source.area_kinds for source in load_sources(DATA).values()}
ONS, HO, NRM, MOPAC = (
    "ons_pfa_tables",
    "ho_recorded_crime_rolling",
    "ho_nrm_police_first_responder",
    "mopac_rescue_and_response",
)


def resolved(*places: tuple[str, str | None, str | None]) -> pl.DataFrame:
    """What becomes of printed places: (source, code, name)."""
    frame = pl.DataFrame(
        places,
        schema={"source_id": pl.String, "area_code_text": pl.String, "area_text": pl.String},
        orient="row",
    )
    return frame.join(
        resolve(frame, NAMES, KINDS),
        on=["source_id", "area_code_text", "area_text"],
        how="left",
        nulls_equal=True,
        maintain_order="left",
    )


def area_of(text: str, source: str = ONS, code: str | None = None) -> str | None:
    area: str | None = resolved((source, code, text))["area_id"].item()
    return area
