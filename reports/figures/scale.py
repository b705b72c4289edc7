"""Axes from zero with round steps."""

from dataclasses import dataclass
from decimal import Decimal
from math import ceil


@dataclass(frozen=True)
class Scale:
    """A linear scale from zero to ``top``, drawn from ``start`` to ``end`` units, with its round ``ticks``."""

    top: float
    ticks: tuple[float, ...]
    start: float
    end: float

    def at(self, value: float) -> float:
        """Give the position of a value in units."""
        return self.start + (self.end - self.start) * value / self.top


def from_zero(largest: float, start: float, end: float, steps: int = 5) -> Scale:
    """Make a scale that holds ``largest`` in at most about ``steps`` steps of 1, 2 or 5 times a power of ten."""
    step = _round_step(Decimal(repr(float(largest))) / steps) if largest > 0 else Decimal(1)
    number = max(1, ceil(Decimal(repr(float(largest))) / step))
    ticks = tuple(float(step * index) for index in range(number + 1))
    return Scale(ticks[-1], ticks, start, end)


def _round_step(least: Decimal) -> Decimal:
    power = Decimal(1).scaleb(least.adjusted())
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= least)
