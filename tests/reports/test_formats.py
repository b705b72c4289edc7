"""How numbers, dates and missing values are written."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports import formats
from transforms.contracts.tables import INDICATORS


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (7, "7"), (1234, "1,234"), (1234567.0, "1,234,567"), (0.5, "1"), (1.5, "2"), (2.5, "3"), (-3, "−3")],
)
def test_counts_have_thousands_separators_and_halves_round_up(value, text):
    assert formats.count(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(12.34, "12.3"), (12.35, "12.4"), (12.25, "12.3"), (0.05, "0.1"), (1.15, "1.2"), (1234.56, "1,234.6"), (0, "0.0")],
)
def test_rates_have_one_decimal_rounded_as_a_reader_would(value, text):
    assert formats.rate(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (4.46, "4.5%"),
        (9.94, "9.9%"),
        (9.95, "10%"),
        (9.96, "10%"),
        (45.5, "46%"),
        (100, "100%"),
        (-4.5, "−4.5%"),
        (-40.5, "−41%"),
    ],
)
def test_percentages_have_one_decimal_only_below_ten(value, text):
    assert formats.percentage(value) == text


def test_a_small_negative_number_that_rounds_to_zero_has_no_sign():
    assert formats.rate(-0.04) == "0.0"


def test_an_interval_is_joined_by_a_word():
    assert formats.interval(2.14, 3.36) == "2.1 to 3.4"
    assert formats.interval(1000, 1200, formats.count) == "1,000 to 1,200"


def test_dates():
    assert formats.day(date(2026, 11, 24)) == "24 November 2026"
    assert formats.short_month(date(2019, 3, 31)) == "Mar 2019"


@pytest.mark.parametrize(
    ("start", "end", "text"),
    [
        (date(2024, 1, 1), date(2024, 12, 31), "year ending December 2024"),
        (date(2023, 4, 1), date(2024, 3, 31), "year ending March 2024"),
        (date(2023, 1, 1), date(2023, 3, 31), "January to March 2023"),
        (date(2018, 1, 1), date(2019, 3, 31), "January 2018 to March 2019 (15 months)"),
        (date(2022, 12, 1), date(2023, 2, 28), "December 2022 to February 2023 (3 months)"),
        (date(2024, 2, 1), date(2024, 2, 29), "February 2024"),
        (date(2022, 10, 3), date(2022, 10, 9), "3 October 2022 to 9 October 2022"),
        (date(2023, 6, 30), date(2023, 6, 30), "30 June 2023"),
    ],
)
def test_periods(start, end, text):
    assert formats.period(start, end) == text


def test_a_period_that_ends_before_it_starts_is_refused():
    with pytest.raises(ValueError, match="before it starts"):
        formats.period(date(2024, 1, 2), date(2024, 1, 1))


def test_every_status_without_a_value_has_a_shorthand_that_the_legend_explains():
    statuses = next(column.allowed for column in INDICATORS.columns if column.name == "status")
    for status in set(statuses) - {"ok"}:
        assert formats.missing(status) in formats.LEGEND
        assert formats.missing(status) in formats.legend()


@pytest.mark.parametrize("status", ["ok", "", "unknown"])
def test_a_status_that_is_not_missing_has_no_shorthand(status):
    with pytest.raises(ValueError, match="not the status of a missing value"):
        formats.missing(status)


def test_the_legend_explains_only_what_is_used():
    assert formats.legend({"[c]"}) == "[c] confidential: suppressed so that no person can be identified."
    with pytest.raises(ValueError, match="No legend"):
        formats.legend({"[?]"})


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_number_that_is_not_finite_is_never_printed(value):
    with pytest.raises(ValueError, match="status instead"):
        formats.count(value)


@given(st.floats(min_value=-1e9, max_value=1e9))
def test_a_printed_rate_is_within_half_a_unit_of_the_value(value):
    printed = Decimal(formats.rate(value).replace(",", "").replace("−", "-"))
    assert abs(printed - Decimal(repr(value))) <= Decimal("0.05")


@given(st.integers(min_value=0, max_value=10**12))
def test_a_printed_count_reads_back(value):
    assert int(formats.count(value).replace(",", "")) == value


def test_small_numbers_and_changes() -> None:
    assert [formats.small_number(number) for number in (0, 1, 9, 10, 1234)] == ["no", "one", "nine", "10", "1,234"]
    assert [formats.change(value) for value in (35, -12, 0, 0.4)] == ["+35", "−12", "0", "0"]
