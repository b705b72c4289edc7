"""The code location of a server for tests: a publisher on loopback, looks whenever the daemon comes by, and the raw tables alone, which cost little."""

import dagster as dg

from orchestration.server import server_definitions
from orchestration.store.paths import paths_from_environment
from tests.fetch.publisher import LIMITS


@dg.definitions
def defs() -> dg.Definitions:
    """What a server runs, but for what follows the raw tables, and for the schedules, which wait for a day of release."""
    # The daemon looks every five seconds for what is due. Were that five seconds too, it would find each a moment too early and come again.
    everything = server_definitions(paths_from_environment(), lambda: LIMITS, look_seconds=1, seconds=1)
    kept = [
        asset
        for asset in everything.assets or []
        if isinstance(asset, dg.AssetsDefinition) and all(key.path[0] in {"published", "raw"} for key in asset.keys)
    ]
    return dg.Definitions(
        assets=kept, sensors=everything.sensors, resources=everything.resources, executor=everything.executor
    )
