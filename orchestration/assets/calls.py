"""An asset is a call: what a table says of itself in its contract, and what all assets of a layer have in common, stands here once."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import wraps
from inspect import signature
from typing import Any, TypeAlias

import dagster as dg
import polars as pl

from orchestration.assets.code_versions import versioned
from orchestration.assets.lineage import column_lineage
from orchestration.run.checks import asset_key, check_specs, checked, column_schema, unless_same
from orchestration.store.hashes import hash_text
from orchestration.store.paths import Paths
from transforms.contracts import Contract, tables

# The parameter of an asset's function that gives it the folders of the build; all others are the tables that it is made from.
Folders: TypeAlias = dg.ResourceParam[Paths]
MakesTables: TypeAlias = Callable[..., pl.DataFrame] | Callable[..., Iterator[pl.DataFrame]]
Decorates: TypeAlias = Callable[[Callable[..., Any]], dg.AssetsDefinition]

_OWNERS = {
    "raw": ["team:data-engineering"],
    "core": ["team:data-engineering", "team:statistics"],
    "out": ["team:statistics"],
    "report": ["team:reporting"],
}
# All partitions of an asset are made in one run, and so are assets without any beside them: `--partition-range` asks for all of a build.
_ONE_RUN = dg.BackfillPolicy.single_run()
_TABLES: Sequence[Contract] = (
    *(tables.AREAS, tables.OBSERVATIONS, tables.EXCLUDED, tables.UNMATCHED, tables.NOTES, tables.RECORD_FILES),
    *(tables.INDICATORS, tables.RECONCILIATION, tables.COVERAGE, tables.PLAUSIBILITY, tables.REVISIONS),
    *(tables.COMPARABILITY, tables.SCOREBOARD, tables.INSPECTION_GRADES, tables.PROFILE, tables.EDITIONS),
    *(tables.FORCE_CHARACTERISTICS, tables.SIMILAR, tables.BESIDE, tables.DISTRICTS, tables.CLAIMS),
)
_BY_NAME = {contract.table.split("/")[1]: contract for contract in _TABLES}


def made_from(*names: str) -> dict[str, dg.AssetIn]:
    """The tables of these names as inputs: those of a contract, and of the cells of each source."""
    found = {name: asset_key(_BY_NAME[name]) if name in _BY_NAME else dg.AssetKey(["raw", name]) for name in names}
    return {name: dg.AssetIn(key=key) for name, key in found.items()}


def table_asset(contract: Contract, words: str, paths: Paths, **more: Any) -> Decorates:
    """A decorator that makes an asset of a function that returns one table: see `tables_asset`."""
    return tables_asset([(contract, words)], paths, name=contract.table.replace("/", "__"), **more)


def tables_asset(
    contracts: Sequence[tuple[Contract, str]],
    paths: Paths,
    *,
    name: str,
    kinds: Iterable[str] = ("polars",),
    ins: Iterable[str] | None = None,
    code_version: str = "",
    tags: Mapping[str, str] | None = None,
    metadata: Mapping[str, Any] | None = None,
    deadline: dg.FreshnessPolicy | None = None,
) -> Decorates:
    """A decorator that makes one asset a contract of a function that yields their tables in this order; ``contracts`` are given with words for each.

    The function has the parameter ``paths``, and one for each table that it is made from, by its name; or ``ins`` names these. Layer, owners, columns and
    checks follow from the contracts. ``code_version`` is a hash of what the function reads beside its inputs, its code and registers.
    """
    outs = {contract.table.split("/")[1]: contract for contract, _ in contracts}
    words = {contract.table: words for contract, words in contracts}

    def decorate(function: Callable[..., Any]) -> dg.AssetsDefinition:
        inputs = [each for each in signature(function).parameters if each != "paths"] if ins is None else ins

        ins_by_name = made_from(*inputs)
        above = [each.key for each in ins_by_name.values() if each.key]
        lineages = {contract: found for contract in words if (found := column_lineage(contract, above))}

        @wraps(function)
        def shown(**given: Any) -> Iterator[Any]:
            for table, lineage in lineages.items():
                dg.AssetExecutionContext.get().add_asset_metadata({"dagster/column_lineage": lineage}, table.split("/"))
            yield from made(**given)

        @unless_same(**outs)
        @wraps(function)
        def made(**given: Any) -> Iterator[Any]:
            found = function(**given)
            frames = iter([found]) if isinstance(found, pl.DataFrame) else found
            for (output, contract), frame in zip(outs.items(), frames, strict=True):
                yield from checked(frame, contract, given["paths"], output)

        return versioned(paths, checked)(
            dg.multi_asset(
                name=name,
                backfill_policy=_ONE_RUN,
                group_name=name.split("__")[0],
                ins=ins_by_name,
                outs={
                    output: dg.AssetOut(
                        key=asset_key(contract),
                        description=words[contract.table],
                        owners=_OWNERS[contract.table.split("/")[0]],
                        kinds={*kinds, "parquet"},
                        tags=tags,
                        freshness_policy=deadline,
                        metadata={"dagster/column_schema": column_schema(contract), **(metadata or {})},
                        is_required=False,
                        code_version=code_version,
                    )
                    for output, contract in outs.items()
                },
                check_specs=[spec for contract in outs.values() for spec in check_specs(contract)],
            )(shown)
        )

    return decorate


def files_asset(
    key: Sequence[str],
    words: str,
    paths: Paths,
    *of: str,
    kinds: set[str],
    owners: list[str] | None = None,
    **more: Any,
) -> Decorates:
    """A decorator that makes an asset of a function that writes files; ``of`` are hashes of what it reads beside its inputs, its code and registers."""

    def decorate(function: Callable[..., Any]) -> dg.AssetsDefinition:
        asset: Decorates = dg.asset(
            key=list(key),
            group_name=key[0],
            description=words,
            owners=owners or _OWNERS[key[0]],
            kinds=kinds,
            code_version=hash_text(*of),
            backfill_policy=_ONE_RUN,
            **more,
        )
        return versioned(paths)(asset(function))

    return decorate
