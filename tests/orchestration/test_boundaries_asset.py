"""Boundaries of police force areas are an asset of a build that holds them, and of no other; their coordinates here are synthetic."""

from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from orchestration.definitions import definitions
from orchestration.paths import Paths
from tests.full_build import ROOT
from transforms.errors import LayoutError

pytestmark = [pytest.mark.full, pytest.mark.filterwarnings("ignore::dagster.BetaWarning")]

FIXTURE = ROOT / "tests" / "fixtures" / "ons_geography" / "2023-12-boundaries.geojson"
FILE = "Police_Force_Areas.geojson"
OUTLINES = dg.AssetKey(["raw", "police_force_area_boundaries"])
NATIONAL = dg.AssetKey(["report", "national"])


def graph_of(paths: Paths) -> Any:
    return definitions(paths).resolve_asset_graph()


def test_a_build_that_holds_boundaries_draws_them_and_another_knows_nothing_of_them(tmp_path: Path) -> None:
    (tmp_path / "landing").mkdir()
    without = graph_of(Paths(ROOT / "data", tmp_path / "build", tmp_path / "landing"))
    assert OUTLINES not in without.get_all_asset_keys()
    (tmp_path / "landing" / FILE).write_bytes(FIXTURE.read_bytes())
    held = graph_of(Paths(ROOT / "data", tmp_path / "build", tmp_path / "landing"))
    assert OUTLINES in held.get(NATIONAL).parent_keys
    assert OUTLINES not in without.get(NATIONAL).parent_keys
    assert held.get_all_asset_keys() - without.get_all_asset_keys() == {
        OUTLINES,
        dg.AssetKey(["raw", "ons_geography"]),
    }
    assert all(check.blocking for check in map(held.get, held.get(OUTLINES).check_keys))


def test_boundaries_without_a_police_force_area_stop_at_the_asset_with_its_code(tmp_path: Path) -> None:
    (tmp_path / "landing").mkdir()
    (tmp_path / "landing" / FILE).write_bytes(FIXTURE.read_bytes())
    defs = definitions(Paths(ROOT / "data", tmp_path / "build", tmp_path / "landing"))
    with pytest.raises(LayoutError, match=r"^ons_geography 2023-12-boundaries: no feature has the code E23000001, "):
        dg.materialize([defs.get_assets_def(OUTLINES)], resources=defs.resources)
