import re

import polars as pl
import pytest

from transforms.contracts import Column, Contract, dictionary_frame
from transforms.errors import ContractError

from . import factories

EVERY_CONTRACT = pytest.mark.parametrize("contract", factories.CONTRACTS, ids=lambda contract: contract.table)


@EVERY_CONTRACT
def test_a_contract_does_not_contradict_itself(contract: Contract) -> None:
    names = [column.name for column in contract.columns]
    assert len(set(names)) == len(names)
    assert set(contract.key) <= {column.name for column in contract.columns if not column.nullable}
    rules = [rule.name for rule in contract.rules]
    assert len(set(rules)) == len(rules)


@EVERY_CONTRACT
def test_patterns_capture_nothing(contract: Contract) -> None:
    # pandas warns about every capturing group; `(?:…)` does the same without.
    assert [column.name for column in contract.columns if column.pattern and re.compile(column.pattern).groups] == []


@EVERY_CONTRACT
def test_every_rule_is_a_sentence(contract: Contract) -> None:
    for rule in contract.rules:
        assert re.fullmatch(r"\S.* .*\S\.", rule.description), rule


@EVERY_CONTRACT
def test_the_dictionary_explains_every_column(contract: Contract) -> None:
    dictionary = dictionary_frame(contract)
    assert dictionary["column"].to_list() == contract.schema.names()
    assert dictionary.select("column", "type", "meaning", "may_be_empty").null_count().row(0) == (0, 0, 0, 0)


def _contract(column: Column) -> Contract:
    return Contract("core/one", "One synthetic column", "value", (column,), key=(column.name,))


def test_the_dictionary_says_limits_units_and_labels_in_words() -> None:
    column = Column(
        "lines",
        pl.Int64,
        "Lines identified",
        unit="lines",
        nullable=True,
        minimum=0,
        maximum=1_500_000,
        severity="warning",
        source_labels=("Number of lines", "Lines (total)"),
    )
    assert dictionary_frame(_contract(column)).rows() == [
        (
            "lines",
            "whole number",
            "Lines identified",
            "lines",
            True,
            "at least 0 and at most 1,500,000 (else a warning)",
            "Number of lines | Lines (total)",
        )
    ]


def test_the_dictionary_lists_vocabulary_and_form() -> None:
    column = Column("status", pl.String, "Status", allowed=("ok", "no"), pattern="^[a-z]+$")
    assert dictionary_frame(_contract(column))["limits"].to_list() == ["one of: ok, no; written as ^[a-z]+$"]


def test_a_column_without_limits_has_none_in_the_dictionary() -> None:
    assert dictionary_frame(_contract(Column("day", pl.Date, "Day")))["limits"].to_list() == [None]


def test_a_type_without_words_is_refused() -> None:
    with pytest.raises(ContractError, match=r"core/one, column parts: the type List\(String\) has no words"):
        dictionary_frame(_contract(Column("parts", pl.List(pl.String), "Parts")))
