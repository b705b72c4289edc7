"""The asset graph as the Dagster UI shows it, before anything has run."""

import json
import sys
from pathlib import Path

import dagster as dg
import pytest

from orchestration.build import dagster_home
from orchestration.store.paths import Paths
from tests.full_build import ROOT
from tests.orchestration.builds import definitions_that_load, run
from tests.orchestration.graph import CONTRACTS, all_assets, graph, in_words
from transforms.contracts import Contract

LAYERS = ("raw", "core", "out", "report")


def test_the_graph_is_the_one_that_was_reviewed() -> None:
    assert in_words() == (Path(__file__).parent / "graph.txt").read_text(encoding="utf-8")


def test_every_asset_says_what_it_is_whose_it_is_and_of_which_code() -> None:
    for key in graph().get_all_asset_keys():
        node = graph().get(key)
        assert node.description, key
        assert node.owners, key
        assert all(owner.startswith("team:") for owner in node.owners), key
        assert node.kinds, key
        assert len(node.code_version) == 64, key


def test_the_group_of_an_asset_is_its_layer_and_layers_only_look_back() -> None:
    for key in graph().get_all_asset_keys():
        node = graph().get(key)
        assert node.group_name == key.path[0]
        assert {LAYERS.index(parent.path[0]) for parent in node.parent_keys} <= set(
            range(LAYERS.index(key.path[0]) + 1)
        )


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: str(contract.table))
def test_every_rule_of_a_contract_is_a_check_and_blocks_if_it_is_critical(contract: Contract) -> None:
    checks = {key.name: graph().get(key) for key in graph().get(dg.AssetKey(contract.table.split("/"))).check_keys}
    assert {name: check.blocking for name, check in checks.items()} == {
        rule.name: rule.severity == "critical" for rule in contract.rules
    }
    assert {name: check.description for name, check in checks.items()} == {
        rule.name: rule.description for rule in contract.rules
    }


def test_every_table_of_the_graph_has_a_contract_and_shows_its_columns() -> None:
    assert {"/".join(key.path) for key in graph().get_all_asset_keys() if key.path[0] in {"raw", "core"}} == {
        contract.table for contract in CONTRACTS if contract.table.split("/")[0] in {"raw", "core"}
    }
    for contract in CONTRACTS:
        schema = graph().get(dg.AssetKey(contract.table.split("/"))).metadata["dagster/column_schema"]
        assert [column.name for column in schema.columns] == [column.name for column in contract.columns]
        assert [column.constraints.nullable for column in schema.columns] == [
            column.nullable for column in contract.columns
        ]


def test_a_report_for_each_of_the_43_forces_is_a_partition_and_a_backfill_is_one_run() -> None:
    force = graph().get(dg.AssetKey(["report", "force"]))
    slugs = force.partitions_def.get_partition_keys()
    assert len(slugs) == len(set(slugs)) == 43
    assert {"norfolk", "metropolitan", "dyfed-powys"} <= set(slugs)
    assert force.backfill_policy == dg.BackfillPolicy.single_run()
    others = [graph().get(key) for key in graph().get_all_asset_keys() if key != force.key]
    assert not [node.key for node in others if node.partitions_def]


@pytest.mark.full
def test_dg_checks_and_lists_the_graph_and_leaves_nothing_in_the_project(tmp_path: Path) -> None:
    before = set(ROOT.iterdir())
    dg_command = str(Path(sys.executable).with_name("dg"))
    variables = {"DAGSTER_HOME": dagster_home(Paths(data=ROOT / "data", build=tmp_path)), "VIRTUAL_ENV": sys.prefix}
    checked = run(["check", "defs"], tmp_path, dg_command, **variables)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    listed = run(["list", "defs", "--json"], tmp_path, dg_command, **variables)
    assert {asset["asset_key"] for asset in json.loads(listed.stdout)["assets"]} == all_assets()
    assert set(ROOT.iterdir()) == before
    assert not (tmp_path / "lake").exists()


@pytest.mark.full
def test_dagster_loads_the_code_location_as_its_own_tools_do(tmp_path: Path) -> None:
    definitions_that_load("workspace.yaml", tmp_path)
    assert not (tmp_path / "build").exists(), "loading definitions must not build anything"
