"""By when a source should have been renewed, from its release months: the policy that Dagster shows as fresh, or late."""

from calendar import monthrange
from datetime import timedelta

import dagster as dg

from transforms.sources.registry import Source

_MONTHS = 12
_A_LEAP_YEAR = 2024
# Dagster wants a window that is no longer than the shortest time between two deadlines: February.
_SHORTEST_MONTH = 28


def freshness_policy(source: Source) -> dg.FreshnessPolicy | None:
    """Late when the month after a release month has begun (09:00, London) and nothing new has come; None without release months.

    Adjoining release months are one release that may come in either, as in ``transforms.sources.calendar``.
    """
    months = sorted(set(source.release_months))
    if not months:
        return None
    if len(months) == _MONTHS:
        return dg.FreshnessPolicy.cron("0 9 1 * *", timedelta(days=_SHORTEST_MONTH), "Europe/London")
    last = [month for month in months if month % _MONTHS + 1 not in months]
    deadlines = sorted(month % _MONTHS + 1 for month in last)
    window = timedelta(days=max(_days_of_release(month, months) for month in last))
    return dg.FreshnessPolicy.cron(f"0 9 1 {','.join(map(str, deadlines))} *", window, "Europe/London")


def _days_of_release(last: int, months: list[int]) -> int:
    """The days of the adjoining release months that end with this one."""
    before = (last - 2) % _MONTHS + 1
    return monthrange(_A_LEAP_YEAR, last)[1] + (_days_of_release(before, months) if before in months else 0)
