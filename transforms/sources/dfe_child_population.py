"""Parser of the population aged 0 to 17 by local authority that the Department for Education publishes with its rates."""

from pathlib import Path

from transforms.sources.grid import Parsed, csv_grid
from transforms.sources.registry import Edition
from transforms.sources.tidy import editions_of_release as editions_in
from transforms.sources.tidy import tidy_cells

__all__ = ["editions_in", "parse"]


def parse(content: bytes, edition: Edition, data: Path) -> Parsed:
    """Cells of the population of one mid-year, of England, its regions and the local authorities responsible for children.

    period_text is the year as printed: '2024' is 30 June 2024. Raises LayoutError as ``tidy_cells``.
    """
    return tidy_cells(csv_grid(content, edition), edition, data)
