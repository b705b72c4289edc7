"""A rule that nothing can break checks nothing: each rule of each contract is broken here by synthetic data."""

from functools import cache

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from transforms.contracts import Contract, Rule, Validation, validate

from . import factories

pytestmark = pytest.mark.full

EVERY_RULE = [
    pytest.param(contract, rule, id=f"{contract.table}-{rule.name}")
    for contract in factories.CONTRACTS
    for rule in contract.rules
]


@cache
def _validated_row_by_row(table: str) -> tuple[pl.DataFrame, dict[str, list[int]], Validation]:
    contract = next(contract for contract in factories.CONTRACTS if contract.table == table)
    frame, failing = factories.broken_row_by_row(contract)
    return frame, failing, validate(frame, contract)


@pytest.mark.parametrize(("contract", "rule"), EVERY_RULE)
def test_broken_data_fails_exactly_this_rule(contract: Contract, rule: Rule) -> None:
    key = factories.mutation_key(rule)
    if key in factories.ROW_MUTATIONS:
        frame, failing, validation = _validated_row_by_row(contract.table)
        result = next(result for result in validation.results if result.rule == rule.name)
        assert not result.passed
        assert result.failing_count == len(failing[rule.name])
        # Every other rule about rows is broken by another row of this frame: none of those may be listed here.
        assert_frame_equal(result.failing_rows, frame[failing[rule.name]], check_exact=True)
    elif key in factories.TABLE_MUTATIONS:
        validation = validate(factories.TABLE_MUTATIONS[key](contract, rule), contract)
        assert [result.rule for result in validation.failures] == [rule.name]
    else:
        pytest.fail(f"no mutation known for expectation {key}: add one to factories.py")


@pytest.mark.parametrize("contract", factories.CONTRACTS, ids=lambda contract: contract.table)
def test_valid_data_passes_every_rule(contract: Contract) -> None:
    validation = validate(factories.valid_frame(contract), contract)
    assert validation.failures == ()
    assert not validation.blocked
    assert [result.rule for result in validation.results] == [rule.name for rule in contract.rules]
    assert all(result.passed and result.evaluated_rows is not None for result in validation.results)
