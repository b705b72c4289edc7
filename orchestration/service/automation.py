"""What happens by itself on a server, derived from the source register: who is looked at when, and what is made from what is new.

    publisher's page → published → raw → core, out, report/datapack → the other reports

A sensor a publisher notices a new edition; a schedule a release pattern looks for it on the days on which it should come. Either
asks for ``published/<source>`` alone. Everything else follows by conditions on the assets, evaluated by Dagster's daemon and shown
in its UI: an asset is made again when what it is made from has other content, by data version. The steps in between are runs of
their own, so that a file with new bytes and the same cells ends after ``raw``.
"""

from collections.abc import Iterable, Mapping
from functools import reduce
from operator import or_
from typing import Any

import dagster as dg
from dagster import AutomationCondition as When

from orchestration.assets.freshness import freshness_policy
from orchestration.assets.published import published_key
from transforms.sources.registry import Source

Condition = When[Any]

_EDITIONS = dg.AssetKey(["raw", "editions"])
_RECORDS = dg.AssetKey(["raw", "police_uk_records"])
_ARCHIVE = "police_uk_archive"
_DATAPACK = dg.AssetKey(["report", "datapack"])

# New content of something that this asset was not made together with.
_CHANGED = (When.data_version_changed() & ~When.executed_with_root_target()).with_label("has new content")
# A run whose process was killed is begun again; a run in which a step failed would fail again, and needs a person.
RUN_TAGS = {"dagster/max_retries": "2", "dagster/retry_on_asset_or_op_failure": "false"}


def automated(defs: dg.Definitions, fetched: Mapping[str, Source], by_hand: Mapping[str, Source]) -> dg.Definitions:
    """The assets of a build with what they wait for: conditions, the published files they come from, and deadlines.

    The deadline of a source that is ``fetched`` is on its files, that of one that is read ``by_hand`` on its raw table.
    """
    tables = {spec.key for each in defs.assets or [] if isinstance(each, dg.AssetsDefinition) for spec in each.specs}
    raw = sorted(key for key in tables if key.path[0] == "raw" and key not in (_EDITIONS, _RECORDS))

    def with_condition(spec: dg.AssetSpec) -> dg.AssetSpec:
        if spec.key == _EDITIONS:
            files = [published_key(source) for source in fetched.values()]
            return _after(spec, files).replace_attributes(automation_condition=_editions_condition(raw))
        if spec.key.path[0] == "raw":
            source_id = _ARCHIVE if spec.key == _RECORDS else spec.key.path[1]
            deadline = freshness_policy(by_hand[source_id]) if source_id in by_hand else None
            files = [published_key(fetched[source_id])] if source_id in fetched else []
            return _after(spec, files).replace_attributes(
                automation_condition=_raw_condition(), freshness_policy=deadline
            )
        if spec.key.path[0] == "report" and spec.key != _DATAPACK:
            return spec.replace_attributes(automation_condition=_report_condition())
        return spec.replace_attributes(automation_condition=_table_condition())

    return defs.map_resolved_asset_specs(func=with_condition)


def conditions_sensor(seconds: int) -> dg.AutomationConditionSensorDefinition:
    """The sensor that evaluates the conditions of all assets; what it requests waits for another build in the same folder."""
    return dg.AutomationConditionSensorDefinition(
        "make_what_depends_on_new_editions",
        target=dg.AssetSelection.all(),
        description="Asks for every asset whose condition holds: what it is made from has new content, or it was never made.",
        default_status=dg.DefaultSensorStatus.RUNNING,
        minimum_interval_seconds=seconds,
        run_tags=RUN_TAGS,
    )


def _after(spec: dg.AssetSpec, keys: Iterable[dg.AssetKey]) -> dg.AssetSpec:
    return spec.replace_attributes(deps=[*spec.deps, *keys])


def _raw_condition() -> Condition:
    changed = When.any_deps_match(_CHANGED).with_label("files of this source were fetched that are new or changed")
    return _once(When.newly_missing() | changed)


def _editions_condition(raw: Iterable[dg.AssetKey]) -> Condition:
    """As a raw table, but after all of them, and not beside one that failed: a list of editions must not run ahead of their cells."""
    unsettled = When.in_progress() | When.will_be_requested() | When.execution_failed()
    waiting = reduce(or_, (When.asset_matches(key, unsettled) for key in raw))
    return _raw_condition() & ~(waiting.with_label("a raw table is being made, or failed") & ~When.missing())


def _table_condition() -> Condition:
    """Tables from raw to the data pack: one run for all, asked for when the content of a table above has changed."""
    beside = When.any_deps_match(When.will_be_requested()).ignore(dg.AssetSelection.groups("raw"))
    listed = When.any_deps_match(When.will_be_requested()).allow(dg.AssetSelection.assets(_EDITIONS))
    changed = (When.any_deps_match(_CHANGED) | beside | listed).with_label("a table above has new content")
    return _once(When.newly_missing() | changed) & ~When.any_deps_in_progress()


def _report_condition() -> Condition:
    """Reports follow the data pack, which is the last table: where one above fails there is no new pack, and the old reports stay."""
    changed = When.asset_matches(_DATAPACK, _CHANGED).with_label("the data pack was made anew")
    return _once(changed) & ~When.asset_matches(_DATAPACK, When.in_progress())


def _once(condition: Condition) -> Condition:
    """Remember a condition until the asset is asked for, and do not ask twice at a time.

    What comes while a run is at work, or just as it is asked for, is not what that run will read: it is made after that run.
    """
    answered = (When.newly_requested() & ~condition).with_label("asked for since")
    return condition.since(answered) & ~When.in_progress()
