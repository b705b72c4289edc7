#!/usr/bin/env bash
# PHStatsMethods 0.1.16
#
# Expected: ph_rate gives an area without events the rate 0 with the exact interval from 0 to 3.69 events: its documentation
# says that counts below 10 get the exact method.
# What happens: one area with a count of 0 makes ph_rate raise for the whole table, with the message that the value must be
# positive; exact_lower(0) alone is nan, not 0. ph_proportion takes 0. A missing count does not raise: its row is missing.
# Output seen on 2026-12-01:
#   ph_rate: 'Value' must be a positive number
#   exact: nan 3.6889
#   ph_proportion: [0.0, 0.012]
#   ph_rate, one missing: [nan, 1200.0]
set -euo pipefail

script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-compile phstatsmethods==0.1.16 pandas==3.1.1 scipy==1.17.1 numpy==2.4.6

venv/bin/python -W ignore - > output <<'EOF'
import pandas as pd
from PHStatsMethods import exact_lower, exact_upper, ph_proportion, ph_rate

areas = pd.DataFrame({"area": ["A", "B"], "events": [0, 12], "residents": [1000, 1000]})
try:
    ph_rate(areas, "events", "residents", "area")
except ValueError as error:
    print("ph_rate:", error)
print("exact:", exact_lower(0), round(exact_upper(0), 4))
print("ph_proportion:", ph_proportion(areas, "events", "residents", "area")["Value"].tolist())
gap = ph_rate(areas.assign(events=[None, 12.0]), "events", "residents", "area")
print("ph_rate, one missing:", gap["Value"].tolist())
EOF

diff <(sed -n 's/^#   //p' "$script") output || {
    echo "changed: public-health-rate-refuses-zero"
    exit 1
}
echo "holds: one area with zero events stops the rates of all areas"
