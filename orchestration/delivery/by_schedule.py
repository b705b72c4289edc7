"""Delivery by the clock: a job with its schedule, for the daemon of a server alone."""

from typing import Final

import dagster as dg

from orchestration.delivery.from_environment import deliver_from_environment
from orchestration.store.paths import Paths
from transforms.errors import CountyLinesError

DELIVERY_JOB: Final = "deliver"


def delivery_schedule(paths: Paths, times: str) -> dg.ScheduleDefinition:
    """Publishes the finished edition, then writes to its subscribers, at these ``times``: a cron expression, read in London.

    The same as `countylines deliver`: before its time of release an edition is only noted, and nobody gets a letter twice. A run fails when a letter
    was not taken. Raises CountyLinesError when ``times`` is no cron expression.
    """

    @dg.op(name=DELIVERY_JOB)
    def publish_and_write(context: dg.OpExecutionContext) -> None:
        done = deliver_from_environment(paths, say=context.log.info)
        context.log.info(f"Edition {done.edition}: {done.outcome}, {done.files} files, {len(done.letters)} letters.")
        done.refuse_untaken()

    @dg.job(
        name=DELIVERY_JOB,
        description="Publishes the finished edition and writes to its subscribers, once each: docs/delivery.md.",
        executor_def=dg.in_process_executor,
        # Begun again, it would say the same: what was put off is tried again at the next of the times.
        tags={"dagster/max_retries": "0"},
    )
    def delivery() -> None:
        publish_and_write()

    try:
        return dg.ScheduleDefinition(
            name="deliver_in_time",
            job=delivery,
            cron_schedule=times,
            execution_timezone="Europe/London",
            default_status=dg.DefaultScheduleStatus.RUNNING,
            description=f"Delivers the finished edition at the times of COUNTYLINES_DELIVER_ON: {times}.",
        )
    except dg.DagsterInvalidDefinitionError as error:
        raise CountyLinesError(
            f"COUNTYLINES_DELIVER_ON is {times!r}, which is no cron expression such as 30 9 * * 4 (Thursdays at half past nine in London)."
        ) from error
