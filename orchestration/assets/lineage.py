"""Which columns a column comes from: what Dagster shows beside each column of a table."""

from collections.abc import Iterable, Mapping
from typing import Final

import dagster as dg

_OBSERVATIONS, _AREAS = "core/observations", "core/areas"
_CELL = ("source_id", "edition_id", "table", "cell")

# Of each table the columns above that each of its columns is made from; ``cells`` stands for the raw table of every source.
_FROM: Final[Mapping[str, Mapping[str, Mapping[str, tuple[str, ...]]]]] = {
    _OBSERVATIONS: {
        **{name: {"cells": (name,)} for name in (*_CELL, "value_text", "area_text", "source_url")},
        "observation_id": {"cells": _CELL},
        "area_id": {"cells": ("area_code_text", "area_text")},
        "area_kind": {"cells": ("area_code_text", "area_text")},
        "area_match": {"cells": ("area_code_text", "area_text")},
        "area_basis": {"cells": ("area_text",)},
        "note_marks": {"cells": ("area_text",)},
        "measure_id": {"cells": ("measure_text", "breakdown_text")},
        "definition_id": {"cells": ("measure_text", "breakdown_text")},
        "part": {"cells": ("breakdown_text",)},
        "period_start": {"cells": ("period_text",)},
        "period_end": {"cells": ("period_text",)},
        "vintage": {"cells": ("edition_id",)},
        "value": {"cells": ("value_text",)},
        "status": {"cells": ("value_text",)},
        "correction_id": {"cells": _CELL},
    },
    "out/indicators": {
        **{
            name: {_OBSERVATIONS: (name,)}
            for name in (
                "measure_id",
                "area_id",
                "period_start",
                "period_end",
                "source_id",
                "edition_id",
                "vintage",
                "area_basis",
            )
        },
        "indicator_id": {_OBSERVATIONS: ("measure_id", "area_id", "period_start", "period_end", "edition_id")},
        "measure_code": {_OBSERVATIONS: ("measure_id",)},
        "area_kind": {_AREAS: ("kind",)},
        "area_name": {_AREAS: ("name",)},
        "months": {_OBSERVATIONS: ("period_start", "period_end")},
        **{name: {_OBSERVATIONS: ("value",)} for name in ("numerator", "denominator", "denominator_used")},
        "denominator_edition": {_OBSERVATIONS: ("edition_id", "period_start")},
        "denominator_rule": {_OBSERVATIONS: ("measure_id", "value")},
        "multiplier": {_OBSERVATIONS: ("measure_id",)},
        **{name: {_OBSERVATIONS: ("value",)} for name in ("value", "lower_95", "upper_95", "method")},
        "coverage": {_OBSERVATIONS: ("area_id", "value"), _AREAS: ("area_id",)},
        "coverage_note": {_OBSERVATIONS: ("area_id", "value"), _AREAS: ("name",)},
        "status": {_OBSERVATIONS: ("status", "value")},
        "is_preferred": {_OBSERVATIONS: ("vintage", "source_id")},
        "is_derived": {_OBSERVATIONS: ("area_id",)},
        "numerator_observations": {_OBSERVATIONS: ("observation_id",)},
        "denominator_observations": {_OBSERVATIONS: ("observation_id",)},
    },
}


def column_lineage(table: str, inputs: Iterable[dg.AssetKey]) -> dg.TableColumnLineage | None:
    """The columns of the ``inputs`` that each column of a table is made from; None for a table of which it is not written down."""
    raw = [key for key in inputs if key.path[0] == "raw"]
    if table not in _FROM:
        return None
    return dg.TableColumnLineage(
        {
            column: [
                dg.TableColumnDep(key, above)
                for name, columns in made_from.items()
                for key in (raw if name == "cells" else [dg.AssetKey(name.split("/"))])
                for above in columns
            ]
            for column, made_from in _FROM[table].items()
        }
    )
