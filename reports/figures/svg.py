"""The few marks that the charts are made of, and the SVG document that holds them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Final, Literal

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from reports.figures import palette
from reports.figures.text import TEXT, printable

WIDTH: Final = 680.0
HATCH: Final = "hatch"
"""The fill of what is missing: diagonal lines, so that it differs from every colour."""

_HATCH_SIZE: Final = 6.0

Shape = Literal["circle", "square", "triangle", "diamond"]
Anchor = Literal["start", "middle", "end"]


@dataclass(frozen=True)
class Mark:
    """One SVG element: its name, its geometry, and its colours by their names in the palette (or ``HATCH``)."""

    element: str
    attributes: tuple[tuple[str, str], ...]
    fill: str | None = None
    stroke: str | None = None
    text: str | None = None


@dataclass(frozen=True)
class Link:
    """Marks that lead somewhere, with the name that a screen reader speaks."""

    href: str
    name: str
    marks: tuple[Mark, ...]


def line(
    x1: float, y1: float, x2: float, y2: float, stroke: str, thickness: float = 1.0, dashes: str | None = None
) -> Mark:
    """Draw a straight line; ``dashes`` is an SVG dash pattern."""
    return Mark(
        "line",
        _attributes(x1=x1, y1=y1, x2=x2, y2=y2, stroke_width=thickness, stroke_dasharray=dashes),
        stroke=stroke,
    )


def polyline(points: Sequence[tuple[float, float]], stroke: str, thickness: float, dashes: str | None = None) -> Mark:
    """Join points by straight lines."""
    return Mark(
        "polyline",
        _attributes(
            points=" ".join(_pair(x, y) for x, y in points),
            stroke_width=thickness,
            stroke_linejoin="round",
            stroke_dasharray=dashes,
        ),
        fill="none",
        stroke=stroke,
    )


def band(x1: float, y1: float, x2: float, y2: float, thick: float, fill: str) -> Mark:
    """Draw a band of one thickness that leads from one upper corner to another in a soft curve, set off from its neighbours."""
    across = (x1 + x2) / 2
    low1, low2 = y1 + thick, y2 + thick
    path = (
        f"M{_pair(x1, y1)}C{_pair(across, y1)} {_pair(across, y2)} {_pair(x2, y2)}"
        f"L{_pair(x2, low2)}C{_pair(across, low2)} {_pair(across, low1)} {_pair(x1, low1)}Z"
    )
    return Mark("path", (("d", path), *_attributes(stroke_width=1.5)), fill=fill, stroke="background")


def curve(x1: float, y1: float, x2: float, y2: float, stroke: str, thickness: float, dashes: str | None = None) -> Mark:
    """Draw a line that leads from one point to another in a soft curve, level at both ends."""
    across = (x1 + x2) / 2
    path = f"M{_pair(x1, y1)}C{_pair(across, y1)} {_pair(across, y2)} {_pair(x2, y2)}"
    return Mark(
        "path",
        (("d", path), *_attributes(stroke_width=thickness, stroke_dasharray=dashes)),
        fill="none",
        stroke=stroke,
    )


def outline(path: str, fill: str, stroke: str, thickness: float) -> Mark:
    """Draw a shape of any number of closed rings, given as SVG path data; a ring within another is a hole."""
    return Mark(
        "path",
        (("d", path), ("fill-rule", "evenodd"), *_attributes(stroke_width=thickness, stroke_linejoin="round")),
        fill=fill,
        stroke=stroke,
    )


def rectangle(
    x: float,
    y: float,
    wide: float,
    high: float,
    fill: str,
    stroke: str | None = None,
    thickness: float = 1.0,
    radius: float = 0.0,
) -> Mark:
    """Draw a rectangle from its upper left corner."""
    return Mark(
        "rect",
        _attributes(
            x=x, y=y, width=wide, height=high, rx=radius or None, stroke_width=thickness if stroke is not None else None
        ),
        fill=fill,
        stroke=stroke,
    )


def marker(shape: Shape, x: float, y: float, radius: float, fill: str) -> Mark:
    """Draw a point as a shape of equal visual weight, set off from what lies behind it."""
    if shape == "circle":
        return Mark("circle", _attributes(cx=x, cy=y, r=radius, stroke_width=1.0), fill=fill, stroke="background")
    reach = radius * {"square": 0.9, "triangle": 1.25, "diamond": 1.35}[shape]
    corners = {
        "square": ((-1, -1), (1, -1), (1, 1), (-1, 1)),
        "triangle": ((0, -1), (1, 0.8), (-1, 0.8)),
        "diamond": ((0, -1), (1, 0), (0, 1), (-1, 0)),
    }[shape]
    points = " ".join(_pair(x + dx * reach, y + dy * reach) for dx, dy in corners)
    return Mark("polygon", _attributes(points=points, stroke_width=1.0), fill=fill, stroke="background")


def text(
    x: float,
    y: float,
    content: str,
    fill: str = "ink",
    size: float = TEXT,
    anchor: Anchor = "start",
    *,
    bold: bool = False,
    halo: bool = False,
) -> Mark:
    """Write a line of text on the baseline ``y``; a halo keeps it legible where it crosses a line."""
    return Mark(
        "text",
        _attributes(
            x=x,
            y=y,
            font_size=size,
            text_anchor=None if anchor == "start" else anchor,
            font_weight="600" if bold else None,
            paint_order="stroke" if halo else None,
            stroke_width=3.0 if halo else None,
            stroke_linejoin="round" if halo else None,
        ),
        fill=fill,
        stroke="background" if halo else None,
        text=content,
    )


def document(
    marks: Iterable[Mark | Link], height: float, *, anchor: str, title: str, description: str, width: float = WIDTH
) -> str:
    """Write the marks as one SVG of page width (or ``width``), later marks on top.

    ``anchor`` is unique in the document that the chart goes into; the ids of title, description and hatching start with it.
    A chart without links is one image to a screen reader; a chart with links is a group, so that the links can be reached.
    """
    drawn = tuple(marks)
    return (
        _environment()
        .get_template("chart.svg.j2")
        .render(
            marks=Markup("".join(_written(mark, anchor) for mark in drawn)),
            anchor=anchor,
            title=title,
            description=description,
            width=coordinate(width),
            height=coordinate(height),
            role="group" if any(isinstance(mark, Link) for mark in drawn) else "img",
            hatched=any(mark.fill == HATCH for mark in _flat(drawn)),
            hatch_size=coordinate(_HATCH_SIZE),
            hatch_path=f"M0,{coordinate(_HATCH_SIZE)}L{coordinate(_HATCH_SIZE)},0",
            hatch_thickness=coordinate(0.6),
            colours=palette.LIGHT,
        )
    )


@lru_cache(maxsize=20_000)
def _written(mark: Mark | Link, anchor: str) -> str:
    """Write a mark, or the marks of a link, as SVG. Not by a template: a chart has hundreds, and a call for each took longer than all else.

    Remembered: most marks of the charts of all forces are in every report.
    """
    if isinstance(mark, Link):
        inside = "".join(_written(part, anchor) for part in mark.marks)
        return f'<a href="{_safe(mark.href)}" aria-label="{_safe(mark.name)}">\n{inside}</a>\n'
    colours = {what: colour for what, colour in (("fill", mark.fill), ("stroke", mark.stroke)) if colour is not None}
    classes = " ".join(f"{what}-{colour}" for what, colour in colours.items() if colour != "none")
    painted = {
        what: f"url(#{anchor}-hatch)" if colour == HATCH else palette.LIGHT.get(colour, colour)
        for what, colour in colours.items()
    }
    attributes = [*([("class", classes)] if colours else []), *painted.items(), *mark.attributes]
    begun = f"<{mark.element}" + "".join(f' {name}="{_safe(value)}"' for name, value in attributes)
    return f"{begun}/>\n" if mark.text is None else f"{begun}>{_safe(mark.text)}</{mark.element}>\n"


@cache
def _safe(text: str) -> Markup:
    return escape(printable(text))


@cache
def coordinate(value: float) -> str:
    """Write a coordinate with at most two decimals and no trailing zeros, the same on every machine."""
    return f"{round(value, 2) + 0.0:.2f}".rstrip("0").rstrip(".")


def _pair(x: float, y: float) -> str:
    return f"{coordinate(x)},{coordinate(y)}"


def _attributes(**attributes: str | float | None) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name.replace("_", "-"), value if isinstance(value, str) else coordinate(value))
        for name, value in attributes.items()
        if value is not None
    )


def _flat(marks: Iterable[Mark | Link]) -> Iterable[Mark]:
    for mark in marks:
        if isinstance(mark, Link):
            yield from mark.marks
        else:
            yield mark


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parents[1] / "templates" / "svg"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=printable,
    )


def on_paper(chart: str) -> str:
    """A chart as a file of its own: with the light colours and the background that a page would give it."""
    colours = "".join(
        f".fill-{name} {{fill:{colour}}} .stroke-{name} {{stroke:{colour}}}\n" for name, colour in palette.LIGHT.items()
    )
    paper = f'</desc>\n<style>\n{colours}</style>\n<rect width="100%" height="100%" class="fill-background"/>'
    return chart.replace("</desc>", paper, 1)
