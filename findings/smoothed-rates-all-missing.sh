#!/usr/bin/env bash
# esda 2.9.0
#
# Expected: smoothed rates of areas without events are 0; an area without residents is missing, and the others keep their
# rates.
# What happens: when no area has an event all rates are nan. One area without residents makes the rates of all areas nan, while
# an area with residents and no events is smoothed as expected.
# Output seen on 2026-12-01:
#   an area without events: [0.005, 0.0133, 0.0133]
#   no events at all: [nan, nan, nan]
#   an area without residents: [nan, nan, nan]
set -euo pipefail

script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-compile esda==2.9.0 pandas==3.1.1 scipy==1.17.1 numpy==2.4.6

venv/bin/python -W ignore - 2> /dev/null > output <<'EOF'
import numpy as np
from esda.smoothing import Empirical_Bayes

for words, events, residents in (
    ("an area without events", [1, 2, 0], [100, 200, 50]),
    ("no events at all", [0, 0, 0], [100, 200, 50]),
    ("an area without residents", [1, 2, 0], [100, 200, 0]),
):
    rates = Empirical_Bayes(np.array(events), np.array(residents)).r.ravel()
    print(f"{words}: {[round(float(rate), 4) for rate in rates]}")
EOF

diff <(sed -n 's/^#   //p' "$script") output || {
    echo "changed: smoothed-rates-all-missing"
    exit 1
}
echo "holds: one area without residents takes the smoothed rates of all areas"
