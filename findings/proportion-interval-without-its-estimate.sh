#!/usr/bin/env bash
# statsmodels 0.15.0
#
# Expected: an interval of a proportion holds the proportion: 0 of 20 begins at 0, 20 of 20 ends at 1 (the usual Jeffreys
# interval is set to 0 and 1 there).
# What happens: proportion_confint with method="jeffreys" is not set to 0 and 1: the interval of 0 of 20 begins above 0 and that
# of 20 of 20 ends below 1, so that the estimate lies outside its own interval. Clopper-Pearson (`beta`) and Agresti-Coull hold
# it.
# Output seen on 2026-12-01:
#   jeffreys 0 of 20: 0.000024 to 0.116639, holds it: False
#   jeffreys 20 of 20: 0.883361 to 0.999976, holds it: False
#   beta 0 of 20: 0.000000 to 0.168433, holds it: True
#   beta 20 of 20: 0.831567 to 1.000000, holds it: True
#   agresti_coull 0 of 20: 0.000000 to 0.189810, holds it: True
#   agresti_coull 20 of 20: 0.810190 to 1.000000, holds it: True
set -euo pipefail

script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-compile statsmodels==0.15.0 scipy==1.17.1 numpy==2.4.6 pandas==3.1.1

venv/bin/python -W ignore - > output <<'EOF'
from statsmodels.stats.proportion import proportion_confint

for method in ("jeffreys", "beta", "agresti_coull"):
    for count in (0, 20):
        lower, upper = proportion_confint(count, 20, method=method)
        print(f"{method} {count} of 20: {lower:.6f} to {upper:.6f}, holds it: {bool(lower <= count / 20 <= upper)}")
EOF

diff <(sed -n 's/^#   //p' "$script") output || {
    echo "changed: proportion-interval-without-its-estimate"
    exit 1
}
echo "holds: the Jeffreys interval of none or all leaves out the proportion"
