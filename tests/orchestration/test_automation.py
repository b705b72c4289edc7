"""What a server does by itself, without a daemon: which assets are asked for when, by Dagster's own evaluation of the conditions."""

import dataclasses
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import dagster as dg
import pytest

from orchestration.assets.freshness import freshness_policy
from orchestration.server import server_definitions
from orchestration.store.paths import Paths
from tests.full_build import ROOT
from transforms.sources.registry import Source

pytestmark = pytest.mark.full

RAW_OF_ONS = "raw/ons_pfa_tables"
LATE_RAW = {"raw/editions"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> dg.Definitions:
    return server_definitions(Paths(data=ROOT / "data", build=tmp_path_factory.mktemp("server")))


@pytest.fixture(scope="module")
def graph(server: dg.Definitions) -> Any:
    return server.resolve_asset_graph()


class Daemon:
    """Evaluates the conditions tick by tick, and takes down what a run would have made, with the version of its content."""

    def __init__(self, server: dg.Definitions, graph: Any) -> None:
        self.server, self.graph = server, graph
        self.instance, self.cursor = dg.DagsterInstance.ephemeral(), None
        self.versions: dict[str, int] = {}

    def tick(self) -> set[str]:
        # In a thread of its own: the browser of other tests may have an event loop in this one.
        with ThreadPoolExecutor(1) as thread:
            result = thread.submit(
                dg.evaluate_automation_conditions, self.server, self.instance, cursor=self.cursor
            ).result()
        self.cursor = result.cursor
        return {
            key.to_user_string()
            for key in self.graph.get_all_asset_keys()
            if self.graph.get(key).automation_condition and result.get_num_requested(key)
        }

    def made(self, assets: Iterable[str], anew: bool = True, asked: Iterable[str] | None = None) -> None:
        """A run made these assets together, with other content or the same; it was asked for others too that it did not come to."""
        selected = frozenset(map(dg.AssetKey.from_user_string, asked or assets))
        run = dg.DagsterRun(job_name="__ASSET_JOB", asset_selection=selected)
        self.instance.add_run(run)
        for name in sorted(assets):
            key = dg.AssetKey.from_user_string(name)
            self.versions[name] = self.versions.get(name, 0) + anew
            tags = {"dagster/data_version": str(self.versions[name])}
            partitions = self.graph.get(key).partitions_def
            for partition in partitions.get_partition_keys() if partitions else [None]:
                event = dg.AssetMaterialization(key, partition=partition, tags=tags)
                self.instance.report_dagster_event(
                    dg.DagsterEvent(
                        event_type_value=dg.DagsterEventType.ASSET_MATERIALIZATION.value,
                        job_name="__ASSET_JOB",
                        event_specific_data=_materialised(event),
                    ),
                    run.run_id,
                )


def _materialised(event: dg.AssetMaterialization) -> Any:
    from dagster._core.events import StepMaterializationData

    return StepMaterializationData(event)


@pytest.fixture
def daemon(server: dg.Definitions, graph: Any) -> Daemon:
    """After a first start: all that a build makes is made, and nothing is asked for any more."""
    daemon = Daemon(server, graph)
    reports = {name for name in _names(graph) if name.startswith("report/") and name != "report/datapack"}
    first = daemon.tick()
    assert first == {name for name in _names(graph) if not name.startswith("published/")} - reports
    daemon.made(first)
    assert daemon.tick() == reports
    daemon.made(reports)
    assert daemon.tick() == set()
    return daemon


def _names(graph: Any) -> set[str]:
    return {key.to_user_string() for key in graph.get_all_asset_keys()}


def below(graph: Any, *assets: str) -> set[str]:
    """The tables that depend on these, the data pack included, other reports not."""
    reached, pending = set(), [dg.AssetKey.from_user_string(name) for name in assets]
    while pending:
        for child in graph.get(pending.pop()).child_keys:
            name = child.to_user_string()
            if name not in reached and (child.path[0] != "report" or name == "report/datapack"):
                reached.add(name)
                pending.append(child)
    return reached


def test_a_new_edition_is_read_then_all_that_depends_on_it_is_made_then_the_reports(daemon: Daemon, graph: Any) -> None:
    daemon.made(["published/ons_pfa_tables"])
    assert daemon.tick() == {RAW_OF_ONS}
    daemon.made([RAW_OF_ONS])
    tables = daemon.tick()
    assert tables == (below(graph, RAW_OF_ONS) | LATE_RAW | below(graph, *LATE_RAW))
    assert not {name for name in tables if name.startswith("raw/")} - LATE_RAW
    daemon.made(tables)
    reports = daemon.tick()
    assert reports == {
        f"report/{name}" for name in ("series", "national", "region", "force", "pages", "changes", "site")
    }
    daemon.made(reports)
    assert daemon.tick() == set()


def test_an_unchanged_edition_runs_nothing(daemon: Daemon) -> None:
    daemon.made(["published/ons_pfa_tables"])
    daemon.made(daemon.tick(), anew=False)
    daemon.tick()
    daemon.made(["published/ons_pfa_tables"], anew=False)
    assert daemon.tick() == set()


def test_new_bytes_with_the_same_cells_reach_the_list_of_editions_and_the_reports_and_nothing_is_computed_again(
    daemon: Daemon, graph: Any
) -> None:
    daemon.made(["published/ons_pfa_tables"])
    daemon.made(daemon.tick(), anew=False)
    tables = daemon.tick()
    assert tables == LATE_RAW | below(graph, *LATE_RAW)
    assert not [name for name in tables if name.startswith("core/")]
    assert "out/indicators" not in tables


def test_an_edition_that_comes_while_another_is_being_read_is_read_after_it(daemon: Daemon) -> None:
    daemon.made(["published/ons_pfa_tables"])
    assert daemon.tick() == {RAW_OF_ONS}
    daemon.made(["published/ons_pfa_tables"])
    daemon.made([RAW_OF_ONS])
    assert RAW_OF_ONS in daemon.tick()


def test_a_table_that_is_not_made_anew_holds_back_the_reports(daemon: Daemon) -> None:
    daemon.made(["published/ons_pfa_tables"])
    daemon.made(daemon.tick())
    tables = daemon.tick()
    daemon.made({name for name in tables if name.split("/")[0] in {"raw", "core"}}, asked=tables)
    assert not {name for name in daemon.tick() if name.startswith("report/")}


def test_everything_that_can_be_fetched_is_watched_once_and_scheduled_by_its_release_months(
    server: dg.Definitions, registered: dict[str, Source]
) -> None:
    fetched = {id for id, source in registered.items() if source.discovery.kind != "manual"}
    watched = [key for sensor in server.sensors or [] if sensor.name.startswith("look_at_") for key in _targets(sensor)]
    assert sorted(watched) == sorted(f"published/{id}" for id in fetched)
    scheduled = {key: schedule for schedule in server.schedules or [] for key in _targets(schedule)}
    assert scheduled.keys() == {f"published/{id}" for id in fetched if registered[id].release_months}
    for key, schedule in scheduled.items():
        months = registered[key.split("/")[1]].release_months
        wanted = "*" if len(months) == 12 else ",".join(map(str, sorted(months)))
        assert schedule.cron_schedule == f"45 9 * {wanted} 1-5"
        assert schedule.execution_timezone == "Europe/London"
    for each in [*(server.sensors or []), *(server.schedules or [])]:
        assert each.description, each.name
        assert each.default_status.value == "RUNNING", each.name


def _targets(each: Any) -> list[str]:
    target = each.targets[0] if isinstance(each, dg.SensorDefinition) else each.target
    return [key.to_user_string() for key in target.resolvable_to_job.selection.selected_keys]


def test_every_source_with_release_months_has_a_deadline(graph: Any, registered: dict[str, Source]) -> None:
    for id, source in registered.items():
        layer = "raw" if source.discovery.kind == "manual" else "published"
        key = dg.AssetKey([layer, id])
        if key in graph.get_all_asset_keys():
            assert (graph.get(key).freshness_policy is not None) == bool(source.release_months), id


@pytest.mark.parametrize(
    ("months", "deadline", "days"),
    [
        ((1, 4, 7, 10), "0 9 1 2,5,8,11 *", 31),
        ((2, 3, 5, 8, 11), "0 9 1 4,6,9,12 *", 60),
        ((12, 1), "0 9 1 2 *", 62),
        (tuple(range(1, 13)), "0 9 1 * *", 28),
    ],
)
def test_a_source_is_late_when_the_month_after_its_release_begins(
    registered: dict[str, Source], months: tuple[int, ...], deadline: str, days: int
) -> None:
    policy: Any = freshness_policy(dataclasses.replace(registered["ons_pfa_tables"], release_months=months))
    assert (policy.deadline_cron, policy.lower_bound_delta.days, policy.timezone) == (deadline, days, "Europe/London")


def test_a_source_without_release_months_is_never_late(registered: dict[str, Source]) -> None:
    assert freshness_policy(registered["mysociety_local_authorities"]) is None


def test_the_files_of_a_host_are_fetched_by_one_client_at_a_time(graph: Any) -> None:
    assert graph.get(dg.AssetKey(["published", "ho_arrests"])).pools == {"www_gov_uk"}
    assert graph.get(dg.AssetKey(["published", "ons_pfa_tables"])).pools == {"www_ons_gov_uk"}


def test_on_a_day_of_release_what_is_due_is_fetched(server: dg.Definitions) -> None:
    day = datetime(2026, 10, 22, 8, 45, tzinfo=UTC)
    schedule = next(each for each in server.schedules or [] if each.name == "releases_of_january_april_july_october")
    with dg.build_schedule_context(scheduled_execution_time=day) as context:
        result: Any = schedule(context)  # type: ignore[operator]
    assert dg.AssetKey(["published", "ons_pfa_tables"]) in result.asset_selection
