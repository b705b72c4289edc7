"""Rolling years, common coverage and person-time: a missing quarter stays missing."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.statistics.series import common_coverage, person_time, rolling_four_quarters

values = st.lists(st.one_of(st.none(), st.integers(0, 5_000)), min_size=1, max_size=16)


def quarters(area: str, events: list[int | None], first_year: int = 2020) -> pl.DataFrame:
    """Synthetic quarters from January of ``first_year`` on."""
    starts = [date(first_year + n // 4, 3 * (n % 4) + 1, 1) for n in range(len(events))]
    return pl.DataFrame(
        {"area_id": [area] * len(events), "period_start": starts, "value": events}, schema_overrides={"value": pl.Int64}
    )


@settings(deadline=None, max_examples=50)
@given(values, values)
def test_a_year_is_four_quarters_or_nothing(first: list[int | None], second: list[int | None]) -> None:
    frame = pl.concat([quarters("north", first), quarters("south", second)])
    found = rolling_four_quarters(frame.reverse(), ["area_id"]).reverse()
    expected = []
    for events in (first, second):
        for end in range(1, len(events) + 1):
            window = events[max(end - 4, 0) : end]
            present = [value for value in window if value is not None]
            expected.append(sum(present) if len(present) == 4 else None)
    assert found["rolling_year"].to_list() == expected
    assert found.drop("rolling_year").equals(frame)


def test_a_quarter_without_a_row_is_missing() -> None:
    frame = quarters("north", [1, 2, 3, 4, 5, 6, 7, 8, 9])
    found = rolling_four_quarters(frame.filter(pl.col("value") != 5), ["area_id"])
    assert found["rolling_year"].to_list() == [None, None, None, 10, None, None, None, 30]


def test_a_quarter_twice_is_refused() -> None:
    frame = quarters("north", [1, 2])
    with pytest.raises(ValueError, match="twice in a series of area_id"):
        rolling_four_quarters(pl.concat([frame, frame]), ["area_id"])


def test_a_change_of_sums_is_over_the_areas_of_both_periods() -> None:
    frame = pl.DataFrame({"area": ["a", "b", "c"], "earlier": [10, None, 30], "later": [12, 50, None]})
    both, without = common_coverage(frame)
    assert both["area"].to_list() == ["a"]
    assert without["area"].to_list() == ["b", "c"]


def test_three_quarters_are_three_quarters_of_the_person_time() -> None:
    """Synthetic: three of four quarters give the rate per resident year, and are told to be three."""
    frame = quarters("north", [30, 30, None, 30]).with_columns(population=pl.lit(400_000))
    row = person_time(frame, ["area_id"]).row(0, named=True)
    assert row == {"area_id": "north", "events": 90, "quarters_covered": 3, "quarters": 4, "exposure": 300_000.0}
    assert row["events"] / row["exposure"] == 120 / 400_000


def test_no_quarter_is_no_person_time_and_an_unknown_population_neither() -> None:
    none = quarters("north", [None, None]).with_columns(population=pl.lit(400_000))
    unknown = quarters("south", [3, 4]).with_columns(population=pl.Series([400_000, None]))
    found = person_time(pl.concat([none, unknown.cast(none.schema)]), ["area_id"])
    assert found["events"].to_list() == [None, 7]
    assert found["exposure"].to_list() == [None, None]
    with pytest.raises(ValueError, match="more than zero"):
        person_time(none.with_columns(population=pl.lit(0)), ["area_id"])
