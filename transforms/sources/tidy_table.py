"""Tidy tables whose layout says everything: one row for each place, and nothing of their bytes to tell an edition by."""

from pathlib import Path

from transforms.sources.grid import Parsed, csv_grid
from transforms.sources.registry import Edition
from transforms.sources.tidy import tidy_cells


def parse(content: bytes, edition: Edition, data: Path) -> Parsed:
    """Cells of the measure columns of a CSV table by its layout. Raises LayoutError as ``tidy_cells``."""
    return tidy_cells(csv_grid(content, edition), edition, data)
