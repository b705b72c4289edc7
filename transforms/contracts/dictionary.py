"""The data dictionary: what each column of a contract means, in words."""

import polars as pl

from transforms.contracts.contract import Contract, limits
from transforms.errors import ContractError


def dictionary_frame(contract: Contract) -> pl.DataFrame:
    """One row a column of the contract, in the contract's order.

    Columns, all text except ``may_be_empty``: column, type (in words), meaning, unit (null where the column has none),
    may_be_empty, limits (in words; null where any value of the type will do), source_labels (the publishers' own labels,
    joined by ' | '; null where none is known).

    Raises `ContractError` for a type that has no words yet.
    """
    return pl.DataFrame(
        [
            {
                "column": column.name,
                "type": _type_in_words(contract, column.name),
                "meaning": column.description,
                "unit": column.unit,
                "may_be_empty": column.nullable,
                "limits": _limits_in_words([words for *_, words in limits(column)], column.severity == "warning"),
                "source_labels": " | ".join(column.source_labels) or None,
            }
            for column in contract.columns
        ],
        schema={
            "column": pl.String,
            "type": pl.String,
            "meaning": pl.String,
            "unit": pl.String,
            "may_be_empty": pl.Boolean,
            "limits": pl.String,
            "source_labels": pl.String,
        },
    )


def _type_in_words(contract: Contract, column: str) -> str:
    dtype = contract.schema[column]
    if dtype.is_integer():
        return "whole number"
    if dtype.is_float():
        return "number"
    words = {pl.String: "text", pl.Date: "date", pl.Boolean: "true or false", pl.Datetime: "date and time"}
    if dtype.base_type() not in words:
        raise ContractError(
            f"Table {contract.table}, column {column}: the type {dtype} has no words for the data dictionary; add them to dictionary.py."
        )
    return words[dtype.base_type()]


def _limits_in_words(words: list[str], only_warned_about: bool) -> str | None:
    if not words:
        return None
    return "; ".join(words) + (" (else a warning)" if only_warned_about else "")
