"""Observations to indicators: rates with their populations, limits, coverage and the cells behind them.

Here belongs what is counted, summed and divided. A formula of statistics does not (``transforms.statistics``), nor what a cell means
(``transforms.harmonise``), nor how a number is worded or drawn (``reports``).
"""

from transforms.indicators.compute import indicators
from transforms.indicators.coverage import coverage
from transforms.indicators.doubts import with_doubts
from transforms.indicators.plausibility import plausibility
from transforms.indicators.rates import with_rate
from transforms.indicators.reconcile import reconcile
from transforms.indicators.revisions import revisions

__all__ = ["coverage", "indicators", "plausibility", "reconcile", "revisions", "with_doubts", "with_rate"]
