"""Boundaries of police force areas are an asset of a build that holds them, and of no other; their coordinates here are synthetic."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import dagster as dg
import polars as pl
import pytest

from orchestration.definitions import definitions
from orchestration.store.editions_in_use import registered
from orchestration.store.paths import Paths
from tests.full_build import ROOT
from transforms.harmonise import load_registers
from transforms.sources.recognise import REFUSED

pytestmark = [pytest.mark.full, pytest.mark.filterwarnings("ignore::dagster.BetaWarning")]

FIXTURE = ROOT / "tests" / "fixtures" / "ons_geography" / "2023-12-boundaries.geojson"
FILE = "Police_Force_Areas.geojson"
OUTLINES = dg.AssetKey(["raw", "police_force_area_boundaries"])
NATIONAL = dg.AssetKey(["report", "national"])


def graph_of(paths: Paths) -> Any:
    return definitions(paths).resolve_asset_graph()


def outlines_of_all_forces(codes: Sequence[str]) -> bytes:
    """The first outline of the fixture again for every code."""
    found = json.loads(FIXTURE.read_bytes())
    first = found["features"][0]
    features = [{**first, "properties": {**first["properties"], "PFA23CD": code}} for code in codes]
    return json.dumps({**found, "features": features}).encode()


def test_a_build_that_holds_boundaries_draws_them_and_another_knows_nothing_of_them(tmp_path: Path) -> None:
    areas = load_registers(ROOT / "data").areas.filter(pl.col("kind") == "police_force_area")
    (tmp_path / "landing").mkdir()
    without = graph_of(Paths(ROOT / "data", tmp_path / "build", tmp_path / "landing"))
    assert OUTLINES not in without.get_all_asset_keys()
    (tmp_path / "landing" / FILE).write_bytes(outlines_of_all_forces(areas["area_id"].to_list()))
    held = graph_of(Paths(ROOT / "data", tmp_path / "build", tmp_path / "landing"))
    assert OUTLINES in held.get(NATIONAL).parent_keys
    assert OUTLINES not in without.get(NATIONAL).parent_keys
    assert held.get_all_asset_keys() - without.get_all_asset_keys() == {
        OUTLINES,
        dg.AssetKey(["raw", "ons_geography"]),
    }
    assert all(check.blocking for check in map(held.get, held.get(OUTLINES).check_keys))


def test_boundaries_without_a_police_force_area_are_refused_with_its_code_and_nothing_else_stops(
    tmp_path: Path,
) -> None:
    (tmp_path / "landing").mkdir()
    (tmp_path / "landing" / FILE).write_bytes(FIXTURE.read_bytes())
    paths = Paths(ROOT / "data", tmp_path / "build", tmp_path / "landing")
    (file,) = registered(paths).files
    assert file.outcome == REFUSED
    assert str(file.reason).startswith("ons_geography 2023-12-boundaries: no feature has the code E23000001, ")
    assert OUTLINES not in graph_of(paths).get_all_asset_keys()
