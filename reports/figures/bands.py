"""The legend of a map whose areas are shaded by band: a swatch and the limits of each band, and what is hatched."""

from collections.abc import Sequence
from typing import Final

from reports.figures import svg
from reports.figures.palette import BANDS
from reports.figures.text import TEXT, fold, width
from transforms.errors import CountyLinesError

MARGIN: Final = 9.0
"""Around a map and its legend."""

_SPACE: Final = 4.0
_LINE_HEIGHT: Final = 13.0
_SWATCH: Final = 16.0


def refuse_unlabelled(bands: Sequence[int | None], band_labels: Sequence[str], title: str) -> None:
    """Raise CountyLinesError when a band (from 0; null without a value) has no label, or there are more labels than fills."""
    if len(band_labels) > len(BANDS) or any(band is not None and not 0 <= band < len(band_labels) for band in bands):
        raise CountyLinesError(
            f"The map '{title}' uses a band that has no label; give one label per band, {len(BANDS)} at most."
        )


def legend(
    bands: Sequence[int | None], band_labels: Sequence[str], missing_label: str, top: float
) -> tuple[list[svg.Mark], float]:
    """Swatches with their limits in a row, on a further row where they do not fit; and where the legend ends."""
    entries = [(BANDS[band], label) for band, label in enumerate(band_labels)]
    if None in bands:
        entries.append((svg.HATCH, missing_label))
    marks: list[svg.Mark] = []
    x, y = MARGIN, top
    for fill, label in entries:
        lines = fold(label, svg.WIDTH - 2 * MARGIN - _SWATCH - 2 * _SPACE, TEXT)
        wide = _SWATCH + 2 * _SPACE + max(width(line, TEXT) for line in lines)
        if x > MARGIN and x + wide > svg.WIDTH - MARGIN:
            x, y = MARGIN, y + _SWATCH + 2 * _SPACE
        marks.append(svg.rectangle(x + 0.5, y + 0.5, _SWATCH, _SWATCH, fill, "axis"))
        for index, line in enumerate(lines):
            marks.append(svg.text(x + _SWATCH + 2 * _SPACE, y + TEXT + 1 + index * _LINE_HEIGHT, line, "ink", TEXT))
        x += wide + 4 * _SPACE
        y += (len(lines) - 1) * _LINE_HEIGHT
    return marks, y + _SWATCH + 2 * _SPACE
