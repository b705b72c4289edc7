"""Ranks with their intervals, and when a sentence may say "highest"."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.statistics.reference import reference
from transforms.statistics.ranks import rank_intervals, ranked

places = st.lists(st.tuples(st.integers(0, 3_000), st.integers(50_000, 3_000_000)), min_size=1, max_size=12)


def test_ranks_of_the_ten_areas() -> None:
    ten = reference()["synthetic_ten_areas"]
    known = ten["rank_mc"]
    found = rank_intervals(ten["O"], ten["N"], draws=known["draws"], seed=known["seed"])
    assert found.rank.tolist() == [7, 8, 3, 10, 1, 6, 2, 9, 5, 4]
    assert [[int(low), int(high)] for low, high in zip(found.lower, found.upper, strict=True)] == known["intervals"]
    top = dict(zip(ten["areas"], found.distribution[:, 0].tolist(), strict=True))
    assert top["Echo"] == pytest.approx(known["p_top_echo"], abs=1e-6)
    assert top["Golf"] == pytest.approx(known["p_top_golf"], abs=1e-6)


def test_draws_in_portions_are_the_same_draws() -> None:
    """The portions are a matter of memory: one array of all draws gives the same ranks."""
    counts, populations = np.array([30.0, 35, 40]), np.array([1000.0, 1100, 1000])
    draws = 25_000
    rates = np.random.default_rng(7).gamma(counts + 0.5, 1 / populations, size=(draws, 3))
    first = np.bincount(rates.argmax(axis=1), minlength=3) / draws
    ranks = (-rates).argsort(axis=1).argsort(axis=1) + 1
    found = rank_intervals(counts, populations, draws=draws, seed=7)
    assert found.distribution[:, 0].tolist() == first.tolist()
    for share, limit in ((0.025, found.lower), (0.975, found.upper)):
        assert limit.tolist() == np.quantile(ranks, share, axis=0, method="inverted_cdf").tolist()


@settings(deadline=None, max_examples=30)
@given(places)
def test_ranks_share_out_the_places(rows: list[tuple[int, int]]) -> None:
    counts, populations = zip(*rows, strict=True)
    found, wider = (rank_intervals(counts, populations, confidence, draws=400) for confidence in (0.8, 0.95))
    assert found.distribution.sum(axis=0) == pytest.approx(np.ones(len(rows)))
    assert found.distribution.sum(axis=1) == pytest.approx(np.ones(len(rows)))
    assert (found.distribution @ np.arange(1, len(rows) + 1)).sum() == pytest.approx(len(rows) * (len(rows) + 1) / 2)
    assert (wider.lower <= found.lower).all()
    assert (found.lower <= found.upper).all()
    assert (found.upper <= wider.upper).all()
    assert found.rank.min() == 1


def test_small_and_missing_areas_are_not_ranked() -> None:
    frame = pl.DataFrame(
        {
            "area": ["large", "small", "missing", "cancelled", "other"],
            "numerator": [900, 100, None, -2, 300],
            "denominator_used": [900_000, 9_000, 700_000, 700_000, 800_000],
        }
    )
    found = ranked(frame)
    assert found["area"].to_list() == frame["area"].to_list()
    assert found["rank"].to_list() == [1, None, None, None, 2]
    assert found["ranked_areas"].unique().to_list() == [2]
    assert found["may_say_highest"].to_list() == [True, None, None, None, False]


def test_an_empty_ranking_is_empty() -> None:
    found = ranked(
        pl.DataFrame({"numerator": [None], "denominator_used": [1000]}, schema_overrides={"numerator": pl.Int64})
    )
    assert found.select("rank", "ranked_areas").row(0) == (None, 0)


def test_equal_rates_share_the_best_rank() -> None:
    assert rank_intervals([10, 20, 5], [100, 200, 100], draws=100).rank.tolist() == [1, 1, 3]


def test_the_highest_count_is_not_surely_the_highest_rate() -> None:
    """Of two with the same rate neither may be called the highest; of two that differ by far, one may."""
    close = ranked(pl.DataFrame({"numerator": [500, 505], "denominator_used": [1_000_000, 1_000_000]}))
    far = ranked(pl.DataFrame({"numerator": [500, 700], "denominator_used": [1_000_000, 1_000_000]}))
    assert close["may_say_highest"].to_list() == [False, False]
    assert far["may_say_highest"].to_list() == [False, True]


def test_an_area_without_a_count_has_no_rank() -> None:
    with pytest.raises(ValueError, match="leave the area out"):
        rank_intervals([1, float("nan")], [10, 10])
