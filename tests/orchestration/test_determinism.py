"""The same input gives the same bytes: in another folder, with another hash seed, without a network, from the original files."""

from pathlib import Path

import duckdb
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from orchestration.paths import Paths
from tests.orchestration.builds import LANDING, digests, good, make_tables, run
from transforms.sources.published import edition_files, sources_held
from transforms.sources.registry import load_sources

pytestmark = [pytest.mark.full, pytest.mark.filterwarnings("ignore::dagster.BetaWarning")]

ENDINGS = (".html", ".pdf", ".csv", ".parquet")

# Python imports a module of this name before anything else: every connection that leaves the machine is refused and written down.
NO_NETWORK = """
import os
import socket

connect = socket.socket.connect


def loopback_only(self, address):
    if self.family == socket.AF_UNIX or address[0] in ("127.0.0.1", "::1", "localhost"):
        return connect(self, address)
    with open(os.environ["REFUSED"], "a") as refused:
        refused.write(f"{address}\\n")
    raise OSError(f"no network here: {address}")


def no_names(host, *rest, **more):
    with open(os.environ["REFUSED"], "a") as refused:
        refused.write(f"{host}\\n")
    raise OSError(f"no network here: {host}")


socket.socket.connect = socket.socket.connect_ex = loopback_only
socket.getaddrinfo = no_names
with open(os.environ["REFUSED"], "a"):
    pass
"""


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


def test_another_folder_another_hash_seed_and_no_network_give_the_same_bytes(built: Path, tmp_path: Path) -> None:
    (tmp_path / "python").mkdir()
    (tmp_path / "python" / "sitecustomize.py").write_text(NO_NETWORK, encoding="utf-8")
    refused = tmp_path / "refused.txt"
    made = run(["build"], tmp_path / "elsewhere", PYTHONHASHSEED=4711, PYTHONPATH=tmp_path / "python", REFUSED=refused)
    assert made.returncode == 0, made.stderr
    assert refused.read_text() == ""
    assert_same(built, tmp_path / "elsewhere")


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
