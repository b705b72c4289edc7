"""What a table contract is: columns, key and rules, as plain data. No Great Expectations import here (it costs seconds)."""

from dataclasses import dataclass, field
from typing import Any, Literal

import polars as pl

from transforms.errors import ContractError

Severity = Literal["critical", "warning"]

# Types and infinities do not survive the way to pandas (nullable integers become floats, NaN becomes null), so that these
# two rules cannot be expectations.
SCHEMA_RULE = "schema_as_declared"
FINITE_RULE = "numbers_are_finite"


@dataclass(frozen=True)
class Rule:
    """One named expectation on a table.

    ``expectation`` is the Great Expectations class name, ``kwargs`` its arguments; it is None for the two rules that are
    checked on the Polars frame itself (`SCHEMA_RULE`, `FINITE_RULE`). ``description`` is a sentence that a stakeholder can
    read on the data-quality page. A broken ``critical`` rule blocks everything downstream.
    """

    name: str
    expectation: str | None
    kwargs: dict[str, Any]
    description: str
    severity: Severity = "critical"


@dataclass(frozen=True)
class Column:
    """One column: its Polars type, its meaning, and the limits that every value must respect.

    ``example`` shows a value that the ``pattern`` allows, for readers who do not read patterns.
    ``source_labels`` are the publishers' own labels for the same thing, so that a reader of the dictionary can search by them.
    Raises `ContractError` for a pattern or list of values of what is no text, and for limits of what is no number: pandas makes dates
    times and whole numbers with a gap fractions, so that Great Expectations would call each of them wrong.
    """

    name: str
    dtype: pl.DataType | type[pl.DataType]
    description: str
    unit: str | None = None
    nullable: bool = False
    allowed: tuple[str, ...] | None = None
    minimum: float | None = None
    maximum: float | None = None
    pattern: str | None = None
    example: str | None = None
    severity: Severity = "critical"
    source_labels: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse limits that say nothing true of values of this type."""
        dtype = pl.Schema({self.name: self.dtype})[self.name]
        if (self.allowed or self.pattern) and dtype != pl.String:
            raise ContractError(
                f"Column {self.name}: a pattern or list of values is for texts, and its values are {dtype}; give limits or a rule."
            )
        if not (self.minimum is self.maximum is None) and not dtype.is_numeric():
            raise ContractError(
                f"Column {self.name}: least and greatest are for numbers, and its values are {dtype}; give a rule."
            )


@dataclass(frozen=True)
class Contract:
    """One table: what a row is, its columns, the columns that identify a row, and rules beyond the columns' own."""

    table: str
    title: str
    one_row_is: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    extra_rules: tuple[Rule, ...] = field(default=())
    may_be_empty: bool = False

    @property
    def schema(self) -> pl.Schema:
        """The Polars schema, columns in order."""
        return pl.Schema({column.name: column.dtype for column in self.columns})

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Every rule of the table: those that follow from the columns and the key, then the extra ones."""
        derived = [
            Rule(SCHEMA_RULE, None, {}, f"{self.table} has exactly the declared columns, each of its declared type.")
        ]
        if any(dtype.is_float() for dtype in self.schema.dtypes()):
            derived.append(
                Rule(FINITE_RULE, None, {}, f"No number of {self.table} is infinite or the result of 0 / 0.")
            )
        if not self.may_be_empty:
            derived.append(
                Rule(
                    "has_rows",
                    "ExpectTableRowCountToBeBetween",
                    {"min_value": 1},
                    f"The table {self.table} is not empty.",
                )
            )
        derived.append(
            Rule(
                f"{'_'.join(self.key)}_unique",
                "ExpectCompoundColumnsToBeUnique" if len(self.key) > 1 else "ExpectColumnValuesToBeUnique",
                {"column_list": list(self.key)} if len(self.key) > 1 else {"column": self.key[0]},
                f"No two rows of {self.table} are the same {self.one_row_is}.",
            )
        )
        for column in self.columns:
            derived.extend(_column_rules(column))
        return (*derived, *self.extra_rules)


def never_above(name: str, lower: str, upper: str, description: str) -> Rule:
    """A rule that ``lower`` is never above ``upper`` where both are filled in."""
    pair = {"column_A": upper, "column_B": lower, "or_equal": True, "ignore_row_if": "either_value_is_missing"}
    return Rule(name, "ExpectColumnPairValuesAToBeGreaterThanB", pair, description)


def _column_rules(column: Column) -> list[Rule]:
    rules: list[Rule] = []
    if not column.nullable:
        rules.append(
            Rule(
                f"{column.name}_present",
                "ExpectColumnValuesToNotBeNull",
                {"column": column.name},
                f"{column.name} is filled in on every row.",
            )
        )
    rules.extend(
        Rule(f"{column.name}_{what}", expectation, kwargs, f"{column.name} is {words}.", column.severity)
        for what, expectation, kwargs, words in limits(column)
    )
    return rules


def limits(column: Column) -> list[tuple[str, str, dict[str, Any], str]]:
    """What every value of a column must respect: (end of the rule's name, expectation, its arguments, the limit in words)."""
    found: list[tuple[str, str, dict[str, Any], str]] = []
    if column.allowed is not None:
        found.append(
            (
                "in_vocabulary",
                "ExpectColumnValuesToBeInSet",
                {"column": column.name, "value_set": list(column.allowed)},
                f"one of: {', '.join(column.allowed)}",
            )
        )
    ends = [
        (argument, end, words)
        for argument, end, words in (
            ("min_value", column.minimum, "at least"),
            ("max_value", column.maximum, "at most"),
        )
        if end is not None
    ]
    if ends:
        found.append(
            (
                "within_limits",
                "ExpectColumnValuesToBeBetween",
                {"column": column.name, **{argument: end for argument, end, _ in ends}},
                " and ".join(f"{words} {end:,.15g}" for _, end, words in ends),
            )
        )
    if column.pattern is not None:
        # In Python `$` also matches before a closing line feed, which published labels do have.
        regex = f"{column.pattern.removesuffix('$')}\\Z" if column.pattern.endswith("$") else column.pattern
        found.append(
            (
                "well_formed",
                "ExpectColumnValuesToMatchRegex",
                {"column": column.name, "regex": regex},
                f"written like {column.example}" if column.example else f"written as {column.pattern}",
            )
        )
    return found
