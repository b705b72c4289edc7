"""The funnel: areas between their limits, those outside told apart by shape. The figures are synthetic."""

import re

import pytest

from reports.figures import FunnelLimits, FunnelPoint, funnel_plot
from transforms.errors import CountyLinesError

LIMITS = [FunnelLimits(500_000, 2.0, 4.0, 1.5, 4.8), FunnelLimits(8_000_000, 2.5, 3.5, 2.2, 3.9)]
POINTS = [
    FunnelPoint("Alpha", 500_000, 3.0, highlighted=True),
    FunnelPoint("Bravo", 1_000_000, 6.0, outside=True),
    FunnelPoint("Charlie", 8_000_000, 3.1),
]


def drawn(points: list[FunnelPoint], limits: list[FunnelLimits]) -> str:
    return funnel_plot(
        points,
        limits,
        anchor="figure-x",
        title="A title",
        description="A description.",
        unit="Events",
        centre=3.0,
        centre_label="All",
    )


def test_the_reports_own_area_and_those_outside_are_named_and_have_shapes_of_their_own() -> None:
    chart = drawn(POINTS, LIMITS)
    texts = re.findall(r"<text[^>]*>([^<]+)</text>", chart)
    assert {"Alpha", "Bravo", "95% limits", "99.8% limits", "All"} <= set(texts)
    assert "Charlie" not in texts
    assert (chart.count("<circle"), chart.count("<polygon"), chart.count("<polyline")) == (1, 2, 4)


def test_what_is_no_funnel_is_refused() -> None:
    for points, limits in (([], LIMITS), (POINTS, LIMITS[:1])):
        with pytest.raises(CountyLinesError, match="no point or no limits"):
            drawn(points, limits)
