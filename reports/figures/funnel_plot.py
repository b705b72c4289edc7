"""Rates against population, with the limits between which an area is not unusual: a funnel, wider where few people live."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log
from typing import Final

from reports import formats
from reports.figures import scale, svg
from reports.figures.text import SMALL, TEXT, width
from transforms.errors import CountyLinesError

_HEIGHT: Final = 270.0
_TOP: Final = 34.0
_BOTTOM: Final = 44.0
_GAP: Final = 8.0
_MILLION: Final = 1_000_000
_TICKS: Final = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0)


@dataclass(frozen=True)
class FunnelPoint:
    """One area: residents, rate, whether the report is about it, and whether it lies outside the outer limits."""

    name: str
    residents: float
    rate: float
    highlighted: bool = False
    outside: bool = False


@dataclass(frozen=True)
class FunnelLimits:
    """The limits at one population: inner (95%) and outer (99.8%), as rates."""

    residents: float
    lower_95: float
    upper_95: float
    lower_998: float
    upper_998: float


@dataclass(frozen=True)
class _People:
    """A logarithmic scale: half of the areas have fewer residents than a tenth of the largest."""

    least: float
    most: float
    start: float
    end: float = svg.WIDTH - 4 * _GAP

    def at(self, residents: float) -> float:
        room = log(self.most / self.least) or 1.0
        return self.start + 2 * _GAP + (self.end - self.start - 3 * _GAP) * log(residents / self.least) / room

    @property
    def ticks(self) -> list[float]:
        return [tick for tick in _TICKS if self.least <= tick * _MILLION <= self.most]


def funnel_plot(
    points: Sequence[FunnelPoint],
    limits: Sequence[FunnelLimits],
    *,
    anchor: str,
    title: str,
    description: str,
    unit: str,
    centre: float,
    centre_label: str,
) -> str:
    """Draw the areas as points between their limits; outside the outer limits they are triangles, the report's own are named diamonds.

    ``limits`` are in order of population; ``centre`` is the rate of all areas together. Raises CountyLinesError without a point or limits.
    """
    if not points or len(limits) < 2:
        raise CountyLinesError(f"The chart '{title}' has no point or no limits to draw; leave it out and say why.")
    rates = scale.from_zero(max(*(point.rate for point in points), centre), _HEIGHT - _BOTTOM, _TOP)
    left = max(width(formats.rate(tick), TEXT) for tick in rates.ticks) + _GAP
    people = _People(min(point.residents for point in points), max(point.residents for point in points), left)
    marks = _axes(rates, people, left, unit)
    for name, dashes, label in (("95", "6 3", "95% limits"), ("998", "2 3", "99.8% limits")):
        for side in ("lower", "upper"):
            line = [
                (people.at(each.residents), rates.at(min(getattr(each, f"{side}_{name}"), rates.top)))
                for each in limits
            ]
            marks.append(svg.polyline(line, "muted", 1.2, dashes))
        last = limits[-1]
        y = rates.at(min(getattr(last, f"upper_{name}"), rates.top))
        marks.append(svg.text(people.at(last.residents), y - 4, label, "muted", SMALL, "end", halo=True))
    marks.append(svg.line(left, rates.at(centre), people.end, rates.at(centre), "ink", 1.2))
    marks.append(svg.text(people.end, rates.at(centre) - 4, centre_label, "ink", SMALL, "end", halo=True))
    for point in sorted(points, key=lambda each: (each.highlighted, each.outside, each.name)):
        marks += _point(point, people.at(point.residents), rates.at(point.rate), people.end)
    return svg.document(marks, _HEIGHT, anchor=anchor, title=title, description=description)


def _axes(rates: scale.Scale, people: _People, left: float, unit: str) -> list[svg.Mark]:
    marks = [svg.text(0, TEXT, unit, "muted", SMALL)]
    for tick in rates.ticks:
        y = rates.at(tick)
        marks.append(svg.line(left, y, people.end, y, "rule" if tick else "axis"))
        marks.append(svg.text(left - _GAP, y + TEXT * 0.35, formats.rate(tick), "muted", SMALL, "end"))
    for tick in people.ticks:
        marks.append(
            svg.text(
                people.at(tick * _MILLION), _HEIGHT - _BOTTOM + TEXT + 4, formats.rate(tick), "muted", SMALL, "middle"
            )
        )
    marks.append(
        svg.text(
            (left + people.end) / 2,
            _HEIGHT - _BOTTOM + 2 * TEXT + 8,
            "Residents, millions (each step to the right multiplies)",
            "muted",
            SMALL,
            "middle",
        )
    )
    return marks


def _point(point: FunnelPoint, x: float, y: float, right: float) -> list[svg.Mark]:
    colour = "highlight" if point.highlighted else "accent"
    shape: svg.Shape = "diamond" if point.highlighted else "triangle" if point.outside else "circle"
    marks = [svg.marker(shape, x, y, 6.0 if point.highlighted else 4.0, colour)]
    if point.highlighted or point.outside:
        wide = width(point.name, TEXT, bold=point.highlighted)
        room = x + _GAP + wide <= right
        at, anchor = (x + _GAP, "start") if room else (x - _GAP, "end")
        marks.append(
            svg.text(at, y + TEXT * 0.35, point.name, "ink", TEXT, anchor, bold=point.highlighted, halo=True)  # type: ignore[arg-type]
        )
    return marks
