"""The Dagster code location: one Definitions object, made from the source registry."""

import warnings

import dagster as dg

# Output(data_version=…) and BackfillPolicy are marked beta in this release; both are relied on and tested here.
warnings.filterwarnings("ignore", category=dg.BetaWarning)

from orchestration.assets.core import core_assets  # noqa: E402
from orchestration.assets.datapack import datapack_assets  # noqa: E402
from orchestration.assets.inspection import inspection_assets  # noqa: E402
from orchestration.assets.out import landing_files_asset, out_assets  # noqa: E402
from orchestration.assets.raw import boundaries_assets, editions_asset, raw_assets  # noqa: E402
from orchestration.assets.records import records_assets  # noqa: E402
from orchestration.assets.report import report_assets  # noqa: E402
from orchestration.assets.series import series_assets  # noqa: E402
from orchestration.run.engine import engine_from_environment  # noqa: E402
from orchestration.run.manifest import BUILD_JOB, BY_MONTH, RECORDS_JOB, held_folders  # noqa: E402
from orchestration.run.side_process import collect_seldom  # noqa: E402
from orchestration.store.editions_in_use import registered  # noqa: E402
from orchestration.store.lake_io_manager import ParquetLake  # noqa: E402
from orchestration.store.paths import Paths, paths_from_environment  # noqa: E402


def definitions(paths: Paths) -> dg.Definitions:
    """All assets, for the given folders; the in-process executor, since a process a step costs seconds and these steps do not."""
    # Two hundred modules are read as syntax trees, which live on: to look at them for garbage took half of the time of loading.
    collect_seldom()
    found = registered(paths)
    sources = found.sources
    understood = {id: source for id, source in sources.items() if source.reaches == "observations"}
    outlines = boundaries_assets(sources, paths)
    return dg.Definitions(
        assets=[
            editions_asset(sources, paths),
            *outlines,
            *raw_assets(sources.values(), paths),
            *records_assets(sources.values(), paths),
            *core_assets(understood, found.settled, paths),
            *out_assets(sources, found.settled, paths),
            *inspection_assets(sources, paths),
            *([landing_files_asset(sources, found.files, paths)] if paths.landing else []),
            *report_assets(sources, found.known, paths, has_boundaries=bool(outlines)),
            *datapack_assets(sources, paths),
            *series_assets(paths),
        ],
        resources={"io_manager": ParquetLake(paths), "paths": paths, "engine": engine_from_environment()},
        executor=dg.in_process_executor,
    )


@dg.definitions
def defs() -> dg.Definitions:
    """What `dagster`, `dg` and the webserver load: this checkout, with the landing folder that the environment names, if any.

    A run holds the lock of the build folder and writes the manifest, as `countylines build` does; its jobs are those of that command.
    """
    paths = paths_from_environment()
    build = definitions(paths)
    months = [each for each in build.assets or [] if isinstance(each, dg.AssetsDefinition) and BY_MONTH in each.keys]
    chosen: dict[str, dg.AssetSelection] = {BUILD_JOB: dg.AssetSelection.all() - dg.AssetSelection.assets(*months)}
    chosen |= {RECORDS_JOB: dg.AssetSelection.assets(*months)} if months else {}
    return dg.Definitions(
        assets=build.assets,
        jobs=[dg.define_asset_job(name, selection) for name, selection in chosen.items()],
        resources={**(build.resources or {}), "paths": held_folders(paths, build)},
        executor=build.executor,
    )
