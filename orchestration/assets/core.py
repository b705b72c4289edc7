"""Layer core: what the cells mean. Every cell is matched, excluded with a reason, or unmatched, and then the build stops."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import dagster as dg
import polars as pl

from orchestration.assets.code_versions import versioned
from orchestration.run.checks import CheckedTable, asset_key, check_specs, checked, column_schema, unless_same
from orchestration.store.hashes import hash_data, hash_text
from orchestration.store.paths import Paths
from transforms.contracts import Contract, tables
from transforms.harmonise import harmonise, load_registers
from transforms.harmonise.observe import refuse_unmatched
from transforms.harmonise.registers import areas_frame
from transforms.sources.registry import Source

HARMONISED: dict[str, Contract] = {
    "unmatched": tables.UNMATCHED,
    "observations": tables.OBSERVATIONS,
    "excluded": tables.EXCLUDED,
    "notes": tables.NOTES,
    "record_files": tables.RECORD_FILES,
}
_OWNERS = ["team:data-engineering", "team:statistics"]


def core_assets(sources: Mapping[str, Source], settled: Collection[str], paths: Paths) -> list[dg.AssetsDefinition]:
    """The assets core/areas and core/{observations, excluded, unmatched, notes}."""
    version = hash_text(
        hash_data(paths, "sources"),
        *sorted(settled),
        *(repr(source.editions) for source in sources.values()),
    )

    @versioned(paths)
    @dg.asset(
        key=["core", "areas"],
        group_name="core",
        description="The 43 police force areas, the regions, policing regions and other bodies, with what each belongs to.",
        owners=_OWNERS,
        kinds={"polars", "parquet"},
        metadata={"dagster/column_schema": column_schema(tables.AREAS)},
        check_specs=check_specs(tables.AREAS),
        output_required=False,
    )
    @unless_same(result=tables.AREAS)
    def areas(paths: dg.ResourceParam[Paths]) -> CheckedTable:
        yield from checked(areas_frame(load_registers(paths.data)), tables.AREAS, paths)

    @versioned(paths)
    @dg.multi_asset(
        name="core__harmonise",
        group_name="core",
        ins={source_id: dg.AssetIn(key=["raw", source_id]) for source_id in sources},
        outs={
            name: dg.AssetOut(
                key=asset_key(contract),
                description=f"{contract.title}: one row is one {contract.one_row_is}.",
                owners=_OWNERS,
                kinds={"polars", "parquet"},
                metadata={"dagster/column_schema": column_schema(contract)},
                is_required=False,
                code_version=version,
            )
            for name, contract in HARMONISED.items()
        },
        check_specs=[spec for contract in HARMONISED.values() for spec in check_specs(contract)],
    )
    @unless_same(**HARMONISED)
    def harmonised(paths: dg.ResourceParam[Paths], **cells: Any) -> Iterator[Any]:
        result = harmonise(pl.concat(cells.values()), sources, load_registers(paths.data), settled)
        for name, contract in HARMONISED.items():
            yield from checked(getattr(result, name), contract, paths, output_name=name)
            if name == "unmatched":
                refuse_unmatched(result.unmatched)

    return [areas, harmonised]
