"""What machines need to know of the CSV files, from the same contracts as the checks: CSV on the Web, and a Frictionless data package."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

import polars as pl

from transforms.contracts import Column, Contract
from transforms.sources.registry import Source
from transforms.spreadsheets import FORMULA_NOTE

TITLE: Final = "County lines indicators for England and Wales"
_LICENCES: Final = {
    "OGL-UK-3.0": "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
}
_LICENCE_NAME: Final = "OGL-UK-3.0"

_DIMENSION: Final = "http://purl.org/linked-data/sdmx/2009/dimension#"
_ATTRIBUTE: Final = "http://purl.org/linked-data/sdmx/2009/attribute#"
_MEASURE: Final = "http://purl.org/linked-data/sdmx/2009/measure#"

# Columns that mean what a published vocabulary has a term for; the others have none, rather than one that nearly fits.
_TERMS: Final = {
    "area_code": f"{_DIMENSION}refArea",
    "area_id": f"{_DIMENSION}refArea",
    "measure_id": "http://purl.org/linked-data/cube#measureType",
    "period_start": "http://schema.org/startDate",
    "period_end": "http://schema.org/endDate",
    "period_type": "http://schema.org/duration",
    "value": f"{_MEASURE}obsValue",
    "unit": f"{_ATTRIBUTE}unitMeasure",
    "obs_status": f"{_ATTRIBUTE}obsStatus",
    "source_id": "http://purl.org/dc/terms/source",
    "publisher": "http://purl.org/dc/terms/publisher",
    "title": "http://purl.org/dc/terms/title",
    "vintage": "http://purl.org/dc/terms/issued",
    "sha256": "http://spdx.org/rdf/terms#checksumValue",
    "file_sha256": "http://spdx.org/rdf/terms#checksumValue",
    "bytes": "http://schema.org/contentSize",
    "indicator_id": "http://purl.org/dc/terms/identifier",
}

_CSVW_TYPES: Final = {"text": "string", "whole": "integer", "number": "double", "date": "date", "truth": "boolean"}
_FRICTIONLESS_TYPES: Final = {
    "text": "string",
    "whole": "integer",
    "number": "number",
    "date": "date",
    "truth": "boolean",
}

# Columns that point at a row of another file: columns here, file, columns there.
_POINTS: Final = (
    (("area_code",), "areas.csv", ("area_id",)),
    (("area_id",), "areas.csv", ("area_id",)),
    (("force_id",), "areas.csv", ("area_id",)),
    (("measure_id",), "measures.csv", ("measure_id",)),
    (("source_id", "release_id"), "editions.csv", ("source_id", "edition_id")),
    (("source_id", "edition_id"), "editions.csv", ("source_id", "edition_id")),
)


def csvw(named: Mapping[str, Contract], sources: Mapping[str, Source], issued: date, build_id: str) -> bytes:
    """Metadata of the CSV files ``named`` as a table group in JSON, by the W3C's vocabulary for tabular data."""
    group = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "dc:title": TITLE,
        "dc:description": f"Build {build_id}. {FORMULA_NOTE}",
        "dc:issued": {"@value": issued.isoformat(), "@type": "xsd:date"},
        "dc:license": {"@id": _LICENCES[_LICENCE_NAME]},
        "dc:publisher": "countylines",
        "dc:source": [source.attribution for source in sources.values()],
        "dialect": {"encoding": "utf-8", "lineTerminators": ["\n"], "trim": False, "header": True},
        "tables": [_csvw_table(name, contract, named) for name, contract in named.items()],
    }
    return _json(group)


def data_package(
    named: Mapping[str, Contract],
    files: Mapping[str, bytes],
    sources: Mapping[str, Source],
    issued: date,
    build_id: str,
) -> bytes:
    """The descriptor of the CSV files ``named`` as a Frictionless data package, with size and checksum of each."""
    package = {
        "profile": "tabular-data-package",
        "name": "county-lines-indicators",
        "id": build_id,
        "title": TITLE,
        "description": FORMULA_NOTE,
        "created": f"{issued.isoformat()}T00:00:00Z",
        "licenses": [{"name": _LICENCE_NAME, "path": _LICENCES[_LICENCE_NAME]}],
        "sources": [
            {"title": f"{source.publisher.name}: {source.title}", "path": source.landing_page}
            for source in sources.values()
        ],
        "resources": [
            {
                "profile": "tabular-data-resource",
                "name": name.removesuffix(".csv"),
                "path": name,
                "title": contract.title,
                "description": f"One row is one {contract.one_row_is}.",
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "bytes": len(files[name]),
                "hash": f"sha256:{hashlib.sha256(files[name]).hexdigest()}",
                "dialect": {"delimiter": ",", "lineTerminator": "\n"},
                "schema": _frictionless_schema(name, contract, named),
            }
            for name, contract in named.items()
        ],
        # No tables: a JSON for each area and measure, of which this is the list, and the schema of each.
        "series": {"path": "series/index.json", "schema": "series/schema.json"},
    }
    return _json(package)


def _csvw_table(name: str, contract: Contract, named: Mapping[str, Contract]) -> dict[str, Any]:
    points = [
        {
            "columnReference": list(columns),
            "reference": {"resource": file, "columnReference": list(there)},
        }
        for columns, file, there in _pointing(name, contract, named)
    ]
    schema: dict[str, Any] = {"columns": [_csvw_column(column) for column in contract.columns]}
    if _key_is_filled(contract):
        schema["primaryKey"] = list(contract.key)
    if points:
        schema["foreignKeys"] = points
    return {
        "url": name,
        "dc:title": contract.title,
        "dc:description": f"One row is one {contract.one_row_is}.",
        "tableSchema": schema,
    }


def _csvw_column(column: Column) -> dict[str, Any]:
    described: dict[str, Any] = {
        "name": column.name,
        "titles": column.name,
        "dc:description": column.description,
        "datatype": _CSVW_TYPES[_sort(column)],
        "required": not column.nullable,
    }
    if column.name in _TERMS:
        described["propertyUrl"] = _TERMS[column.name]
    return described


def _frictionless_schema(name: str, contract: Contract, named: Mapping[str, Contract]) -> dict[str, Any]:
    points = [
        {
            "fields": list(columns),
            "reference": {"resource": file.removesuffix(".csv"), "fields": list(there)},
        }
        for columns, file, there in _pointing(name, contract, named)
    ]
    schema: dict[str, Any] = {
        "fields": [
            {
                "name": column.name,
                "type": _FRICTIONLESS_TYPES[_sort(column)],
                "description": column.description,
                "constraints": _constraints(column),
            }
            for column in contract.columns
        ],
        "missingValues": [""],
    }
    if _key_is_filled(contract):
        schema["primaryKey"] = list(contract.key)
    if points:
        schema["foreignKeys"] = points
    return schema


def _constraints(column: Column) -> dict[str, Any]:
    found: dict[str, Any] = {"required": not column.nullable}
    # A limit that only leads to a warning in a build must not make the file invalid.
    if column.severity == "critical":
        limits = (
            ("enum", list(column.allowed) if column.allowed else None),
            ("pattern", column.pattern),
            ("minimum", column.minimum),
            ("maximum", column.maximum),
        )
        found |= {name: limit for name, limit in limits if limit is not None}
    return found


def _pointing(
    name: str, contract: Contract, named: Mapping[str, Contract]
) -> list[tuple[tuple[str, ...], str, tuple[str, ...]]]:
    held = set(contract.schema.names())
    if "force_id" in held:
        # Places below a force are no areas of the list: community safety partnerships stand in their own table alone.
        held -= {"area_id"}
    return [point for point in _POINTS if held >= set(point[0]) and point[1] in named and point[1] != name]


def _key_is_filled(contract: Contract) -> bool:
    """Whether no part of the key may be empty, which both vocabularies ask of a primary key."""
    return not any(column.nullable for column in contract.columns if column.name in contract.key)


def _sort(column: Column) -> str:
    dtype = pl.Schema({column.name: column.dtype})[column.name]
    if dtype.is_integer():
        return "whole"
    if dtype.is_float():
        return "number"
    return {pl.String: "text", pl.Date: "date", pl.Boolean: "truth"}[dtype.base_type()]


def _json(content: dict[str, Any]) -> bytes:
    return (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode()
