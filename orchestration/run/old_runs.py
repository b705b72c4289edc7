"""The run history is kept for a while, not for ever."""

import os
from datetime import datetime, timedelta

import dagster as dg

from transforms.errors import CountyLinesError

_DAYS = "90"


def forget_old_runs(instance: dg.DagsterInstance, now: datetime) -> int:
    """Remove the runs that are older than COUNTYLINES_HISTORY_DAYS, 90 unless given; returns how many went.

    What the newest of an asset, or of a partition of it, was made by stays: without it the UI would call that asset never made. Raises CountyLinesError when the
    setting is no whole number.
    """
    days = os.environ.get("COUNTYLINES_HISTORY_DAYS") or _DAYS
    if not days.isdecimal():
        raise CountyLinesError("COUNTYLINES_HISTORY_DAYS must be a whole number: so many days the run history is kept.")
    ended = [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED]
    old = instance.get_run_records(dg.RunsFilter(statuses=ended, created_before=now - timedelta(days=int(days))))
    needed = _runs_of_what_is_there(instance) if old else set()
    gone = [record.dagster_run.run_id for record in old if record.dagster_run.run_id not in needed]
    for run_id in gone:
        instance.delete_run(run_id)
    return len(gone)


def _runs_of_what_is_there(instance: dg.DagsterInstance) -> set[str]:
    """The runs that made the newest of each asset, or of each of its partitions."""
    needed = set[str]()
    for key in instance.get_asset_keys():
        newest: dict[str | None, str] = {}
        for record in instance.fetch_materializations(key, limit=1000).records:
            newest.setdefault(record.partition_key, record.run_id)
        needed |= set(newest.values())
    return needed
