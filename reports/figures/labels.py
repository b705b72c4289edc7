"""Labels that must not lie on each other: spread along a margin, or stacked above a chart."""

from collections.abc import Sequence
from dataclasses import dataclass


def spread(wanted: Sequence[float], heights: Sequence[float], lower: float, upper: float) -> list[float]:
    """Move label centres apart, as little as needed and in their order, so that none overlap and all lie within the limits.

    Returns the centres in the order given. Where the labels are taller than the room, they run over the lower limit.
    """
    order = sorted(range(len(wanted)), key=lambda index: (wanted[index], index))
    centres = list(wanted)
    edge = lower
    for index in order:
        centres[index] = max(centres[index], edge + heights[index] / 2)
        edge = centres[index] + heights[index] / 2
    edge = upper
    for index in reversed(order):
        centres[index] = min(centres[index], edge - heights[index] / 2)
        edge = centres[index] - heights[index] / 2
    return centres


@dataclass(frozen=True)
class Box:
    """A label above a chart: its left and right edge, the position of its leader line, and how many lines it has."""

    left: float
    right: float
    leader: float
    lines: int


def stack(boxes: Sequence[Box]) -> list[int]:
    """Give each box the lowest level, counted in lines from the chart, at which nothing overlaps and no leader crosses a text.

    Returns the level of each box's lowest line, in the order given. Works from the right, so that a label that starts at its
    leader and runs to the right goes above those it would run into.
    """
    levels: dict[int, int] = {}
    for index in sorted(range(len(boxes)), key=lambda index: (-boxes[index].leader, index)):
        level = 0
        while not all(
            _are_apart(boxes[index], level, boxes[placed], placed_level) for placed, placed_level in levels.items()
        ):
            level += 1
            if level > sum(box.lines for box in boxes):  # leaders that cross whatever the level: keep the texts apart
                level = max(placed_level + boxes[placed].lines for placed, placed_level in levels.items())
                break
        levels[index] = level
    return [levels[index] for index in range(len(boxes))]


def _are_apart(one: Box, one_level: int, other: Box, other_level: int) -> bool:
    beside = one.right <= other.left or other.right <= one.left
    if one_level >= other_level + other.lines:
        return not other.left < one.leader < other.right
    if other_level >= one_level + one.lines:
        return not one.left < other.leader < one.right
    return beside
