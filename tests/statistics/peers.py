"""Peers of our formulas, and the table of what they give: peers.csv, written by ``python -m tests.statistics.peers``.

Computed rows come from the packages that are installed; published rows, whose peer is an R package, are kept as they stand.
"""

import warnings
from collections.abc import Callable, Iterator
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from transforms.statistics.change import (
    exact_rate_ratio_limits,
    poisson_change_p_value,
    quarterly_dispersion,
    rate_ratio,
)
from transforms.statistics.counts import exact_poisson_limits, poisson_limits
from transforms.statistics.dispersion import systematic_component_of_variation
from transforms.statistics.funnel import overdispersion
from transforms.statistics.proportions import proportion

TABLE = Path(__file__).parent / "peers.csv"
LEVELS = (0.8, 0.9, 0.95, 0.99, 0.998)
COUNTS = range(31)
# Numbers of a ratio are events and exposure earlier, then later; unequal, as two reports of fifteen and twelve months are.
EXPOSURES = (15, 12)

Numbers = list[float]
Function = Callable[[Numbers, float], Any]


def areas(numbers: Numbers) -> tuple[Numbers, Numbers]:
    """Counts and populations (or expected counts) in turn, as two lists."""
    return numbers[::2], numbers[1::2]


def ratio(function: Callable[..., Any]) -> Function:
    return lambda n, level: function(n[0], n[2], n[1], n[3], confidence=level)


def p_value(method: Any) -> Function:
    return lambda n, level: (poisson_change_p_value(n[0], n[2], n[1], n[3], method),)


# By the name in the table: limits, or one number, of some numbers at a level.
OURS: dict[str, Function] = {
    "exact_poisson_limits": lambda n, level: exact_poisson_limits(n[0], level),
    "exact_poisson_limits over n": lambda n, level: np.array(exact_poisson_limits(n[0], level)) / n[1],
    "poisson_limits": lambda n, level: poisson_limits(n[0], level),
    "poisson_limits over n": lambda n, level: np.array(poisson_limits(n[0], level)) / n[1],
    "proportion": lambda n, level: proportion(n[0], n[1], level)[1:],
    "rate_ratio": lambda n, level: ratio(rate_ratio)(n, level)[1:3],
    "exact_rate_ratio_limits": ratio(exact_rate_ratio_limits),
    **{f"poisson_change_p_value {name}": p_value(name) for name in ("exact-cond", "cond-midp", "etest", "score")},
    "quarterly_dispersion": lambda n, level: (quarterly_dispersion(n),),
    "systematic_component_of_variation": lambda n, level: (systematic_component_of_variation(*areas(n)),),
    "overdispersion, tau squared": lambda n, level: (overdispersion(*areas(n)).tau_squared,),
}


def statsmodels_rate(method: str) -> Function:
    from statsmodels.stats.rates import confint_poisson

    return lambda n, level: confint_poisson(n[0], 1, method=method, alpha=1 - level)


def statsmodels_proportion(method: str) -> Function:
    from statsmodels.stats.proportion import proportion_confint

    return lambda n, level: proportion_confint(n[0], n[1], method=method, alpha=1 - level)


def statsmodels_ratio(method: str) -> Function:
    from statsmodels.stats.rates import confint_poisson_2indep

    def found(n: Numbers, level: float) -> Any:
        earlier, before, later, after = np.array(n)  # of plain numbers it divides by zero
        return confint_poisson_2indep(later, after, earlier, before, method=method, compare="ratio", alpha=1 - level)

    return found


def statsmodels_p_value(method: str) -> Function:
    from statsmodels.stats.rates import test_poisson_2indep

    def found(n: Numbers, level: float) -> tuple[float]:
        try:
            return (test_poisson_2indep(n[2], n[3], n[0], n[1], method=method).pvalue,)
        except ValueError:  # so it answers zero against zero
            return (float("nan"),)

    return found


def statsmodels_tau_squared(n: Numbers, level: float) -> tuple[float]:
    from statsmodels.stats.meta_analysis import combine_effects

    observed, expected = (np.array(one) for one in areas(n))
    return (combine_effects(np.sqrt(observed / expected) - 1, 1 / (4 * expected), method_re="dl").tau2,)


def epitools_byar(n: Numbers, level: float) -> tuple[float, float]:
    """R's epitools 0.5-10.1 has both limits from O + ½, as the source of its pois.byar says."""
    from scipy.special import ndtri

    moved, z = n[0] + 0.5, ndtri((1 + level) / 2)
    lower, upper = (moved * (1 - 1 / (9 * moved) + sign * z / (3 * np.sqrt(moved))) ** 3 for sign in (-1, 1))
    return lower, upper


def scipy_proportion(method: str) -> Function:
    from scipy.stats import binomtest

    return lambda n, level: binomtest(int(n[0]), int(n[1])).proportion_ci(level, method)


def scipy_ratio(n: Numbers, level: float) -> tuple[float, float]:
    """As R's poisson.test has it: the exact limits of the later events among all, as odds, over the ratio of exposures."""
    from scipy.stats import binomtest

    share = binomtest(int(n[2]), int(n[0] + n[2])).proportion_ci(level, "exact")
    scale = n[1] / n[3]
    return scale * share.low / (1 - share.low), scale * share.high / (1 - share.high) if share.high < 1 else np.inf


def scipy_e_test(n: Numbers, level: float) -> tuple[float]:
    from scipy.stats import poisson_means_test

    return (poisson_means_test(int(n[2]), n[3], int(n[0]), n[1]).pvalue,)


def scipy_dispersion(n: Numbers, level: float) -> tuple[float]:
    """The mean of X² of each two neighbours."""
    from scipy.stats import chisquare

    return (float(np.mean([chisquare(pair).statistic for pair in pairwise(n) if sum(pair)])),)


def scipy_variation(n: Numbers, level: float) -> tuple[float]:
    """SCV×100 of areas with equal populations: 100(X²/k − 1)/E."""
    from scipy.stats import chisquare

    observed = areas(n)[0]
    return (100 * (chisquare(observed).statistic / len(observed) - 1) / np.mean(observed),)


_METHODS = ("exact-cond", "cond-midp", "score")
PEERS: dict[str, Callable[[], Function]] = {
    **{
        f"statsmodels confint_poisson {name}": lambda name=name: statsmodels_rate(name)
        for name in ("exact-c", "midp-c", "sqrt", "wald")
    },
    **{
        f"statsmodels proportion_confint {name}": lambda name=name: statsmodels_proportion(name)
        for name in ("wilson", "jeffreys", "normal")
    },
    **{
        f"statsmodels confint_poisson_2indep {name}": lambda name=name: statsmodels_ratio(name)
        for name in ("wald-log", "score")
    },
    **{
        f"statsmodels test_poisson_2indep {name}": lambda name=name: statsmodels_p_value(name)
        for name in (*_METHODS, "etest")
    },
    "statsmodels combine_effects dl": lambda: statsmodels_tau_squared,
    **{f"scipy proportion_ci {name}": lambda name=name: scipy_proportion(name) for name in ("wilson", "exact")},
    "scipy proportion_ci exact, as a ratio": lambda: scipy_ratio,
    "scipy poisson_means_test": lambda: scipy_e_test,
    "scipy ndtri, in the formula of R epitools 0.5-10.1 pois.byar": lambda: epitools_byar,
    "scipy chisquare of neighbours": lambda: scipy_dispersion,
    "scipy chisquare of equal areas": lambda: scipy_variation,
}

# Why ours is right where the peer has another number; the cases where it has.
BYAR = "From 10 events ours are Byar's limits, which public health publishes; within 0.2% of the exact ones at 95%"
HALF = "The peer takes both limits from a half more than the count; Breslow and Day's, as public health publishes them, are closer to the exact ones"
POINT = "A count of 0 has a single point there, or no width; ours goes from 0 to the exact upper limit"
OUTSIDE = "The peer's interval leaves out the proportion 0 or 1, or has no width; Wilson's holds it and has"
WIDER = "Clopper and Pearson's limits are wider: at least the level in every case, where Wilson's have it on average"
NO_UPPER = "The peer has a lower limit of 0 and no upper one; ours has neither, and the exact limits have both"
SCORE = "The peer inverts the score test, and at 0 has a single point above 1; ours is the exact conditional interval"
ZERO = "Zero against zero is no evidence of a difference: 1.0; the peer has none or raises"
E_TEST = "The peer's statistic is the score; the paper's, and SciPy's, is the difference of rates over its own variance"
FLOOR = "Ours is at least 1: counts vary no less than chance makes them"
TAU = "The peer takes all areas and their mean; ours the common rate, with the outermost tenth pulled in (Spiegelhalter 2005)"


def cases() -> Iterator[tuple[str, str, Numbers, float | None, str, str]]:
    """Of every computed row: kind, our function, numbers, level, peer, and why ours is right where they differ."""
    before, after = EXPOSURES
    for level in LEVELS:
        for count in COUNTS:
            yield "rate", "exact_poisson_limits", [count], level, "statsmodels confint_poisson exact-c", ""
            yield "rate", "poisson_limits", [count], level, "statsmodels confint_poisson exact-c", BYAR
            byar = "scipy ndtri, in the formula of R epitools 0.5-10.1 pois.byar"
            yield "rate", "poisson_limits", [count], level, byar, HALF
            yield "proportion", "proportion", [count, 30], level, "statsmodels proportion_confint wilson", ""
            yield "proportion", "proportion", [count, 30], level, "scipy proportion_ci wilson", ""
            yield "proportion", "proportion", [count, 30], level, "scipy proportion_ci exact", WIDER
            events = [5, before, count, after]
            yield "ratio", "exact_rate_ratio_limits", events, level, "scipy proportion_ci exact, as a ratio", ""
            yield "ratio", "rate_ratio", events, level, "statsmodels confint_poisson_2indep wald-log", NO_UPPER
        for method in ("midp-c", "sqrt", "wald"):
            yield "rate", "exact_poisson_limits", [0], level, f"statsmodels confint_poisson {method}", POINT
        for method in ("jeffreys", "normal"):
            for count in (0, 30):
                yield (
                    "proportion",
                    "proportion",
                    [count, 30],
                    level,
                    f"statsmodels proportion_confint {method}",
                    OUTSIDE,
                )
        score = "statsmodels confint_poisson_2indep score"
        yield "ratio", "exact_rate_ratio_limits", [5, before, 0, after], level, score, SCORE
        yield (
            "ratio",
            "exact_rate_ratio_limits",
            [0, before, 5, after],
            level,
            "scipy proportion_ci exact, as a ratio",
            "",
        )
    for count in COUNTS:
        for earlier in (0, 5):
            events = [earlier, before, count, after]
            for method in _METHODS:
                ours = f"poisson_change_p_value {method}"
                yield "test", ours, events, None, f"statsmodels test_poisson_2indep {method}", ZERO
            yield "test", "poisson_change_p_value etest", events, None, "scipy poisson_means_test", ""
            peer = "statsmodels test_poisson_2indep etest"
            yield "test", "poisson_change_p_value etest", events, None, peer, E_TEST
        quarters = [count, 8, 20, count, 12, 4, count, 9, 30]
        yield "dispersion", "quarterly_dispersion", quarters, None, "scipy chisquare of neighbours", FLOOR
        equal = [count, 1000, 12, 1000, 20, 1000, 15, 1000]
        yield "dispersion", "systematic_component_of_variation", equal, None, "scipy chisquare of equal areas", ""
        expected = [count, 15, 12, 10, 20, 18.5, 15, 12, 9, 14]
        yield "funnel", "overdispersion, tau squared", expected, None, "statsmodels combine_effects dl", TAU
    yield "dispersion", "quarterly_dispersion", [10, 11] * 5, None, "scipy chisquare of neighbours", FLOOR


def same(ours: Any, peers: Any) -> bool:
    """Whether two results agree, to six figures; missing agrees with missing."""
    return bool(
        np.allclose(np.array(ours, dtype=float), np.array(peers, dtype=float), rtol=1e-6, atol=1e-9, equal_nan=True)
    )


def numbers_of(row: dict[str, Any]) -> tuple[Numbers, Numbers]:
    """What a row is of, and what its peer has: one number, or two limits."""
    return [float(one) for one in row["numbers"].split()], [float(one) for one in row["peer_has"].split()]


def result(function: Function, numbers: Numbers, level: float | None) -> Numbers:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of peers that divide by zero events
        return [float(one) for one in function(numbers, level or 0)]


def computed() -> pl.DataFrame:
    """The rows of all computed cases, as the installed packages have them today."""
    rows = []
    for kind, ours, numbers, level, peer, why in cases():
        has = [float(f"{one:.10g}") for one in result(PEERS[peer](), numbers, level)]
        agrees = same(result(OURS[ours], numbers, level), has)
        package, name = peer.split(" ", 1)
        rows.append(
            {
                "kind": kind,
                "ours": ours,
                "numbers": " ".join(f"{one:g}" for one in numbers),
                "level": level,
                "peer": f"{package} {version(package)} {name}",
                "peer_has": " ".join(f"{one:.10g}" for one in has),
                "agrees": "yes" if agrees else "no",
                "why": None if agrees else why,
            }
        )
    return pl.DataFrame(rows)


def published() -> pl.DataFrame:
    """The rows that are copied from what R packages publish."""
    return pl.read_csv(TABLE, schema_overrides={"numbers": pl.String, "peer_has": pl.String}).filter(
        pl.col("peer").str.starts_with("R ")
    )


if __name__ == "__main__":
    pl.concat([published(), computed()], how="diagonal_relaxed").write_csv(TABLE)
