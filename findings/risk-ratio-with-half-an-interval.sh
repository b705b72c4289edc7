#!/usr/bin/env bash
# scipy 1.17.1
#
# Expected: 0 of 20 against 5 of 20 is a risk ratio of 0 with an interval from 0 to some finite number; all of 20 against all of
# 20 is 1 with a width.
# What happens: relative_risk(...).confidence_interval() has one known end and one nan (0 to nan, and nan to infinity with the
# samples swapped), so that a test for a missing lower end alone lets it through; all against all is 1 to 1, without any width.
# Output seen on 2026-12-01:
#   (0, 20, 5, 20) 0.0 0.0 nan
#   (5, 20, 0, 20) inf nan inf
#   (20, 20, 20, 20) 1.0 1.0 1.0
set -euo pipefail

script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-compile scipy==1.17.1 numpy==2.4.6

venv/bin/python -W ignore - > output <<'EOF'
from scipy.stats.contingency import relative_risk

for counts in ((0, 20, 5, 20), (5, 20, 0, 20), (20, 20, 20, 20)):
    result = relative_risk(*counts)
    interval = result.confidence_interval(0.95)
    print(counts, float(result.relative_risk), float(interval.low), float(interval.high))
EOF

diff <(sed -n 's/^#   //p' "$script") output || {
    echo "changed: risk-ratio-with-half-an-interval"
    exit 1
}
echo "holds: a risk ratio of zero has a lower end and no upper one"
