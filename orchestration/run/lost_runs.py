"""Runs whose process is gone without having said so: killed, or on a machine that lost its power.

Dagster's launcher on one machine does not look after its processes: such a run would count as under way for hours, and hold back all that
waits for it.
"""

from collections.abc import Sequence

import dagster as dg

UNFINISHED = (
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
)


def end_lost_runs(instance: dg.DagsterInstance, said: str, jobs: Sequence[str] | None = None) -> list[str]:
    """Record as failed every unfinished run, or those of the named jobs, with what is ``said``; returns their ids.

    To be called only while nobody can be running them. Where run retries are on, Dagster's daemon begins them again.
    """
    filters = [dg.RunsFilter(job_name=name, statuses=list(UNFINISHED)) for name in jobs or (None,)]
    lost = [run for each in filters for run in instance.get_runs(each)]
    for run in lost:
        instance.report_run_failed(run, said)
    return [run.run_id for run in lost]
