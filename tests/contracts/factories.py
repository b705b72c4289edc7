"""Synthetic frames that keep, or break, a contract. Values follow from the column declarations: a new column needs nothing here."""

import datetime
import random
from collections.abc import Callable
from functools import cache
from itertools import cycle, islice
from typing import Any

import polars as pl
from hypothesis import Phase, find, settings
from hypothesis import strategies as st

from transforms.contracts import tables
from transforms.contracts.contract import FINITE_RULE, SCHEMA_RULE, Column, Contract, Rule

CONTRACTS = (
    tables.cells("synthetic_source"),
    *(value for value in vars(tables).values() if isinstance(value, Contract)),
)

TYPICAL_ROWS = 4


def rows(contract: Contract, count: int) -> pl.DataFrame:
    """Rows that keep every rule about rows; the last one is null wherever it may be."""
    return pl.DataFrame(
        {
            column.name: [*_values(column, count)[:-1], None] if column.nullable and count else _values(column, count)
            for column in contract.columns
        },
        schema=contract.schema,
    )


def valid_frame(contract: Contract) -> pl.DataFrame:
    """A frame that keeps every rule of the contract."""
    counts = [rule.kwargs["value"] for rule in contract.rules if rule.expectation == "ExpectTableRowCountToEqual"]
    return rows(contract, counts[0] if counts else TYPICAL_ROWS)


def with_cell(frame: pl.DataFrame, row: int, column: str, value: Any) -> pl.DataFrame:
    """The frame with one cell replaced."""
    return frame.with_columns(
        pl.when(pl.int_range(pl.len()) == row)
        .then(pl.lit(value, dtype=frame.schema[column]))
        .otherwise(pl.col(column))
        .alias(column)
    )


def _values(column: Column, count: int) -> list[Any]:
    if column.allowed is not None:
        return list(islice(cycle(column.allowed), count))
    if column.pattern is not None:
        return list(_matching(column.pattern, count))
    if column.dtype == pl.String:
        return [f"synthetic {column.name} {number}" for number in range(count)]
    if column.dtype == pl.Boolean:
        return [True] * count
    if column.dtype == pl.Date:
        return [datetime.date(2020, 1, 1) + datetime.timedelta(days=number) for number in range(count)]
    lowest = column.minimum or 0
    span = count if column.maximum is None else int(column.maximum - lowest) + 1
    return [lowest + number % span for number in range(count)]


@cache
def _matching(pattern: str, count: int) -> tuple[str, ...]:
    texts = st.lists(st.from_regex(pattern, fullmatch=True), min_size=count, max_size=count, unique=True)
    return tuple(
        find(
            texts,
            lambda _: True,
            settings=settings(phases=[Phase.generate], database=None, deadline=None),
            random=random.Random(0),
        )
    )


# What breaks a rule about rows, given a valid frame and the row to break: the broken frame and the rows that then fail.
RowMutation = Callable[[pl.DataFrame, Contract, Rule, int], tuple[pl.DataFrame, list[int]]]


def _null(frame: pl.DataFrame, contract: Contract, rule: Rule, row: int) -> tuple[pl.DataFrame, list[int]]:
    return with_cell(frame, row, rule.kwargs["column"], None), [row]


def _foreign_word(frame: pl.DataFrame, contract: Contract, rule: Rule, row: int) -> tuple[pl.DataFrame, list[int]]:
    column = rule.kwargs["column"]
    value = False if frame.schema[column] == pl.Boolean else "a word of no vocabulary"
    return with_cell(frame, row, column, value), [row]


def _beyond_the_limit(frame: pl.DataFrame, contract: Contract, rule: Rule, row: int) -> tuple[pl.DataFrame, list[int]]:
    beyond = rule.kwargs["min_value"] - 1 if "min_value" in rule.kwargs else rule.kwargs["max_value"] + 1
    for partner in _partners(
        contract, rule.kwargs["column"]
    ):  # which a limit broken here would otherwise break as well
        frame = with_cell(frame, row, partner, None)
    return with_cell(frame, row, rule.kwargs["column"], beyond), [row]


def _stray_line_feed(frame: pl.DataFrame, contract: Contract, rule: Rule, row: int) -> tuple[pl.DataFrame, list[int]]:
    column = rule.kwargs["column"]
    return with_cell(frame, row, column, f"{frame[column][row]}\n"), [row]


def _same_key_again(frame: pl.DataFrame, contract: Contract, rule: Rule, row: int) -> tuple[pl.DataFrame, list[int]]:
    return pl.concat([frame, frame[[row]]]), [row, len(frame)]


def _infinite(frame: pl.DataFrame, contract: Contract, rule: Rule, row: int) -> tuple[pl.DataFrame, list[int]]:
    column = next(
        column for column in contract.columns if contract.schema[column.name].is_float() and column.maximum is None
    )
    for partner in _partners(contract, column.name):  # which no number stands in order with
        frame = with_cell(frame, row, partner, None)
    return with_cell(frame, row, column.name, float("inf")), [row]


def _partners(contract: Contract, column: str) -> set[str]:
    pairs = [(rule.kwargs["column_A"], rule.kwargs["column_B"]) for rule in contract.rules if "column_A" in rule.kwargs]
    return {name for pair in pairs if column in pair for name in pair} - {column}


def _wrong_order(frame: pl.DataFrame, contract: Contract, rule: Rule, row: int) -> tuple[pl.DataFrame, list[int]]:
    above, below = rule.kwargs["column_A"], rule.kwargs["column_B"]
    for partner in _partners(contract, above) - {below}:
        frame = with_cell(frame, row, partner, None)
    step = datetime.timedelta(days=1) if frame.schema[below] == pl.Date else 1
    return with_cell(frame, row, below, frame[above][row] + step), [row]


ROW_MUTATIONS: dict[str, RowMutation] = {
    "ExpectColumnValuesToNotBeNull": _null,
    "ExpectColumnValuesToBeInSet": _foreign_word,
    "ExpectColumnValuesToBeBetween": _beyond_the_limit,
    "ExpectColumnValuesToMatchRegex": _stray_line_feed,
    "ExpectColumnValuesToBeUnique": _same_key_again,
    "ExpectCompoundColumnsToBeUnique": _same_key_again,
    "ExpectColumnPairValuesAToBeGreaterThanB": _wrong_order,
    FINITE_RULE: _infinite,
}

# What breaks a rule about the table as a whole.
TABLE_MUTATIONS: dict[str, Callable[[Contract, Rule], pl.DataFrame]] = {
    SCHEMA_RULE: lambda contract, rule: valid_frame(contract).drop(contract.columns[-1].name),
    "ExpectTableRowCountToBeBetween": lambda contract, rule: rows(contract, rule.kwargs["min_value"] - 1),
    "ExpectTableRowCountToEqual": lambda contract, rule: rows(contract, rule.kwargs["value"] + 1),
}


def mutation_key(rule: Rule) -> str:
    return rule.expectation or rule.name


def broken_row_by_row(contract: Contract) -> tuple[pl.DataFrame, dict[str, list[int]]]:
    """One frame in which each rule about rows is broken by a row of its own; and, by rule, the rows that break it."""
    row_rules = [rule for rule in contract.rules if mutation_key(rule) in ROW_MUTATIONS]
    frame = rows(contract, len(row_rules) + TYPICAL_ROWS)
    failing: dict[str, list[int]] = {}
    for row, rule in enumerate(row_rules):
        frame, failing[rule.name] = ROW_MUTATIONS[mutation_key(rule)](frame, contract, rule, row)
    return frame, failing
