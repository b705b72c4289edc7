"""The published cells, read and understood once for each test process: the data that the tests of meanings and numbers share; and the browser."""

import gc
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest
from hypothesis import settings

from reports.numbers import ReportData
from reports.products import united_kingdom
from tests.browser import chromium
from tests.inspection.boards import scoreboard_of
from transforms import indicators as formulas
from transforms.comparability import beside, characteristics, profile, similar
from transforms.harmonise import Harmonised, Registers, harmonise, load_registers
from transforms.harmonise.registers import areas_frame
from transforms.indicators import coverage, plausibility, reconcile
from transforms.indicators.districts import district_cells, districts
from transforms.inspection import inspection_grades, load_scale, statements
from transforms.inspection.scoreboard import Found
from transforms.sources.published import editions_in_use, read_cells, sources_held
from transforms.sources.registry import Source, load_sources

if TYPE_CHECKING:
    from playwright.sync_api import Browser

DATA = Path(__file__).parents[1] / "data"

# How long an example takes says something of the machine, not of the code.
settings.register_profile("project", deadline=None)
settings.load_profile("project")


# Tests that read a whole build or the scoreboard of all comparisons, or that open a browser, take seconds to begin.
_BUILDS = {"built", "small", "measured", "known_then"}
_SLOW_TO_MAKE = {*_BUILDS, "browser", "scored"}
# In these a test process mostly waits for servers, daemons and workers. Each is the first of a process, so that none is the last of all.
_WAITING = tuple(Path(__file__).parent / "orchestration" / f"test_{name}.py" for name in ("ui", "server", "engine"))


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """One process more than there are cores, since the slow tests wait for other processes much of the time; the quick ones do not."""
    if config.option.markexpr == "not full" or "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ:
        return None
    return (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark as full what takes what is slow to make; and begin in every process with what is full, so that the end is made of quick tests."""
    for item in items:
        if _SLOW_TO_MAKE & set(getattr(item, "fixturenames", ())):
            item.add_marker("full")
    # Each process begins with one stretch of the list, so that the modules with slow tests have to be dealt out; whole, since what a module
    # makes for its tests would be made in every process that runs some. While the first makes the builds that many read, the others do
    # something else.
    processes = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    quick = [item for item in items if not item.get_closest_marker("full")]
    slow = [item for item in items if item.get_closest_marker("full")]
    reading = {item.path for item in slow if _BUILDS & set(getattr(item, "fixturenames", ()))}
    modules = sorted({item.path for item in slow}, key=lambda path: (path not in reading, path))
    modules = [*(path for path in _WAITING if path in modules), *(path for path in modules if path not in _WAITING)]
    in_order: list[pytest.Item] = []
    for process in range(processes):
        mine = sorted(modules[process::processes], key=lambda path: (path in reading) == (process > 0))
        in_order += [item for path in mine for item in slow if item.path == path]
        end = len(items) * (process + 1) // processes - len(in_order)
        in_order, quick = in_order + quick[:end], quick[end:]
    items[:] = in_order


def pytest_collection_finish() -> None:
    """From here on there is garbage again (tests/__init__.py), none of it among what was imported and collected."""
    gc.freeze()
    gc.enable()


def pytest_unconfigure() -> None:
    """Libraries that count what is left at the end would count what was set aside."""
    gc.unfreeze()


@pytest.fixture(scope="session")
def browser() -> "Iterator[Browser]":
    """The installed Chromium for all tests of a process; Playwright is imported by the first that asks."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = chromium(playwright)
        if opened is None:
            pytest.skip("chromium is not installed: the pages cannot be looked at in a browser")
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def data() -> Path:
    return DATA


@pytest.fixture(scope="session")
def sources() -> dict[str, Source]:
    """The sources that a build reads, as it does without a landing folder."""
    return sources_held(load_sources(DATA))


@pytest.fixture(scope="session")
def registered() -> dict[str, Source]:
    """Every source of the register, held or not."""
    return load_sources(DATA)


@pytest.fixture(scope="session")
def registers() -> Registers:
    return load_registers(DATA)


@pytest.fixture(scope="session")
def areas(registers: Registers) -> pl.DataFrame:
    return areas_frame(registers)


@pytest.fixture(scope="session")
def published_cells(sources: dict[str, Source]) -> pl.DataFrame:
    """Every published cell that is given a meaning, all sources together."""
    return pl.concat([read_cells(source, DATA) for source in sources.values() if source.reaches == "observations"])


@pytest.fixture(scope="session")
def harmonised(published_cells: pl.DataFrame, sources: dict[str, Source], registers: Registers) -> Harmonised:
    return harmonise(published_cells, sources, registers)


@pytest.fixture(scope="session")
def observations(harmonised: Harmonised) -> pl.DataFrame:
    return harmonised.observations


@pytest.fixture(scope="session")
def indicators(observations: pl.DataFrame, areas: pl.DataFrame, registers: Registers) -> pl.DataFrame:
    computed = formulas.indicators(
        observations, areas, registers.area_members, registers.measures, registers.local_authorities
    )
    return formulas.with_doubts(computed, registers.doubtful_figures)


@pytest.fixture(scope="session")
def grades(sources: dict[str, Source], areas: pl.DataFrame) -> pl.DataFrame:
    """The inspection grades of every force."""
    cells = read_cells(sources["hmicfrs_peel_grades"], DATA)
    return inspection_grades(cells, areas.filter(pl.col("slug") != ""), load_scale(DATA))


@pytest.fixture(scope="session")
def scored(
    sources: dict[str, Source],
    harmonised: Harmonised,
    indicators: pl.DataFrame,
    grades: pl.DataFrame,
    registers: Registers,
) -> Found:
    """The scoreboard, and the ledger with the pairs behind it."""
    return scoreboard_of(sources, DATA, harmonised, indicators, grades, registers)


@pytest.fixture(scope="session")
def comparisons(scored: Found) -> pl.DataFrame:
    """The ledger of every comparison."""
    return scored.comparability


@pytest.fixture(scope="session")
def report_data(
    data: Path,
    sources: dict[str, Source],
    registers: Registers,
    areas: pl.DataFrame,
    harmonised: Harmonised,
    indicators: pl.DataFrame,
    grades: pl.DataFrame,
    scored: Found,
) -> ReportData:
    """What reports and the data pack are made from, without a build."""
    agreed = reconcile(harmonised.observations, harmonised.excluded, indicators, areas, registers)
    newest = profile(indicators, scored.comparability, registers.headlines)
    alike = similar(characteristics(harmonised.observations, areas, registers.local_authorities, registers.land_areas))
    return ReportData(
        indicators=indicators,
        areas=areas,
        observations=harmonised.observations,
        notes=harmonised.notes,
        reconciliation=agreed,
        coverage=coverage(harmonised.observations, areas, registers.measures, registers.coverage_gaps),
        plausibility=plausibility(indicators, harmonised.observations),
        comparability=scored.comparability,
        grades=grades,
        statements=statements(
            pl.concat(
                read_cells(sources[name], data)
                for name in (
                    "ho_county_lines_programme",
                    "hmicfrs_crime_data_integrity",
                    "hmicfrs_serious_organised_crime",
                    "hmicfrs_peel_grades",
                    "county_lines_assessments",
                    "county_lines_law_and_money",
                )
            ),
            registers,
        ),
        united_kingdom=pl.concat(read_cells(sources[name], data) for name in united_kingdom.SOURCES),
        scoreboard=scored.scoreboard,
        excluded=harmonised.excluded,
        record_files=harmonised.record_files,
        localities=registers.localities,
        profile=newest,
        beside=beside(newest, indicators, areas, alike, registers),
        similar=alike,
        districts=districts(
            district_cells(harmonised.excluded, harmonised.observations, registers), harmonised.observations, registers
        ),
        headlines=registers.headlines,
        source_quality=registers.source_quality,
        measures=registers.measures,
        editions=editions_in_use(sources, data),
        breaks=registers.breaks,
        sources=sources,
        build_id="synthetic",
    )
