"""The asset graph in words, one line an asset: what a reviewer of a change to the graph wants to see.

After a change that is meant: `python -m tests.orchestration.graph > tests/orchestration/graph.txt`, and read the difference.
"""

import warnings
from functools import cache
from typing import Any

import dagster as dg

from orchestration.assets.core import HARMONISED
from orchestration.definitions import definitions
from orchestration.store.paths import Paths
from tests.full_build import ROOT
from transforms.contracts import Contract, tables
from transforms.sources.published import sources_held
from transforms.sources.registry import load_sources

CONTRACTS: list[Contract] = [
    *(
        tables.cells(source.id, [edition.id for edition in source.editions])
        for source in sources_held(load_sources(ROOT / "data")).values()
    ),
    *(
        tables.EDITIONS,
        tables.AREAS,
        *HARMONISED.values(),
        tables.INDICATORS,
        tables.RECONCILIATION,
        tables.COVERAGE,
        tables.PLAUSIBILITY,
        tables.COMPARABILITY,
        tables.INSPECTION_GRADES,
        tables.SCOREBOARD,
        tables.PROFILE,
        tables.CLAIMS,
        tables.REVISIONS,
        tables.FORCE_CHARACTERISTICS,
        tables.SIMILAR,
        tables.BESIDE,
        tables.DISTRICTS,
    ),
]


@cache
def defs() -> dg.Definitions:
    """The definitions of this checkout; nothing is built by asking."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", dg.BetaWarning)
        return definitions(Paths(data=ROOT / "data", build=ROOT / "data" / "build"))


@cache
def graph() -> Any:
    """Dagster's own picture of the assets and checks."""
    return defs().resolve_asset_graph()


def all_assets() -> set[str]:
    """Every asset, as 'layer/name'."""
    return {key.to_user_string() for key in graph().get_all_asset_keys()}


def in_words() -> str:
    """Key, group, kinds, owners, partitions, number of checks and of those that block, and upstream keys of every asset."""
    lines = []
    for key in sorted(graph().get_all_asset_keys()):
        node = graph().get(key)
        checks = [graph().get(check) for check in node.check_keys]
        partitions = len(node.partitions_def.get_partition_keys()) if node.partitions_def else "no"
        lines.append(
            f"{key.to_user_string()}: group {node.group_name}; kinds {' '.join(sorted(node.kinds))}; "
            f"owners {' '.join(sorted(node.owners))}; {partitions} partitions; "
            f"{len(checks)} checks, {sum(check.blocking for check in checks)} blocking; "
            f"from {' '.join(sorted(parent.to_user_string() for parent in node.parent_keys)) or 'published files'}\n"
        )
    return "".join(lines)


if __name__ == "__main__":
    print(in_words(), end="")  # noqa: T201
