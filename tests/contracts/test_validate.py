from contextlib import nullcontext
from dataclasses import replace
from datetime import date
from importlib import import_module
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from transforms.contracts import Column, Contract, Rule, results_frame, to_suite, validate
from transforms.contracts.contract import never_above
from transforms.errors import ContractError

pytestmark = pytest.mark.full

# A synthetic table, small enough to be read at a glance.
REFERRALS = Contract(
    table="core/referrals",
    title="Synthetic referrals",
    one_row_is="force and month",
    columns=(
        Column("force", pl.String, "Force", pattern=r"^[A-Z]+$"),
        Column("month", pl.Date, "First day of the month"),
        Column("referrals", pl.Int64, "Referrals", nullable=True, minimum=0, maximum=99),
        Column("share", pl.Float64, "Share", nullable=True, minimum=0, severity="warning"),
    ),
    key=("force", "month"),
)


def _referrals(**columns: list[object]) -> pl.DataFrame:
    typical: dict[str, list[object]] = {
        "force": ["KENT", "KENT", "ESSEX"],
        "month": ["2024-01-01", "2024-02-01", "2024-01-01"],
        "referrals": [4, None, 7],
        "share": [0.5, None, 0.25],
    }
    frame = pl.DataFrame(typical | columns, schema=REFERRALS.schema | {"month": pl.String})
    return frame.with_columns(pl.col("month").str.to_date())


def _broken(frame: pl.DataFrame, contract: Contract = REFERRALS) -> list[str]:
    return [result.rule for result in validate(frame, contract).failures]


def _with_rule(expectation: str, name: str = "extra_rule", **kwargs: object) -> Contract:
    return replace(REFERRALS, extra_rules=(Rule(name, expectation, kwargs, "A synthetic rule."),))


def test_a_missing_column_blocks_and_leaves_the_other_rules_unevaluated() -> None:
    validation = validate(_referrals().drop("share"), REFERRALS)
    schema, *others = validation.results
    assert (schema.rule, schema.passed, schema.severity) == ("schema_as_declared", False, "critical")
    assert schema.failing_rows.rows() == [("share", "Float64", None)]
    assert validation.blocked
    assert validation.failures == (schema,)
    assert len(others) == len(REFERRALS.rules) - 1
    assert {(result.passed, result.evaluated_rows, result.failing_count) for result in others} == {(False, None, None)}


def test_an_undeclared_column_breaks_the_schema() -> None:
    validation = validate(_referrals().with_columns(extra=pl.lit(1, pl.Int8)), REFERRALS)
    assert validation.blocked
    assert validation.results[0].failing_rows.rows() == [("extra", None, "Int8")]


def test_another_type_breaks_the_schema_even_where_pandas_would_see_none() -> None:
    validation = validate(_referrals().with_columns(pl.col("referrals").cast(pl.Float64)), REFERRALS)
    assert validation.blocked
    assert validation.results[0].failing_rows.rows() == [("referrals", "Int64", "Float64")]


def test_the_order_of_columns_is_free() -> None:
    assert _broken(_referrals().select(reversed(REFERRALS.schema.names()))) == []


def test_a_broken_warning_is_a_failure_that_does_not_block() -> None:
    frame = _referrals(share=[0.5, None, -0.25])
    validation = validate(frame, REFERRALS)
    (failure,) = validation.failures
    assert (failure.rule, failure.severity, failure.failing_count) == ("share_within_limits", "warning", 1)
    assert_frame_equal(failure.failing_rows, frame[[2]])
    assert not validation.blocked


def test_rules_about_values_skip_the_empty_ones_and_say_so() -> None:
    evaluated = {result.rule: result.evaluated_rows for result in validate(_referrals(), REFERRALS).results}
    assert evaluated["force_present"] == 3
    assert evaluated["force_month_unique"] == 3
    assert evaluated["referrals_within_limits"] == 2


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_what_comes_of_dividing_by_zero_is_not_a_number(value: float) -> None:
    # NaN becomes null on the way to pandas, and an infinity is above every minimum.
    frame = _referrals(share=[0.5, value, None])
    finite = next(result for result in validate(frame, REFERRALS).failures if result.rule == "numbers_are_finite")
    assert_frame_equal(finite.failing_rows, frame[[1]])


def test_whole_numbers_with_a_gap_are_held_to_their_limits_as_whole_numbers() -> None:
    """pandas makes fractions of them: 99 stays within a limit of 99, and the row of the gap is passed over."""
    for referrals, failing in (([99, None, 0], []), ([100, None, -1], [0, 2])):
        frame = _referrals(referrals=referrals)
        (result,) = (
            result for result in validate(frame, REFERRALS).results if result.rule == "referrals_within_limits"
        )
        assert (result.passed, result.evaluated_rows) == (not failing, 2)
        assert_frame_equal(result.failing_rows, frame[failing])


def test_whole_numbers_with_a_gap_are_part_of_a_key() -> None:
    """Years 2018 and 2019, and a row that has none."""
    keyed = replace(REFERRALS, key=("force", "referrals"))
    assert _broken(_referrals(force=["KENT"] * 3, referrals=[18, None, 19]), keyed) == []
    twice = validate(_referrals(force=["KENT"] * 3, referrals=[18, 18, None]), keyed)
    assert [(result.rule, result.failing_count) for result in twice.failures] == [("force_referrals_unique", 2)]


def test_dates_are_compared_as_dates_and_one_that_is_missing_is_passed_over() -> None:
    ends = Column("ends", pl.Date, "Last day", nullable=True)
    rule = never_above("ends_after_month", "month", "ends", "A synthetic rule.")
    contract = replace(REFERRALS, columns=(*REFERRALS.columns, ends), extra_rules=(rule,))
    frame = _referrals()
    right = pl.Series("ends", [date(2024, 1, 1), None, date(9999, 12, 31)])
    assert _broken(frame.with_columns(right), contract) == []
    wrong = pl.Series("ends", [date(2023, 12, 31), None, date(1999, 12, 31)])
    (failure,) = validate(frame.with_columns(wrong), contract).failures
    assert (failure.rule, failure.failing_count) == ("ends_after_month", 2)


@pytest.mark.parametrize(
    ("dtype", "limit", "said"),
    [
        (pl.Date, {"allowed": ("2019-12-31",)}, "for texts, and its values are Date"),
        (pl.Int64, {"pattern": r"^\d{4}$"}, "for texts, and its values are Int64"),
        (pl.Date, {"minimum": 0}, "for numbers, and its values are Date"),
    ],
)
def test_a_limit_that_would_call_every_value_wrong_is_refused(dtype: Any, limit: Any, said: str) -> None:
    with pytest.raises(ContractError, match=said):
        Column("year", dtype, "Year", **limit)


def test_every_row_that_shares_a_key_is_listed() -> None:
    frame = _referrals(force=["KENT", "ESSEX", "KENT"])[[0, 1, 2, 0]]
    (failure,) = validate(frame, REFERRALS).failures
    assert failure.rule == "force_month_unique"
    assert_frame_equal(failure.failing_rows, frame[[0, 2, 3]])


def test_an_empty_table_is_broken_unless_it_may_be_empty() -> None:
    empty = _referrals().clear()
    validation = validate(empty, REFERRALS)
    assert [result.rule for result in validation.failures] == ["has_rows"]
    assert validation.blocked

    allowed = validate(empty, replace(REFERRALS, may_be_empty=True))
    assert not allowed.failures
    assert allowed.rows == 0
    assert {result.evaluated_rows for result in allowed.results} == {0}


def test_an_empty_table_of_the_wrong_shape_is_broken_even_where_it_may_be_empty() -> None:
    frame = _referrals().clear().drop("share")
    assert validate(frame, replace(REFERRALS, may_be_empty=True)).blocked


def test_every_row_of_a_table_that_must_be_empty_is_listed() -> None:
    frame = _referrals()
    (failure,) = validate(frame, _with_rule("ExpectTableRowCountToEqual", "none_expected", value=0)).failures
    assert failure.failing_count == 3
    assert_frame_equal(failure.failing_rows, frame)


def test_a_wrong_number_of_rows_is_the_fault_of_no_row() -> None:
    (failure,) = validate(_referrals(), _with_rule("ExpectTableRowCountToEqual", value=43)).failures
    assert (failure.passed, failure.failing_count, failure.evaluated_rows) == (False, 0, 3)


def test_a_rule_that_tolerates_some_rows_passes_and_lists_them() -> None:
    contract = _with_rule("ExpectColumnValuesToBeInSet", column="force", value_set=["KENT"], mostly=0.5)
    frame = _referrals()
    result = validate(frame, contract).results[-1]
    assert result.passed
    assert_frame_equal(result.failing_rows, frame[[2]])


def test_two_rules_of_one_name_are_not_one_check() -> None:
    contract = _with_rule("ExpectColumnValuesToNotBeNull", "force_present", column="force")
    declared = len(contract.rules)
    with pytest.raises(ContractError, match=rf"core/referrals: evaluated {declared - 1} of {declared} expectations"):
        validate(_referrals(), contract)


@pytest.mark.parametrize(
    ("contract", "reason"),
    [
        (_with_rule("ExpectColumnValuesToNotBeNull", column="constabulary"), 'column "constabulary".*does not exist'),
        (_with_rule("ExpectColumnValuesToMatchRegex", column="force", regex="^("), "regular expression"),
        (_with_rule("ExpectColumnValuesToBeBetween", column="force", min_value=1), "could not be evaluated"),
        (_with_rule("ExpectAllForcesToReport"), "no expectation ExpectAllForcesToReport"),
        (_with_rule("ExpectColumnValuesToNotBeNull", colum="force"), "does not take"),
    ],
)
def test_a_rule_that_cannot_be_evaluated_is_an_error_not_bad_data(contract: Contract, reason: str) -> None:
    with pytest.raises(ContractError, match=rf"(?s)core/referrals, rule extra_rule: .*{reason}"):
        validate(_referrals(), contract)


def test_the_suite_carries_names_sentences_and_severities() -> None:
    suite = to_suite(REFERRALS)
    expected = {rule.name: (rule.description, rule.severity) for rule in REFERRALS.rules if rule.expectation}
    found = {
        (expectation.meta or {})["rule"]: (expectation.description, expectation.severity.value)
        for expectation in suite.expectations
    }
    assert suite.name == "core/referrals"
    assert found == expected


def test_results_come_in_the_order_of_tables_and_rules_and_twice_the_same() -> None:
    broken = _referrals(referrals=[4, 100, 7])
    other = replace(REFERRALS, table="core/other")
    first = results_frame([validate(broken, REFERRALS), validate(_referrals(), other)])
    assert first.columns == [
        "table",
        "rule",
        "description",
        "severity",
        "passed",
        "evaluated_rows",
        "failing_count",
    ]
    assert first["rule"].to_list() == [rule.name for rule in (*REFERRALS.rules, *other.rules)]
    assert first.filter(~pl.col("passed")).select("table", "rule", "evaluated_rows", "failing_count").rows() == [
        ("core/referrals", "referrals_within_limits", 3, 1)
    ]
    assert_frame_equal(first, results_frame([validate(broken, REFERRALS), validate(_referrals(), other)]))


def test_no_validations_give_an_empty_results_frame_with_all_columns() -> None:
    assert results_frame([]).schema["failing_count"] == pl.Int64


@settings(max_examples=15, deadline=None, derandomize=True)
@given(st.lists(st.none() | st.integers(-3, 103), min_size=1, max_size=12))
def test_failing_rows_are_those_that_polars_finds(referrals: list[int | None]) -> None:
    frame = pl.DataFrame(
        {
            "force": ["KENT"] * len(referrals),
            "month": pl.date_range(pl.date(2020, 1, 1), pl.date(2020, 1, len(referrals)), eager=True),
            "referrals": pl.Series(referrals, dtype=pl.Int64),
            "share": pl.Series([None] * len(referrals), dtype=pl.Float64),
        }
    )
    result = next(result for result in validate(frame, REFERRALS).results if result.rule == "referrals_within_limits")
    assert_frame_equal(result.failing_rows, frame.filter(~pl.col("referrals").is_between(0, 99)))


def test_expectations_that_make_their_configuration_once_find_what_they_find_when_left_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from great_expectations.expectations.expectation import Expectation

    own = Expectation.configuration
    broken = _referrals(force=["KENT", "KENT", "Essex"], month=["2024-01-01"] * 3, referrals=[4, None, 100])
    once = validate(broken, REFERRALS)
    assert Expectation.configuration is own
    monkeypatch.setattr(import_module("transforms.contracts.validate"), "_configurations_made_once", nullcontext)
    always = validate(broken, REFERRALS)
    assert once.failures
    for one, other in zip(once.results, always.results, strict=True):
        assert_frame_equal(one.failing_rows, other.failing_rows)
        assert replace(one, failing_rows=other.failing_rows) == other
