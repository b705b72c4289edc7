#!/usr/bin/env bash
# statsmodels 0.15.0
#
# Expected: no event in 100 years at risk against 5 in 150 is a rate ratio of 0; a 95% interval by the score method begins at 0
# and ends somewhat above 1.
# What happens: confint_poisson_2indep with compare="ratio", method="score" gives the single point 1.15 for a ratio of 0, and
# with the samples swapped (the ratio is then infinite) the single point 0.87: both on the wrong side of 1. The only warning is
# of a logarithm of zero. `score-log` and `mover` give an interval.
# Output seen on 2026-12-01:
#   score 0 in 100 against 5 in 150: 1.152 to 1.152
#   score-log 0 in 100 against 5 in 150: 0.008 to 2.466
#   mover 0 in 100 against 5 in 150: 0.000 to 1.406
#   score 5 in 150 against 0 in 100: 0.868 to 0.868
set -euo pipefail

script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-compile statsmodels==0.15.0 scipy==1.17.1 numpy==2.4.6 pandas==3.1.1

venv/bin/python -W ignore - > output <<'EOF'
from statsmodels.stats.rates import confint_poisson_2indep

for method in ("score", "score-log", "mover"):
    lower, upper = confint_poisson_2indep(0, 100, 5, 150, method=method, compare="ratio")
    print(f"{method} 0 in 100 against 5 in 150: {lower:.3f} to {upper:.3f}")
lower, upper = confint_poisson_2indep(5, 150, 0, 100, method="score", compare="ratio")
print(f"score 5 in 150 against 0 in 100: {lower:.3f} to {upper:.3f}")
EOF

diff <(sed -n 's/^#   //p' "$script") output || {
    echo "changed: rate-ratio-interval-on-the-wrong-side"
    exit 1
}
echo "holds: the score interval of a ratio of zero is one point above 1"
