"""The scoreboard of the figures that the project keeps, for tests of whatever shows it."""

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from transforms.harmonise import Harmonised, Registers
from transforms.inspection import load_findings, scoreboard
from transforms.inspection.worked_out import Held
from transforms.sources.published import read_cells
from transforms.sources.registry import Source


def scoreboard_of(
    sources: Mapping[str, Source],
    data: Path,
    harmonised: Harmonised,
    indicators: pl.DataFrame,
    pairs: pl.DataFrame,
    registers: Registers,
) -> pl.DataFrame:
    """The contract SCOREBOARD from published cells; ``pairs`` is the ledger."""
    cells = [read_cells(sources[name], data) for name in ("county_lines_assessments", "ho_county_lines_programme")]
    held = Held(pl.concat(cells), harmonised.observations, indicators, pairs, registers)
    return scoreboard(load_findings(data), held)
