"""The same input gives the same bytes: in another folder, with another hash seed, with more threads, from the original files."""

from pathlib import Path

import duckdb
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from orchestration.store.paths import Paths
from tests.full_build import Measured, Small, clock_behind
from tests.full_build import measured as measured
from tests.orchestration.builds import LANDING, digests, good, history, made, make_tables
from transforms.sources.published import edition_files, sources_held
from transforms.sources.registry import load_sources

pytestmark = [pytest.mark.full, pytest.mark.filterwarnings("ignore::dagster.BetaWarning")]

ENDINGS = (".html", ".pdf", ".csv", ".parquet")


def warehouse(build: Path) -> dict[str, int]:
    """A hash of the rows of every table, in their order."""
    with duckdb.connect(str(build / "county_lines.duckdb"), read_only=True) as connection:
        tables = connection.sql("select schema_name || '.' || table_name from duckdb_tables() order by all").fetchall()
        return {
            table: int(
                connection.sql(
                    f"select hash(list(hash(rows::varchar) order by place)) from (select row_number() over () as place, rows from {table} as rows)"
                ).fetchall()[0][0]
            )
            for (table,) in tables
        }


def assert_same(build: Path, other: Path) -> None:
    assert digests(build / "lake", *ENDINGS) == digests(other / "lake", *ENDINGS)
    assert {name for name, digest in good(build).items() if digest != good(other)[name]} <= {"county_lines.duckdb"}
    assert good(build).keys() == good(other).keys()
    assert warehouse(build) == warehouse(other)
    assert (build / "reports").readlink() == (other / "reports").readlink()


def test_another_folder_another_hash_seed_and_more_threads_give_the_same_bytes(
    small: Small, measured: Measured
) -> None:
    assert_same(small.build, measured.from_nothing)


@pytest.mark.skipif(not clock_behind(), reason="faketime sets the clock of one process; it is not installed")
def test_by_a_clock_that_is_years_behind_the_same_bytes_are_made(small: Small, measured: Measured) -> None:
    with history(measured.from_nothing) as instance:
        (record,) = instance.get_run_records(limit=1)
        assert record.create_timestamp.year < 2010, "the clock was right"
    assert made(measured.from_nothing) == made(small.build)
    assert measured.found[1]["ran"] == 0, "by the right clock it is out of date"


@pytest.mark.skipif(not LANDING.is_dir(), reason="no landing folder with original files beside the repository")
def test_the_original_files_give_the_same_figures_as_the_cells_that_the_project_keeps(
    built: Path, tmp_path: Path
) -> None:
    paths = Paths(data=Path(__file__).parents[2] / "data", build=tmp_path / "from-originals", landing=LANDING)
    sources = sources_held(load_sources(paths.data))
    assert sum(len(edition_files(source, LANDING)) for source in sources.values()) > 10, "hardly any edition is there"
    make_tables(paths)
    for source_id, source in sources.items():
        published = [edition.id for edition in source.editions if edition.published]
        table = f"lake/raw/{source_id}.parquet"
        from_originals = pl.read_parquet(paths.build / table).filter(pl.col("edition_id").is_in(published))
        assert_frame_equal(from_originals, pl.read_parquet(built / table))
    # Originals hold more sources than the project keeps; what the kept ones say is the same.
    indicators = pl.read_parquet(built / "lake" / "out" / "indicators.parquet")
    more = pl.read_parquet(paths.build / "lake" / "out" / "indicators.parquet")
    assert_frame_equal(indicators, more.filter(pl.col("indicator_id").is_in(indicators["indicator_id"].implode())))
