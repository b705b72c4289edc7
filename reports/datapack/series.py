"""One small JSON for each area and measure, for web developers: stable addresses, one schema, the same rows as the reports print from."""

import json
from collections.abc import Iterator
from typing import Any, Final

import polars as pl

FOLDER: Final = "data/series"
"""The folder of the series, beside the reports."""
INDEX, SCHEMA = "index.json", "schema.json"
_LICENCE: Final = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
_NUMBER: Final = {"type": ["number", "null"]}
_TEXT: Final = {"type": ["string", "null"]}
# Of each figure: its name in the files, the column of out/indicators, and what it is.
_FIGURE: Final[tuple[tuple[str, str, dict[str, Any]], ...]] = (
    ("period_start", "period_start", {"type": "string", "format": "date", "description": "First day that it covers"}),
    ("period_end", "period_end", {"type": "string", "format": "date", "description": "Last day that it covers"}),
    ("months", "months", {"type": "integer", "description": "Whole months from the first to the last day"}),
    ("count", "numerator", {**_NUMBER, "description": "Count; null where there is none, which is never zero"}),
    ("rate", "value", {**_NUMBER, "description": "Rate, rounded to six decimals; null where there is none"}),
    ("per", "multiplier", {"type": ["integer", "null"], "description": "What the rate is per: 1,000 or 100,000"}),
    ("lower_95", "lower_95", {**_NUMBER, "description": "Lower 95% limit of the rate"}),
    ("upper_95", "upper_95", {**_NUMBER, "description": "Upper 95% limit of the rate"}),
    ("status", "status", {"type": "string", "description": "Why there is or is not a rate"}),
    ("coverage", "coverage", {**_TEXT, "description": "Whether all of the area is counted: complete, partial, none"}),
    ("coverage_note", "coverage_note", {**_TEXT, "description": "What is left out"}),
    ("derived", "is_derived", {"type": "boolean", "description": "True where only the count was published"}),
    ("source", "source_id", {"type": "string", "description": "Source, as in data/editions.csv"}),
    ("edition", "edition_id", {"type": "string", "description": "Edition of the source"}),
    ("id", "indicator_id", {"type": "string", "description": "Identifier, as countylines explain takes it"}),
)
_DECIMALS: Final = 6


def series(indicators: pl.DataFrame, areas: pl.DataFrame, measures: pl.DataFrame) -> Iterator[tuple[str, bytes]]:
    """The address below ``FOLDER`` and content of the file of each area and measure, of the list of them all, and of their schema.

    ``indicators`` is out/indicators, ``areas`` those with a report (area_id, name, slug, kind), ``measures`` the register. The rows are the
    preferred ones, oldest first. No build is named in them, so that a file is the same as long as its rows are.
    """
    rows = (
        indicators.filter(pl.col("is_preferred"))
        .join(areas.select("area_id", "name", "slug", "kind"), on="area_id")
        .sort("slug", "measure_id", "period_end", "period_start", "indicator_id")
    )
    figure = pl.struct(_as_written(rows.schema[column], column).alias(name) for name, column, _ in _FIGURE)
    key = ["slug", "area_id", "name", "kind", "measure_id"]
    grouped = (
        rows.select(*key, figure.struct.json_encode().alias("figure"))
        .group_by(key, maintain_order=True)
        .agg(pl.col("figure").str.join(",\n  "), pl.len().alias("figures"))
        .join(
            measures.select("measure_id", "code", pl.col("name").alias("measure_name"), "unit_plural"), on="measure_id"
        )
        .sort("slug", "measure_id")
    )
    addresses = []
    for row in grouped.iter_rows(named=True):
        address = f"{row['slug']}/{row['measure_id']}.json"
        head = {
            "$schema": f"../{SCHEMA}",
            "area": {name: row[column] for name, column in (("code", "area_id"), ("name", "name"), ("kind", "kind"))},
            "measure": {
                "id": row["measure_id"],
                "code": row["code"] or None,
                "name": row["measure_name"],
                "unit": row["unit_plural"],
            },
            "licence": _LICENCE,
        }
        opened = json.dumps(head, ensure_ascii=False, indent=1).removesuffix("\n}")
        yield address, f'{opened},\n "figures": [\n  {row["figure"]}\n ]\n}}\n'.encode()
        addresses.append({"address": address, "area": row["name"], "measure": row["measure_id"]})
    yield INDEX, _json({"schema": SCHEMA, "series": addresses})
    yield SCHEMA, _json(schema())


def listed(index: bytes) -> list[str]:
    """The addresses below ``FOLDER`` that a list of series names."""
    return [row["address"] for row in json.loads(index)["series"]]


def schema() -> dict[str, Any]:
    """The JSON Schema of every file of a series."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Figures of one area and one measure, oldest first",
        "type": "object",
        "required": ["area", "measure", "licence", "figures"],
        "properties": {
            "$schema": {"type": "string"},
            "area": _object(code="Code of the area", name="Name", kind="Kind of area"),
            "measure": {
                **_object(id="Measure", name="Name", unit="What is counted"),
                "properties": {
                    **_object(id="Measure", name="Name", unit="What is counted")["properties"],
                    "code": {**_TEXT, "description": "Code of the measure; null where it has none"},
                },
            },
            "licence": {"type": "string", "format": "uri"},
            "figures": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": [name for name, _, _ in _FIGURE],
                    "properties": {name: described for name, _, described in _FIGURE},
                    "additionalProperties": False,
                },
            },
        },
        "additionalProperties": False,
    }


def _object(**texts: str) -> dict[str, Any]:
    properties = {name: {"type": "string", "description": said} for name, said in texts.items()}
    return {"type": "object", "required": list(texts), "properties": properties}


def _as_written(dtype: pl.DataType, column: str) -> pl.Expr:
    if dtype == pl.Date:
        return pl.col(column).dt.to_string("%Y-%m-%d")
    return pl.col(column).round(_DECIMALS) if dtype.is_float() else pl.col(column)


def _json(content: dict[str, Any]) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()
