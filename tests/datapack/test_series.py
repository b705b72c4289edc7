"""One JSON for each area and measure: the rows of out/indicators, by its own schema, and the same bytes while the rows are."""

import json
from datetime import date

import jsonschema
import polars as pl
import pytest

from reports.datapack.series import INDEX, SCHEMA, schema, series
from reports.products import products
from transforms.harmonise import Registers


@pytest.fixture(scope="module")
def files(indicators: pl.DataFrame, registers: Registers) -> dict[str, bytes]:
    return dict(series(indicators, products.reported(registers.areas), registers.measures))


def test_every_file_keeps_to_the_published_schema(files: dict[str, bytes]) -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    assert json.loads(files[SCHEMA]) == schema()
    validator = jsonschema.Draft202012Validator(schema())
    for name, content in files.items():
        if name not in (INDEX, SCHEMA):
            validator.validate(json.loads(content))


def test_the_list_names_every_file_and_no_other(files: dict[str, bytes]) -> None:
    listed = [row["address"] for row in json.loads(files[INDEX])["series"]]
    assert sorted(listed) == sorted(set(files) - {INDEX, SCHEMA})
    assert "norfolk/drug_offences.json" in listed
    assert len({name.split("/")[0] for name in listed}) == 64


def test_the_figures_are_the_preferred_rows_oldest_first(files: dict[str, bytes], indicators: pl.DataFrame) -> None:
    held = indicators.filter(is_preferred=True, area_id="E23000024", measure_id="drug_offences")
    figures = json.loads(files["norfolk/drug_offences.json"])["figures"]
    assert len(figures) == len(held)
    ends = [date.fromisoformat(figure["period_end"]) for figure in figures]
    assert ends == sorted(ends)
    by_id = {row["indicator_id"]: row for row in held.iter_rows(named=True)}
    for figure in figures:
        row = by_id[figure["id"]]
        assert figure["count"] == row["numerator"]
        assert figure["rate"] == (None if row["value"] is None else pytest.approx(row["value"], abs=1e-6))


def test_a_missing_figure_is_null_and_no_zero(files: dict[str, bytes]) -> None:
    found = json.loads(files["hampshire/london_linked_individuals.json"])["figures"]
    assert any(figure["count"] is None for figure in found)
    assert all(figure["status"] for figure in found)


def test_a_changed_figure_changes_one_file(
    files: dict[str, bytes], indicators: pl.DataFrame, registers: Registers
) -> None:
    newest = indicators.filter(is_preferred=True, area_id="E23000024", measure_id="drug_offences").sort("period_end")
    (changed,) = newest["indicator_id"].tail(1)
    other = indicators.with_columns(
        pl.when(pl.col("indicator_id") == changed)
        .then(pl.col("numerator") + 1)
        .otherwise("numerator")
        .alias("numerator")
    )
    again = dict(series(other, products.reported(registers.areas), registers.measures))
    assert [name for name in files if files[name] != again[name]] == ["norfolk/drug_offences.json"]
