"""Layer core: what the cells mean. Every cell is matched, excluded with a reason, or unmatched, and then the build stops."""

from collections.abc import Collection, Iterator, Mapping

import dagster as dg
import polars as pl

from orchestration.assets.calls import Folders, table_asset, tables_asset
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


def core_assets(sources: Mapping[str, Source], settled: Collection[str], paths: Paths) -> list[dg.AssetsDefinition]:
    """The assets core/areas and core/{observations, excluded, unmatched, notes, record_files}."""

    @table_asset(
        tables.AREAS,
        "The 43 police force areas, the regions, policing regions and other bodies, with what each belongs to.",
        paths,
    )
    def areas(paths: Folders) -> pl.DataFrame:
        return areas_frame(load_registers(paths.data))

    @tables_asset(
        [(each, f"{each.title}: one row is one {each.one_row_is}.") for each in HARMONISED.values()],
        paths,
        name="core__harmonise",
        ins=sources,
        code_version=hash_text(
            hash_data(paths, "sources"), *sorted(settled), *(repr(source.editions) for source in sources.values())
        ),
    )
    def harmonised(paths: Folders, **cells: pl.DataFrame) -> Iterator[pl.DataFrame]:
        result = harmonise(pl.concat(cells.values()), sources, load_registers(paths.data), settled)
        for name in HARMONISED:
            yield getattr(result, name)
            if name == "unmatched":
                refuse_unmatched(result.unmatched)

    return [areas, harmonised]
