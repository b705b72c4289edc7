"""Parser of the Department for Education's tables of reasons for exclusions: one row for each school year, place and type of school."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from transforms.sources.grid import Parsed, csv_grid
from transforms.sources.registry import Edition, Source
from transforms.sources.tidy import parse as parse_tidy

_YEAR = "A"


def parse(content: bytes, edition: Edition, data: Path) -> Parsed:
    """Cells of exclusions for drugs and alcohol of one school year, of England, its regions and local authorities, all state-funded schools together.

    period_text is the school year as printed: '201516' is September 2015 to August 2016. Figures of England and of regions are rounded to five
    by the publisher, those of authorities are not. Raises LayoutError as ``tidy_cells``.
    """
    return parse_tidy(content, edition, data)


def editions_in(content: bytes, source: Source, path: str, data: Path) -> Sequence[Edition] | str:
    """The editions that a release is, known by its last school year; the reason where the register has no such release."""
    grid = csv_grid(content, Edition(source.id, "unknown", "", path, "original", ""))
    years = grid.filter(pl.col("row") > 1)[_YEAR].drop_nulls().unique().sort()
    last = years[-1] if len(years) else "none"
    release = f"release-{last[:4]}-{last[4:]}-"
    found = [edition for edition in source.editions if edition.id.startswith(release)]
    return (
        found
        or f"it is a table of {source.id} whose last school year is {last}, a release that the register does not list"
    )
