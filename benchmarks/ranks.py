"""Measures the ranking of 43 synthetic forces: ``python benchmarks/ranks.py`` prints seconds and peak memory for each number of draws."""

import resource
import sys
import time

import numpy as np

from transforms.statistics.ranks import SEED, rank_intervals

FORCES = 43
DRAWS = (20_000, 100_000, 1_000_000)


def main() -> None:
    """Rank the same forces with more and more draws; print one line each."""
    random = np.random.default_rng(SEED)
    populations = random.integers(500_000, 9_000_000, FORCES)
    counts = random.poisson(populations * random.gamma(20, 0.003 / 20, FORCES))
    for draws in DRAWS:
        start = time.perf_counter()
        found = rank_intervals(counts, populations, draws=draws)
        seconds = time.perf_counter() - start
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        width = (found.upper - found.lower + 1).mean()
        sys.stdout.write(
            f"{FORCES} forces, {draws:>9,} draws: {seconds:6.2f} s, peak {memory:,.0f} MB, mean rank interval {width:.1f} ranks\n"
        )


if __name__ == "__main__":
    main()
