"""Our formulas beside those that statisticians use, on counts from zero to all: where they agree, and why not elsewhere."""

from typing import Any

import numpy as np
import polars as pl
import pytest

from tests.statistics import peers
from tests.statistics.peers import COUNTS, LEVELS, OURS, TABLE, numbers_of, result, same
from transforms.statistics.counts import exact_poisson_limits, poisson_limits

ROWS = pl.read_csv(TABLE, schema_overrides={"numbers": pl.String, "peer_has": pl.String, "level": pl.Float64})
PUBLISHED = pl.col("peer").str.starts_with("R ")
LIMITS = ("exact_poisson_limits", "poisson_limits", "proportion", "exact_rate_ratio_limits")


def places(printed: str) -> float:
    """Half a unit of the last figure that a publication prints."""
    return 0.5 * 10.0 ** -len(printed.partition(".")[2])


@pytest.mark.parametrize("ours", sorted(set(ROWS["ours"])))
def test_ours_agree_with_the_peers_that_the_table_says_and_with_no_other(ours: str) -> None:
    for row in ROWS.filter(~PUBLISHED, ours=ours).iter_rows(named=True):
        numbers, peer_has = numbers_of(row)
        found = result(OURS[ours], numbers, row["level"])
        assert same(found, peer_has) == (row["agrees"] == "yes"), f"{row}: ours {found}"


@pytest.mark.parametrize("row", ROWS.filter(PUBLISHED).to_dicts(), ids=lambda row: f"{row['ours']} {row['numbers']}")
def test_ours_are_what_is_published_to_the_last_figure_that_is_printed(row: dict[str, Any]) -> None:
    numbers, _ = numbers_of(row)
    for ours, printed in zip(result(OURS[row["ours"]], numbers, row["level"]), row["peer_has"].split(), strict=True):
        assert ours == pytest.approx(float(printed), rel=1e-6, abs=places(printed))


def test_the_table_goes_from_zero_to_all_events_at_five_levels() -> None:
    for ours, numbers in {
        "exact_poisson_limits": "{}",
        "poisson_limits": "{}",
        "proportion": "{} 30",
        "exact_rate_ratio_limits": "5 15 {} 12",
        "rate_ratio": "5 15 {} 12",
    }.items():
        held = set(ROWS.filter(ours=ours).select("numbers", "level").rows())
        assert held >= {(numbers.format(count), level) for count in COUNTS for level in LEVELS}
    assert set(ROWS["ours"]) == set(OURS)
    assert set(ROWS["kind"]) == {"rate", "proportion", "ratio", "test", "funnel", "dispersion"}


def test_whoever_differs_is_told_why_ours_is_right() -> None:
    assert ROWS.filter(agrees="no")["why"].null_count() == 0
    assert ROWS.filter(agrees="yes")["why"].null_count() == ROWS.filter(agrees="yes").height


def test_ours_have_a_width_and_hold_their_estimate_at_zero_and_at_all() -> None:
    """Where peers have a single point, or leave the estimate out, in the rows that say so."""
    for row in ROWS.filter(~PUBLISHED, pl.col("ours").is_in(LIMITS)).iter_rows(named=True):
        numbers, _ = numbers_of(row)
        lower, upper = result(OURS[row["ours"]], numbers, row["level"])
        assert lower < upper
        if row["kind"] == "ratio":
            earlier, before, later, after = numbers
            estimate = later / after / (earlier / before) if earlier else float("inf")
        else:
            estimate = numbers[0] / (numbers[1] if row["kind"] == "proportion" else 1)
        assert lower <= estimate <= upper
    points = ROWS.filter(pl.col("why").is_in([peers.POINT, peers.OUTSIDE, peers.SCORE]))
    assert points.height == (3 + 2 * 2 + 1) * len(LEVELS)
    for row in points.iter_rows(named=True):
        (_, (lower, upper)), first = numbers_of(row), row["numbers"].split()[0]
        estimate = float(first) / 30 if row["kind"] == "proportion" else 0
        assert lower == upper or not lower <= estimate <= upper


def test_byars_limits_as_public_health_has_them_are_closer_than_with_a_half_added() -> None:
    for level in LEVELS:
        for count in COUNTS:
            exact, ours = np.array(exact_poisson_limits(count, level)), np.array(poisson_limits(count, level))
            half = np.array(peers.epitools_byar([count], level))
            assert abs(ours - exact).max() < abs(half - exact).max()


@pytest.mark.full
def test_the_table_is_what_the_peers_have() -> None:
    """Computed again by the installed packages: a new release that answers otherwise is found here."""
    again = peers.computed()
    kept = ROWS.filter(~PUBLISHED)
    assert again.drop("peer_has").equals(kept.drop("peer_has"))
    for row, now in zip(kept.iter_rows(named=True), again.iter_rows(named=True), strict=True):
        assert same(numbers_of(row)[1], numbers_of(now)[1]), row
