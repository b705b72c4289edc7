"""The map on which each police force area is one tile of the same size, so that area on paper does not stand for weight."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from reports.figures import svg
from reports.figures.bands import MARGIN, legend, refuse_unlabelled
from reports.figures.palette import BANDS
from reports.figures.text import SMALL, STRONG, fold
from transforms.errors import CountyLinesError

_TILE_HEIGHT: Final = 45.0
_SPACE: Final = 4.0
_PADDING: Final = 1.0
_LINE_HEIGHT: Final = 12.0
_FEWEST_COLUMNS: Final = 6


@dataclass(frozen=True)
class Tile:
    """One area: its place on the grid, its label, its value as printed, and its band from 0 (lowest) to 4, or null without a value."""

    area_id: str
    column: int
    row: int
    label: str
    value_text: str
    band: int | None
    highlighted: bool = False


def tile_map(
    tiles: Sequence[Tile],
    *,
    anchor: str,
    title: str,
    description: str,
    band_labels: Sequence[str],
    missing_label: str,
    links: Mapping[str, str] | None = None,
) -> str:
    """Draw the tiles shaded by band, each with its label and value, and a legend of the bands' limits.

    ``band_labels`` names the bands from the lowest; ``missing_label`` explains the hatched tiles. ``links`` maps area ids to
    addresses and makes each tile a link, for pages. Raises CountyLinesError when two tiles share a place, a band has no label,
    or a label has a word that is wider than a tile.
    """
    if not tiles:
        raise CountyLinesError(f"The map '{title}' has no tile to draw; leave it out and say why.")
    if len({(tile.column, tile.row) for tile in tiles}) < len(tiles):
        raise CountyLinesError(f"Two tiles of the map '{title}' lie on the same place; correct the areas register.")
    bands = [tile.band for tile in tiles]
    refuse_unlabelled(bands, band_labels, title)
    columns = max(_FEWEST_COLUMNS, max(tile.column for tile in tiles) + 1)
    pitch = (svg.WIDTH - 2 * MARGIN + _SPACE) / columns
    marks: list[svg.Mark | svg.Link] = []
    for tile in sorted(tiles, key=lambda tile: (tile.highlighted, tile.row, tile.column)):
        drawn = _tile(tile, MARGIN + tile.column * pitch, MARGIN + tile.row * _TILE_HEIGHT, pitch - _SPACE)
        href = (links or {}).get(tile.area_id)
        marks += drawn if href is None else [svg.Link(href, f"{tile.label}: {tile.value_text}", drawn)]
    bottom = MARGIN + (max(tile.row for tile in tiles) + 1) * _TILE_HEIGHT
    below, height = legend(bands, band_labels, missing_label, bottom + 2 * _SPACE)
    return svg.document((*marks, *below), height, anchor=anchor, title=title, description=description)


@lru_cache(maxsize=1_000)
def _tile(tile: Tile, x: float, y: float, wide: float) -> tuple[svg.Mark, ...]:
    """The marks of a tile. Remembered: most tiles of a map are on the map of every report."""
    high = _TILE_HEIGHT - _SPACE
    fill = "background" if tile.band is None else BANDS[tile.band]
    ink = "ink" if tile.band is None else f"on-{BANDS[tile.band]}"
    marks = [svg.rectangle(x, y, wide, high, fill, "axis", radius=3)]
    if tile.band is None:
        marks.append(svg.rectangle(x, y, wide, high, svg.HATCH, radius=3))
    if tile.highlighted:
        marks.append(svg.rectangle(x - 1, y - 1, wide + 2, high + 2, "none", "highlight", 4, radius=4))
        marks.append(svg.marker("diamond", x + wide, y, 6, "highlight"))
    lines = fold(tile.label, wide - 2 * _PADDING, SMALL, bold=tile.highlighted)
    value = fold(tile.value_text, wide - 2 * _PADDING, STRONG, bold=True)
    block = (len(lines) + len(value)) * _LINE_HEIGHT + 3
    baseline = y + (high - block) / 2 + SMALL
    for index, line in enumerate(lines):
        marks.append(
            svg.text(
                x + wide / 2, baseline + index * _LINE_HEIGHT, line, ink, SMALL, "middle",
                bold=tile.highlighted, halo=tile.band is None,
            )
        )  # fmt: skip
    for index, line in enumerate(value, len(lines)):
        marks.append(
            svg.text(
                x + wide / 2, baseline + index * _LINE_HEIGHT + 3, line, ink, STRONG, "middle",
                bold=True, halo=tile.band is None,
            )
        )  # fmt: skip
    return tuple(marks)
