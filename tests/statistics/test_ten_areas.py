"""Ten synthetic areas from counts to what may be said: rates, funnel, ranks, dispersion, changes and disclosure, one after the other.

The areas and the numbers of their first year are the worked example in ``ten_areas.csv``; the second year, the quarters and the ages are
made up here. All of them are synthetic.
"""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from tests.statistics.reference import TOLERANCE, reference
from transforms.statistics.change import RateRatio, quarterly_dispersion, rate_ratio
from transforms.statistics.counts import exact_poisson_limits, poisson_limits
from transforms.statistics.disclosure import exposed, margins, secondary_suppression, small_number_marks
from transforms.statistics.dispersion import large_enough, systematic_component_of_variation
from transforms.statistics.funnel import funnel
from transforms.statistics.ranks import ranked
from transforms.statistics.series import common_coverage, rolling_four_quarters

WORKED = pl.read_csv(Path(__file__).parent / "ten_areas.csv")
AREAS = WORKED.select("area", numerator="events", denominator_used="residents")
# Each area's events in the second year over those in the first; Bravo misses a quarter.
SECOND_YEAR = {"Alpha": 0.55, "Charlie": 1.02, "Delta": 0.97, "Hotel": 1.1, "Juliet": 1.6}


def quarters() -> pl.DataFrame:
    """Three synthetic years of quarters: two like the worked example's, the third changed, split unevenly over the year."""
    split = np.array([0.24, 0.26, 0.27, 0.23])
    parts = []
    for area, events in AREAS.select("area", "numerator").iter_rows():
        years = [events, events, round(events * SECOND_YEAR.get(area, 1))]
        values = (
            np.concatenate([np.diff(np.round(year * np.cumsum([0, *split]))) for year in years]).astype(int).tolist()
        )
        if area == "Bravo":
            values[9] = None
        starts = pl.date_range(pl.date(2021, 1, 1), pl.date(2023, 10, 1), "3mo", eager=True)
        parts.append(
            pl.DataFrame(
                {"area": [area] * 12, "period_start": starts, "value": values}, schema_overrides={"value": pl.Int64}
            )
        )
    return pl.concat(parts)


def compared() -> tuple[pl.DataFrame, RateRatio, pl.DataFrame]:
    """The last year against the one before for each area with both, its ratio with φ from its quarters, and the areas without."""
    rolled = rolling_four_quarters(quarters(), ["area"]).with_columns(year=pl.col("period_start").dt.year())
    ends = rolled.filter(pl.col("period_start").dt.month() == 10)
    wide = ends.pivot("year", index="area", values="rolling_year").rename({"2022": "earlier", "2023": "later"})
    both, without = common_coverage(wide)
    series = quarters().group_by("area", maintain_order=True).agg("value")
    values = np.array(series["value"].to_list(), dtype=float)
    phi = series.select("area", phi=pl.Series(quarterly_dispersion(values)))
    joined = both.join(phi, on="area", maintain_order="left")
    return joined, rate_ratio(joined["earlier"], joined["later"], phi=joined["phi"]), without


def test_rates() -> None:
    residents = AREAS["denominator_used"].to_numpy()
    for counts, column in zip(poisson_limits(AREAS["numerator"]), ("lower_95", "upper_95"), strict=True):
        assert (counts / residents * 100_000).tolist() == pytest.approx(WORKED[column].to_list(), abs=5e-5)


def test_the_funnel_of_chance_flags_almost_every_area() -> None:
    found = funnel(AREAS)
    assert found["expected"].to_list() == pytest.approx(WORKED["expected"].to_list(), abs=5e-5)
    assert found["ratio"].to_list() == pytest.approx(WORKED["ratio"].to_list(), abs=5e-5)
    assert found["z"].to_list() == pytest.approx(WORKED["z"].to_list(), abs=5e-5)
    for confidence, column in ((0.95, "flag_95"), (0.998, "flag_998")):
        lower, upper = exact_poisson_limits(found["expected"], confidence)
        events = found["numerator"].to_numpy()
        flags = np.select([events < lower, events > upper], ["low", "high"], "ns")
        assert flags.tolist() == WORKED[column].to_list()


def test_after_adjustment_delta_alone_is_an_outlier() -> None:
    ten = reference()["synthetic_ten_areas"]
    found = funnel(AREAS)
    assert found["z_adjusted"].to_list() == pytest.approx(WORKED["z_adjusted"].to_list(), abs=5e-5)
    assert found["phi"].unique().to_list() == pytest.approx([ten["phi"]], **TOLERANCE)
    assert (found["tau"] ** 2).unique().to_list() == pytest.approx([ten["tau2"]], **TOLERANCE)
    assert found.filter(pl.col("flag").str.ends_with("_998"))["area"].to_list() == ["Delta"]


def test_ranks_of_all_ten_and_of_those_large_enough() -> None:
    found = ranked(AREAS, smallest_population=0)
    for column in ("rank", "rank_lower", "rank_upper"):
        assert found[column].to_list() == WORKED[column].to_list()
    assert found["probability_highest"].to_list() == pytest.approx(WORKED["probability_highest"].to_list(), abs=0.02)
    assert not found["may_say_highest"].any()
    large = ranked(AREAS)
    assert large.filter(pl.col("rank").is_null())["area"].to_list() == ["Golf"]
    assert large.filter("may_say_highest")["area"].to_list() == ["Echo"]


def test_dispersion_without_the_area_that_chance_decides() -> None:
    kept = AREAS.filter(pl.Series(large_enough(AREAS["numerator"], AREAS["denominator_used"])))
    assert set(AREAS["area"]) - set(kept["area"]) == {"Golf"}
    known = reference()["synthetic_ten_areas"]["scv_x100_excl_golf"]
    found = systematic_component_of_variation(kept["numerator"], kept["denominator_used"])
    assert float(found) == pytest.approx(known, **TOLERANCE)


def test_changes_are_of_the_areas_with_both_years() -> None:
    areas, found, without = compared()
    assert without["area"].to_list() == ["Bravo"]
    assert without["later"].to_list() == [None]
    assert areas.height == 9
    assert found.ratio.tolist() == pytest.approx((areas["later"] / areas["earlier"]).to_list())
    assert found.ratio[areas["area"].index_of("Alpha")] == pytest.approx(0.55)
    assert (found.lower <= found.ratio).all()
    assert (found.ratio <= found.upper).all()
    assert areas["phi"].min() >= 1


def test_few_changes_stand_out() -> None:
    areas, found, _ = compared()
    assert areas.filter(pl.Series(found.p_value <= 0.01))["area"].to_list() == ["Alpha", "Juliet"]


def test_small_numbers_by_age_cannot_be_worked_out() -> None:
    """Golf's seven, Delta's 95 and Bravo's 310 by age, with totals: cells that no source prints."""
    table = np.array([[2, 5, 0, 7], [31, 40, 24, 95], [90, 150, 70, 310], [123, 195, 94, 412]])
    relations = margins((4, 4))
    marks = small_number_marks(pl.DataFrame({"numerator": table[0]}))
    assert marks["rate_shown"].to_list() == [False, True, False, True]
    assert marks["low"].to_list() == [False, True, False, True]
    hidden = secondary_suppression(table, relations)
    assert hidden[0].tolist() == [True, True, False, False]
    assert hidden.sum() == 4
    assert not exposed(table, hidden, relations).size
    for shown in np.argwhere(hidden):
        less = hidden.copy()
        less[tuple(shown)] = False
        assert exposed(table, less, relations).size, "each suppression is needed"
