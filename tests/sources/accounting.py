"""The rule that every parser keeps: rows read are rows that became cells plus rows left out with a reason."""

import polars as pl

from transforms.contracts.tables import cells
from transforms.sources.grid import Parsed
from transforms.sources.registry import load_source

from .workbooks import DATA


def assert_nothing_lost(parsed: Parsed, source_id: str) -> None:
    contract = cells(source_id)
    assert parsed.cells.schema == contract.schema
    assert not parsed.cells.select(contract.key).is_duplicated().any()
    assert parsed.cells["cell"].str.contains(r"^(?:[A-Z]{1,3}[1-9][0-9]*|row:[1-9][0-9]* column:.+)$").all()
    # A footnote is a row of its own, maybe on another sheet; a remark in a hand-gathered table stands in the row that it is about.
    kind = () if load_source(DATA, source_id).parser == "curated_table" else ("kind",)
    rows_with_cells = parsed.cells.select("table", *kind, pl.col("cell").str.extract(r"(\d+)")).n_unique()
    assert parsed.rows_read == rows_with_cells + parsed.left_out["rows"].sum()
    assert parsed.left_out["rows"].min() > 0
