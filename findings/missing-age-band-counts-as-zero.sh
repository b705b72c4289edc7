#!/usr/bin/env bash
# PHStatsMethods 0.1.16
#
# Expected: an area with a missing count in one age band has no rate, whichever of the package's functions computes it: missing
# stays missing.
# What happens: ph_rate leaves the area without a rate; ph_ISRatio and ph_dsr, given the same rows, count the missing band as 0
# events and give a ratio and a rate that look like any other, too low by what is missing.
# Output seen on 2026-12-01:
#   ph_rate [nan, 36.67]
#   ph_ISRatio [0.33, 0.73]
#   ph_dsr [22.0, 40.0]
set -euo pipefail

script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-compile phstatsmethods==0.1.16 pandas==3.1.1 scipy==1.17.1 numpy==2.4.6

venv/bin/python -W ignore - > output <<'EOF'
import pandas as pd
from PHStatsMethods import ph_dsr, ph_ISRatio, ph_rate

rows = pd.DataFrame(
    {
        "area": ["A"] * 3 + ["B"] * 3,
        "events": [40, None, 10, 40, 60, 10],
        "residents": [1000] * 6,
        "events_of_all": [100] * 6,
        "residents_of_all": [2000] * 6,
        "standard": [5000, 3000, 2000] * 2,
    }
)
print("ph_rate", ph_rate(rows, "events", "residents", "area", multiplier=1000)["Value"].round(2).tolist())
ratio = ph_ISRatio(rows, "events", "residents", "events_of_all", "residents_of_all", "area")
print("ph_ISRatio", ratio["Value"].round(2).tolist())
rate = ph_dsr(rows, "events", "residents", "standard", "area", euro_standard_pops=False, multiplier=1000)
print("ph_dsr", rate["Value"].round(2).tolist())
EOF

diff <(sed -n 's/^#   //p' "$script") output || {
    echo "changed: missing-age-band-counts-as-zero"
    exit 1
}
echo "holds: a missing age band is zero events in two functions and missing in a third"
