"""The DuckDB file as an analyst opens it: views in which each fact stands once, comments, and no type that a reader loses."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import polars as pl
import pytest

import countylines as cl
from tests.full_build import built as built

pytestmark = pytest.mark.full


@pytest.fixture
def warehouse(built: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(built / "county_lines.duckdb"), read_only=True) as connection:
        yield connection


def test_the_views_say_what_the_package_says(warehouse: duckdb.DuckDBPyConnection, built: Path) -> None:
    build = cl.open(built)
    asked = ["indicator_id", "count", "rate"]
    plain = pl.col("indicator_id"), pl.col("numerator").alias("count"), pl.col("value").alias("rate")
    everything = warehouse.sql("select * from indicators").pl()
    assert everything.select(asked).sort("indicator_id").equals(build.indicators().select(plain).sort("indicator_id"))
    for area, measure in (
        ("Norfolk", "drug_offences"),
        ("Wales", "modern_slavery_offences"),
        ("Kent", "stop_searches_for_drugs"),
    ):
        series = build.series(area, measure)
        found = warehouse.sql(
            "select * from series where area_id = ? and measure_id = ? and months = ? order by period_end",
            params=[series["area_id"][0], measure, series["months"][0]],
        ).pl()
        assert found.select(asked).equals(series.select(plain))
    assert warehouse.sql(
        "select count(*) from forces where region_name is not null or area_id like 'W%'"
    ).fetchall() == [(43,)]


def test_every_table_view_and_column_has_a_comment(warehouse: duckdb.DuckDBPyConnection) -> None:
    silent = warehouse.sql(
        "select table_name, column_name from duckdb_columns() where not internal and comment is null "
        "union all select table_name, '' from duckdb_tables() where comment is null "
        "union all select view_name, '' from duckdb_views() where not internal and comment is null"
    )
    assert silent.fetchall() == []


def test_sums_of_counts_are_numbers_and_a_rate_of_them_keeps_its_fraction(
    warehouse: duckdb.DuckDBPyConnection, built: Path
) -> None:
    found = warehouse.sql(
        "select area_id, sum(count) as count, sum(count) / sum(residents) * any_value(per) as rate, any_value(per) as per from series "
        "where measure_id = 'drug_offences' and months = 12 and area_kind = 'police_force_area' group by area_id"
    ).pl()
    assert set(found.drop("area_id").dtypes) == {pl.Float64}
    assert (found["rate"] != found["rate"].round()).any()


def test_a_sum_of_a_series_counts_no_month_twice(warehouse: duckdb.DuckDBPyConnection) -> None:
    overlaps = warehouse.sql(
        "select * from series as one join series as other using (measure_id, area_id, months) "
        "where one.period_end < other.period_end and other.period_start <= one.period_end limit 1"
    )
    assert overlaps.fetchall() == []
