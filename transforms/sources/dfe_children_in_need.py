"""Parser of the Department for Education's children in need files: one row for each year and place, one column for each factor or count."""

from pathlib import Path

from transforms.sources.grid import Parsed, csv_grid
from transforms.sources.registry import Edition
from transforms.sources.tidy import editions_of_release as editions_in
from transforms.sources.tidy import tidy_cells

__all__ = ["editions_in", "parse"]


def parse(content: bytes, edition: Edition, data: Path) -> Parsed:
    """Cells of the measure columns of one year, of England, its regions and the local authorities responsible for children.

    period_text is the year as printed: '2025' is the year to 31 March 2025. Figures of England and of regions are rounded to ten by the
    publisher, those of authorities are not. Raises LayoutError as ``tidy_cells``.
    """
    return tidy_cells(csv_grid(content, edition), edition, data)
