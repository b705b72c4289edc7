"""Observations to indicators: rates with their populations, limits, coverage and the cells behind them.

Here belongs every formula. What a cell means does not (``transforms.harmonise``), nor how a number is worded or drawn (``reports``).
"""

from transforms.indicators.compute import indicators
from transforms.indicators.coverage import coverage
from transforms.indicators.plausibility import plausibility
from transforms.indicators.rates import poisson_limits, with_rate
from transforms.indicators.reconcile import reconcile
from transforms.indicators.revisions import revisions

__all__ = ["coverage", "indicators", "plausibility", "poisson_limits", "reconcile", "revisions", "with_rate"]
