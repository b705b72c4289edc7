"""When publishers are looked at: a sensor for each, a schedule for each pattern of release months. What follows, ``automation`` decides."""

import json
import time
from calendar import month_name
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

import dagster as dg

from orchestration.assets.published import published_key
from orchestration.service.alerts import alert
from orchestration.service.automation import RUN_TAGS
from orchestration.store.editions_in_use import calendar_on
from orchestration.store.hashes import hash_text
from orchestration.store.paths import Paths
from transforms.errors import FetchError
from transforms.sources.calendar import NOT_HELD, OVERDUE, RELEASE_DUE
from transforms.sources.registry import Source

if TYPE_CHECKING:
    from transforms.sources.fetch.limits import Limits

# A tick must be over before the daemon gives up on it, after a minute.
_TICK_SECONDS = 30
_SILENCE_SECONDS = 10
_UNREACHABLE_AFTER = 3
_DUE = (RELEASE_DUE, OVERDUE, NOT_HELD)
_ON = dg.DefaultSensorStatus.RUNNING


def publisher_sensors(
    sources: Iterable[Source], paths: Paths, limits: "Callable[[], Limits]", seconds: int
) -> list[dg.SensorDefinition]:
    """One sensor a publisher: looks at its pages by conditional requests, and asks for the files of a source that has something new."""
    by_publisher: dict[str, list[Source]] = {}
    for source in sources:
        by_publisher.setdefault(source.publisher.name, []).append(source)
    return [_publisher_sensor(name, group, paths, limits, seconds) for name, group in by_publisher.items()]


def _publisher_sensor(
    publisher: str, sources: Sequence[Source], paths: Paths, limits: "Callable[[], Limits]", seconds: int
) -> dg.SensorDefinition:
    @dg.sensor(
        name=f"look_at_{_name(publisher)}",
        target=dg.AssetSelection.assets(*(published_key(source) for source in sources)),
        minimum_interval_seconds=seconds,
        default_status=_ON,
        description=(
            f"Looks whether {publisher} offers a new edition of {', '.join(source.title for source in sources)}. At most two conditional "
            "requests a source, no file is downloaded here. The cursor holds what the publisher calls the versions last seen (ETag, "
            "Last-Modified) and a digest of the files that its pages link. Where something is new, the files of that source are asked for."
        ),
        tags={"publisher": _name(publisher)},
    )
    def look_for_new_editions(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        new, problems, cursor = _look(sources, json.loads(context.cursor or "{}"), paths, limits())
        context.log.info(f"New: {', '.join(new) or 'nothing'}. {' '.join(problems.values())}".strip())
        for source_id in problems:
            if cursor["failures"][source_id] == _UNREACHABLE_AFTER:
                alert("publisher_unreachable", problems[source_id], source=source_id)
        kept = json.dumps(cursor, sort_keys=True)
        if not new:
            return dg.SensorResult(skip_reason=" ".join(["Nothing new.", *problems.values()]), cursor=kept)
        request = dg.RunRequest(
            run_key=hash_text(publisher, *(json.dumps(cursor["seen"][source_id], sort_keys=True) for source_id in new)),
            asset_selection=[published_key(source) for source in sources if source.id in new],
            tags=RUN_TAGS,
        )
        return dg.SensorResult(run_requests=[request], cursor=kept)

    return look_for_new_editions


def _look(
    sources: Sequence[Source], cursor: dict[str, Any], paths: Paths, limits: "Limits"
) -> tuple[list[str], dict[str, str], dict[str, Any]]:
    """Look at as many sources as the time allows, the one after the last first: what is new, what went wrong by source, the new cursor."""
    from transforms.sources.fetch.connection import Connection, Validators
    from transforms.sources.fetch.notice import Seen, look

    seen: dict[str, Any] = dict(cursor.get("seen", {}))
    failures: dict[str, int] = dict(cursor.get("failures", {}))
    ids = [source.id for source in sources]
    start = ids.index(cursor["last"]) + 1 if cursor.get("last") in ids else 0
    quick = replace(limits, attempts=1, silence_seconds=min(limits.silence_seconds, _SILENCE_SECONDS))
    until, last = time.monotonic() + _TICK_SECONDS, cursor.get("last")
    new: list[str] = []
    problems: dict[str, str] = {}
    with Connection(quick) as connection:
        for source in [*sources[start:], *sources[:start]]:
            if time.monotonic() > until:
                break
            last, known = source.id, seen.get(source.id)
            before = (
                Seen(Validators(**known["page"]), known["links"], known["file"], Validators(**known["version"]))
                if known
                else Seen()
            )
            try:
                is_new, now = look(source, before, paths.lake / "editions", connection)
            except FetchError as error:
                failures[source.id] = failures.get(source.id, 0) + 1
                problems[source.id] = str(error)
                continue
            failures.pop(source.id, None)
            seen[source.id] = asdict(now)
            new += [source.id] if is_new else []
    return new, problems, {"seen": seen, "failures": failures, "last": last}


def release_schedules(sources: Iterable[Source], paths: Paths) -> list[dg.ScheduleDefinition]:
    """One schedule a pattern of release months: fetches, on the working days of those months, the sources of which an edition is due."""
    by_months: dict[tuple[int, ...], list[Source]] = {}
    for source in sources:
        if source.release_months:
            by_months.setdefault(tuple(sorted(source.release_months)), []).append(source)
    return [_release_schedule(months, group, paths) for months, group in sorted(by_months.items())]


def _release_schedule(months: tuple[int, ...], sources: Sequence[Source], paths: Paths) -> dg.ScheduleDefinition:
    every_month = len(months) == 12
    said = "every month" if every_month else ", ".join(month_name[month] for month in months)

    @dg.schedule(
        name=f"releases_of_{_name(said)}",
        # Official statistics come out at half past nine.
        cron_schedule=f"45 9 * {'*' if every_month else ','.join(map(str, months))} 1-5",
        execution_timezone="Europe/London",
        target=dg.AssetSelection.assets(*(published_key(source) for source in sources)),
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description=(
            f"A quarter of an hour after the hour of release, on each working day of {said}: fetches those of these sources of which an "
            f"edition is due and not yet held. {'; '.join(source.title for source in sources)}."
        ),
    )
    def fetch_what_is_due(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        states = calendar_on(paths, context.scheduled_execution_time.date()).rows_by_key(
            "source_id", named=True, unique=True
        )
        due = [source for source in sources if states[source.id]["state"] in _DUE]
        if not due:
            return dg.SkipReason("The newest edition of each of these sources is held.")
        return dg.RunRequest(asset_selection=[published_key(source) for source in due], tags=RUN_TAGS)

    return fetch_what_is_due


def _name(publisher: str) -> str:
    return "_".join("".join(each if each.isalnum() else " " for each in publisher.lower()).split())
