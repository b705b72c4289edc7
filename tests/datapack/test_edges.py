"""Forms of a value on which the two validators of the pack differ, and that no cell of the pack has."""

import json
import re
import warnings
from pathlib import Path

import polars as pl
import pytest

from transforms.outputs import csv_bytes

pytestmark = pytest.mark.full

# What each validator says to a cell: as whole number and as number, read or refused. Where they differ, the pack has no such form.
CELLS = {
    "12": ("read", "read", "read", "read"),
    "-1.5": ("refused", "read", "refused", "read"),
    "12.0": ("read", "read", "refused", "read"),
    "1_000": ("read", "read", "read", "read"),
    "45.5%": ("refused", "refused", "refused", "refused"),
    "1.234e-05": ("refused", "read", "refused", "read"),
}
PLAIN = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?(e[+-]?\d+)?")


def by_csvw(content: bytes, folder: Path, datatype: str) -> str:
    from csvw import CSVW

    column = {"name": "value", "titles": "value", "datatype": datatype}
    table = {"url": "t.csv", "tableSchema": {"columns": [{"name": "area", "titles": "area"}, column]}}
    (folder / "t.csv").write_bytes(content)
    (folder / "t.json").write_text(json.dumps({"@context": "http://www.w3.org/ns/csvw", "tables": [table]}))
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        try:
            return "read" if CSVW(str(folder / "t.json"), validate=True, strict=True).is_valid else "refused"
        except ValueError:
            return "refused"


def by_frictionless(content: bytes, datatype: str) -> str:
    from frictionless import Resource, Schema

    fields = [{"name": "area", "type": "string"}, {"name": "value", "type": datatype}]
    resource = Resource(data=content, format="csv", schema=Schema.from_descriptor({"fields": fields}))
    return "read" if resource.validate().valid else "refused"


@pytest.mark.parametrize("cell", CELLS)
def test_validators_read_or_refuse_a_cell(cell: str, tmp_path: Path) -> None:
    content = f"area,value\nNorfolk,{cell}\n".encode()
    found = [by_csvw(content, tmp_path, name) for name in ("integer", "double")]
    found += [by_frictionless(content, name) for name in ("integer", "number")]
    assert tuple(found) == CELLS[cell]


@pytest.mark.parametrize(
    ("row", "csvw", "frictionless"), [("Norfolk,2,730", "read", "refused"), ("Norfolk", "read", "refused")]
)
def test_validators_differ_on_ragged_rows(row: str, csvw: str, frictionless: str, tmp_path: Path) -> None:
    content = f"area,value\n{row}\n".encode()
    assert (by_csvw(content, tmp_path, "integer"), by_frictionless(content, "integer")) == (csvw, frictionless)


def test_what_the_pack_writes_of_such_values_is_read_by_both(tmp_path: Path) -> None:
    """A count of 2,730, a share of 45.5 per cent, a small rate and a code with a zero in front, each in its column."""
    frame = pl.DataFrame({"area": ["007", "Norfolk, all"], "value": [1000, None]})
    content = csv_bytes(frame)
    assert content == b'area,value\n007,1000\n"Norfolk, all",\n'
    assert (by_csvw(content, tmp_path, "integer"), by_frictionless(content, "integer")) == ("read", "read")
    fractions = csv_bytes(pl.DataFrame({"area": ["a", "b", "c"], "value": [45.5, 12.0, 0.00001234]}))
    assert (by_csvw(fractions, tmp_path, "double"), by_frictionless(fractions, "number")) == ("read", "read")


def test_no_cell_of_the_pack_has_a_form_on_which_they_differ(files: dict[str, bytes]) -> None:
    """Whole numbers without a point, numbers without grouping or sign of per cent, no row with more cells, and codes as texts."""
    described = {one["path"]: one["schema"]["fields"] for one in json.loads(files["datapackage.json"])["resources"]}
    written = {"integer": r"^-?(0|[1-9]\d*)$", "number": rf"^{PLAIN.pattern}$", "date": r"^\d{4}-\d\d-\d\d$"}
    written["boolean"] = "^(true|false)$"
    for name, fields in described.items():
        # Polars refuses a row with more cells than there are columns.
        cells = pl.read_csv(files[name], infer_schema=False, truncate_ragged_lines=False)
        assert cells.columns == [field["name"] for field in fields]
        for field in fields:
            if field["type"] != "string":
                odd = cells[field["name"]].drop_nulls().str.contains(written[field["type"]]).not_()
                assert not odd.any(), f"{name}, {field['name']}: {cells[field['name']].drop_nulls().filter(odd)[0]}"
