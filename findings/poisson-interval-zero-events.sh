#!/usr/bin/env bash
# statsmodels 0.15.0
#
# Expected: the interval of a Poisson count of 0 begins at 0 and has an upper end near 3 to 3.8, whatever the method; only the
# Wald interval has no width.
# What happens: two of the ten methods of confint_poisson have no width either, and leave out the count itself: `midp-c` is the
# single point 3.0 (its lower end should be 0) and `sqrt` the single point 0.96. With one event both are ordinary intervals.
# Output seen on 2026-12-01:
#   exact-c 0: 0.000 to 3.689
#   exact-c 1: 0.025 to 5.572
#   score 0: 0.000 to 3.841
#   score 1: 0.177 to 5.665
#   wald 0: 0.000 to 0.000
#   wald 1: 0.000 to 2.960
#   sqrt 0: 0.960 to 0.960
#   sqrt 1: 0.000 to 3.920
#   midp-c 0: 2.996 to 2.996
#   midp-c 1: 0.050 to 4.932
set -euo pipefail

script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-compile statsmodels==0.15.0 scipy==1.17.1 numpy==2.4.6 pandas==3.1.1

venv/bin/python -W ignore - > output <<'EOF'
from statsmodels.stats.rates import confint_poisson

for method in ("exact-c", "score", "wald", "sqrt", "midp-c"):
    for count in (0, 1):
        lower, upper = confint_poisson(count, 1, method=method)
        print(f"{method} {count}: {lower:.3f} to {upper:.3f}")
EOF

diff <(sed -n 's/^#   //p' "$script") output || {
    echo "changed: poisson-interval-zero-events"
    exit 1
}
echo "holds: two intervals of zero events are a point that is not zero"
