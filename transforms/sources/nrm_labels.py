"""The labels of National Referral Mechanism tables by exploitation type and age: a new one is refused, because it may be a total, or a kind nobody has mapped."""

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from transforms.sources.grid import layout_error, read_layout
from transforms.sources.registry import Edition

LABELS = ("role", "label")
TOTAL = "Total"


def read_labels(data: Path) -> pl.DataFrame:
    """data/layouts/ho_nrm_labels.csv: ``role`` ('age', 'exploitation', of which several may stand together, 'no_exploitation') and ``label``."""
    return read_layout(data, "ho_nrm_labels", LABELS)


def refuse_unknown_labels(
    rows: pl.DataFrame, letters: Mapping[str, str], labels: pl.DataFrame, table: str, edition: Edition
) -> None:
    """Raise LayoutError for the first row whose exploitation type is no combination of known ones ('Labour, Domestic & Criminal'), or whose age is not known.

    ``rows`` has row, exploitation and age, of which ``letters`` gives the columns in the file; the label of totals is known in both.
    """
    known = {role: [TOTAL, *of["label"]] for (role,), of in labels.group_by("role")}
    kinds = pl.col("exploitation").str.replace_all(" & ", ", ", literal=True).str.split(", ")
    is_kind = kinds.list.eval(pl.element().is_in(known["exploitation"])).list.all()
    is_kind |= pl.col("exploitation").is_in(known["no_exploitation"])
    for name, is_known in (("exploitation", is_kind), ("age", pl.col("age").is_in(known["age"]))):
        for row, text in rows.filter(~is_known).select("row", name).head(1).iter_rows():
            raise layout_error(
                edition,
                table,
                f"{letters[name]}{row}",
                f"the label {text!r} is not known",
                "look at the file, then amend data/layouts/ho_nrm_labels.csv and data/registers/measure_labels.csv",
            )
