"""The map on which each police force area has its own outline, shaded by band, with its value written on it.

The projection is equirectangular, true to scale along the middle latitude of what is drawn: for a country of six degrees no length is
wrong by more than about eight per cent, it takes no library, and north is up everywhere. Areas on it must not be measured.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from math import cos, radians
from typing import Final

import polars as pl

from reports.figures import svg
from reports.figures.bands import MARGIN, legend, refuse_unlabelled
from reports.figures.palette import BANDS
from reports.figures.text import SMALL, width
from transforms.errors import CountyLinesError

_HEIGHT: Final = 620.0
"""Of the map at most, so that it fits on a page of paper with its title, legend and note."""
_TIMES: Final = 4.0
"""How much larger areas are drawn that are too small on the map."""
_THICKNESS: Final = 0.7
_SPACE: Final = 8.0
_ABOVE: Final = 4.0
"""Between an area and a value that is wider than it."""


@dataclass(frozen=True)
class Shaded:
    """One area: its value as printed, and its band from 0 (lowest) to 4, or null without a value."""

    area_id: str
    value_text: str
    band: int | None


@dataclass(frozen=True)
class Enlarged:
    """Areas that are drawn once more, four times as large, in the upper right corner, with a heading; their values stand only there."""

    area_ids: Collection[str]
    heading: str


@dataclass(frozen=True)
class _Scale:
    """Where a place in degrees lies on the drawing: ``north`` and ``west`` are at ``top`` and ``left``."""

    west: float
    north: float
    along: float
    up: float
    left: float
    top: float

    def x(self, longitude: str) -> pl.Expr:
        return self.left + (pl.col(longitude) - self.west) * self.along

    def y(self, latitude: str) -> pl.Expr:
        return self.top + (self.north - pl.col(latitude)) * self.up


def boundary_map(
    outlines: pl.DataFrame,
    areas: Sequence[Shaded],
    *,
    anchor: str,
    title: str,
    description: str,
    band_labels: Sequence[str],
    missing_label: str,
    enlarged: Enlarged | None = None,
) -> str:
    """Draw the outlines shaded by band, each with its value, and a legend of the bands' limits; without a value an area is hatched.

    ``outlines`` follows the contract BOUNDARIES and holds exactly the ``areas``. ``band_labels`` names the bands from the lowest;
    ``missing_label`` explains the hatching. Raises CountyLinesError when an area has no outline or an outline no area, a band has no
    label, or nothing of an area is large enough to be drawn.
    """
    shades = {area.area_id: area for area in areas}
    if not areas or set(shades) != set(outlines["area_id"]):
        apart = ", ".join(sorted(set(shades) ^ set(outlines["area_id"]))) or "none at all"
        raise CountyLinesError(
            f"The map '{title}' has areas without an outline, or outlines without an area: {apart}; fetch boundaries of the same areas."
        )
    bands = [area.band for area in areas]
    refuse_unlabelled(bands, band_labels, title)
    scale = _scale(outlines)
    marks = _shapes(outlines, shades, scale, title)
    apart_ids = enlarged.area_ids if enlarged else ()
    marks += _values(outlines.filter(~pl.col("area_id").is_in(list(apart_ids))), shades, scale)
    bottom = MARGIN + _high(outlines) * scale.up
    if enlarged:
        inset, inset_bottom = _inset(outlines, shades, scale, enlarged, title)
        marks += inset
        bottom = max(bottom, inset_bottom)
    below, height = legend(bands, band_labels, missing_label, bottom + _SPACE)
    return svg.document((*marks, *below), height, anchor=anchor, title=title, description=description)


def _scale(outlines: pl.DataFrame) -> _Scale:
    """The largest scale at which everything fits on the page, with the upper left corner in that of the page."""
    west, east, south, north = _extent(outlines)
    shrunk = cos(radians((south + north) / 2))
    up = min((svg.WIDTH - 2 * MARGIN) / ((east - west) * shrunk), _HEIGHT / (north - south))
    return _Scale(west, north, up * shrunk, up, MARGIN, MARGIN)


def _extent(outlines: pl.DataFrame) -> tuple[float, float, float, float]:
    longitude, latitude = pl.col("longitude"), pl.col("latitude")
    west, east, south, north = outlines.select(
        longitude.min().alias("west"),
        longitude.max().alias("east"),
        latitude.min().alias("south"),
        latitude.max().alias("north"),
    ).row(0)
    return west, east, south, north


def _high(outlines: pl.DataFrame) -> float:
    _, _, south, north = _extent(outlines)
    return north - south


def _shapes(outlines: pl.DataFrame, shades: dict[str, Shaded], scale: _Scale, title: str) -> list[svg.Mark]:
    paths = dict(_paths(outlines, scale).iter_rows())
    if lost := sorted(set(outlines["area_id"]) - set(paths)):
        raise CountyLinesError(f"The map '{title}' is too small to show {', '.join(lost)}; leave the map out.")
    return [svg.outline(path, _fill(shades[area_id]), "axis", _THICKNESS) for area_id, path in paths.items()]


def _fill(area: Shaded) -> str:
    return svg.HATCH if area.band is None else BANDS[area.band]


def _paths(outlines: pl.DataFrame, scale: _Scale) -> pl.DataFrame:
    """area_id and path: SVG path data of all its rings, each by steps of whole units from point to point; points that fall together are one.

    Finer steps can hardly be seen and would make the chart half as large again. Neighbours stay neighbours, since a point that they share
    falls on the same place. What is left of a ring with fewer than three places is not drawn.
    """
    ring = ["area_id", "ring"]
    x, y = (place.round().cast(pl.Int32) for place in (scale.x("longitude"), scale.y("latitude")))
    moves = pl.struct("x", "y").ne_missing(pl.struct("x", "y").shift(1)).over(ring)
    places = outlines.select(*ring, x.alias("x"), y.alias("y")).filter(moves)
    # The last point of a ring is its first again, where the path closes by itself.
    opened = places.filter(pl.int_range(pl.len()).over(ring) < pl.len().over(ring) - 1)
    large = opened.filter(pl.struct("x", "y").n_unique().over(ring) > 2)
    across, down = ((pl.col(name) - pl.col(name).shift(1)).over(ring) for name in ("x", "y"))
    steps = large.select(
        *ring,
        pl.when(pl.int_range(pl.len()).over(ring) == 0)
        .then(pl.format("M{} {}l", "x", "y"))
        .otherwise(pl.format("{} {}", across, down))
        .alias("step"),
    )
    rings = steps.group_by(ring, maintain_order=True).agg((pl.col("step").str.join(" ") + "z").alias("path"))
    # A minus sign parts two numbers as well as a space does.
    short = pl.col("path").str.replace_all("l ", "l", literal=True).str.replace_all(" -", "-", literal=True)
    return rings.group_by("area_id", maintain_order=True).agg(short.str.join("").alias("path"))


def _values(outlines: pl.DataFrame, shades: dict[str, Shaded], scale: _Scale) -> list[svg.Mark]:
    """The value of each area at the publisher's point for a label, or above an area that it would hide; its halo is of the area's own band, so that it reads beyond it."""
    points = outlines.group_by("area_id", maintain_order=True).agg(
        scale.x("label_longitude").first().alias("x"),
        scale.y("label_latitude").first().alias("y"),
        (scale.x("longitude").max() - scale.x("longitude").min()).alias("wide"),
        scale.y("latitude").min().alias("top"),
    )
    marks = []
    for area_id, x, y, wide, top in points.iter_rows():
        text, band = shades[area_id].value_text, shades[area_id].band
        half = width(text, SMALL, bold=True) / 2
        inside = min(max(x, half), svg.WIDTH - half)
        baseline = y + SMALL * 0.35 if wide >= 2 * half else top - _ABOVE
        ink, around = ("ink", "background") if band is None else (f"on-{BANDS[band]}", BANDS[band])
        written = svg.text(inside, baseline, text, ink, SMALL, "middle", bold=True, halo=True)
        marks.append(replace(written, stroke=around))
    return marks


def _inset(
    outlines: pl.DataFrame, shades: dict[str, Shaded], scale: _Scale, enlarged: Enlarged, title: str
) -> tuple[list[svg.Mark], float]:
    """The enlarged areas in a frame in the upper right corner, and where the frame ends."""
    shown = outlines.filter(pl.col("area_id").is_in(list(enlarged.area_ids)))
    west, east, south, north = _extent(shown)
    along, up = scale.along * _TIMES, scale.up * _TIMES
    wide = max((east - west) * along, width(enlarged.heading, SMALL, bold=True))
    high = (north - south) * up + 2 * _SPACE + SMALL
    x, y = svg.WIDTH - MARGIN - wide - _SPACE, MARGIN + _SPACE
    larger = _Scale(west, north, along, up, x, y + SMALL + _SPACE)
    return [
        svg.rectangle(x - _SPACE, y - _SPACE, wide + 2 * _SPACE, high + _SPACE, "background", "rule"),
        svg.text(x, y + SMALL * 0.8, enlarged.heading, "ink", SMALL, bold=True),
        *_shapes(shown, shades, larger, title),
        *_values(shown, shades, larger),
    ], y + high
