"""The scoreboard and the ledger of the figures that the project keeps, for tests of whatever shows them."""

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from transforms.comparability import ledger
from transforms.harmonise import Harmonised, Registers
from transforms.inspection import confirmed, load_findings, scoreboard, with_inspections, with_programme
from transforms.inspection.scoreboard import Found
from transforms.inspection.worked_out import Held
from transforms.sources.published import read_cells
from transforms.sources.registry import Source


def scoreboard_of(
    sources: Mapping[str, Source],
    data: Path,
    harmonised: Harmonised,
    indicators: pl.DataFrame,
    grades: pl.DataFrame,
    registers: Registers,
) -> Found:
    """Scoreboard and ledger from published cells; ``grades`` is the contract INSPECTION_GRADES."""
    names = ("county_lines_assessments", "ho_county_lines_programme", "hmicfrs_serious_organised_crime")
    cells = confirmed(pl.concat(read_cells(sources[name], data) for name in names), registers)
    pairs = with_inspections(ledger(indicators, harmonised.observations, registers), grades, registers)
    pairs = with_programme(pairs, cells, registers)
    held = Held(cells, harmonised.observations, indicators, pairs, registers, sources, harmonised.excluded, grades)
    return scoreboard(load_findings(data), held)
