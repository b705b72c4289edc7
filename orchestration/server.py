"""The Dagster code locations of a server: the assets of a build, the files that they come from, and what happens by itself; and delivery.

deploy/ holds the settings and services that go with them. The code location of a laptop is ``orchestration.definitions``: it has no
sensor, and opens no connection but to a store of the reader's own.
"""

import dataclasses
import os
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg

from orchestration.assets.published import published_assets
from orchestration.definitions import definitions
from orchestration.delivery.by_schedule import delivery_schedule
from orchestration.run.manifest import held_folders
from orchestration.service.alert_sensors import alert_sensors
from orchestration.service.alerts import refuse_wrong_alerts
from orchestration.service.automation import automated, conditions_sensor
from orchestration.service.release_sensors import publisher_sensors, release_schedules
from orchestration.store.paths import Paths, paths_from_environment
from transforms.sources.registry import load_sources

# Conditions on assets that are already defined, and pools, are marked as to come in this release; both are relied on and tested here.
warnings.filterwarnings("ignore", category=dg.PreviewWarning)

if TYPE_CHECKING:
    from transforms.sources.fetch.limits import Limits


def _limits() -> "Limits":
    from transforms.sources.fetch.limits import Limits

    return Limits()


def server_definitions(
    paths: Paths, limits: "Callable[[], Limits]" = _limits, look_seconds: int = 3600, seconds: int = 60
) -> dg.Definitions:
    """Everything that a server runs, on the files that it has fetched.

    Publishers are looked at every ``look_seconds``, conditions and alerts every ``seconds``. A run that writes tables holds the lock of
    the build folder, so that it waits for a `countylines build` at work there, and such a build says that the
    folder is in use; it notes what it made, as such a build does.
    """
    paths = dataclasses.replace(paths, landing=_store(paths), landing_url=None)
    register = load_sources(paths.data)
    fetched = {id: source for id, source in register.items() if source.discovery.kind != "manual"}
    base = definitions(paths)
    build = automated(base, fetched, {id: source for id, source in register.items() if id not in fetched})

    loaded = frozenset(key.path[-1] for key in base.resolve_asset_graph().get_all_asset_keys() if key.path[0] == "raw")
    return dg.Definitions(
        assets=[*(build.assets or []), *published_assets(fetched.values(), paths, limits)],
        resources={**(base.resources or {}), "paths": held_folders(paths, base, wait=True)},
        executor=base.executor,
        schedules=release_schedules(fetched.values(), paths),
        sensors=[
            *publisher_sensors(fetched.values(), paths, limits, look_seconds),
            conditions_sensor(seconds),
            *alert_sensors(paths, loaded, seconds),
        ],
    )


def _store(paths: Paths) -> Path:
    store = paths.lake / "editions"
    store.mkdir(parents=True, exist_ok=True)
    return store


@dg.definitions
def defs() -> dg.Definitions:
    """What the services of deploy/ load: this checkout and the folders that the environment names. Raises CountyLinesError for wrong settings of alerts."""
    refuse_wrong_alerts()
    return server_definitions(paths_from_environment())


@dg.definitions
def delivery() -> dg.Definitions:
    """What the daemon alone loads beside it: delivery at the times of COUNTYLINES_DELIVER_ON, or nothing without them.

    No webserver has this location, so that no page in a browser, whoever wrote it, can have anything delivered.
    """
    times = os.environ.get("COUNTYLINES_DELIVER_ON")
    return dg.Definitions(schedules=[delivery_schedule(paths_from_environment(), times)] if times else [])
