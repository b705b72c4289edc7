#!/usr/bin/env bash
# controlchartspy 0.1.3
#
# Expected: an individuals chart of the counts 0, 0, 0, 0, 0, 5 has the mean 0.83 and limits of 2.66 mean moving ranges (1.0) on
# either side; a funnel of standardised ratios gives an area with 0 events a z-value below zero, since it lies below the limits.
# What happens: the only moving range that is not 0 is screened out of its own mean, so that all limits of the individuals chart
# are the mean itself and every month lies outside. In the funnel the area with 0 of 20 expected lies below its 95% limit and
# has no z-value; the same area in a funnel of proportions has one.
# Output seen on 2026-12-01:
#   i chart: 0.83 0.83 0.83
#   c chart: 0.00 0.83 3.57
#   SR funnel: 0.00, lower 95% limit 0.61, z None
#   PR funnel: 0.00, lower 95% limit 55.97, z -9.52
set -euo pipefail

script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-compile controlchartspy==0.1.3

venv/bin/python -W ignore - > output <<'EOF'
from controlchartspy import funnel, spc

months = {"month": [f"2019-0{month}-01" for month in range(1, 7)], "events": [0, 0, 0, 0, 0, 5]}
for kind in ("i", "c"):
    first = spc(months, "month", "events", spc_settings={"chart_type": kind}, return_objs="limits").limits[0]
    print(f"{kind} chart: {first['ll99']:.2f} {first['target']:.2f} {first['ul99']:.2f}")
areas = {"area": ["A", "B", "C"], "events": [0, 80, 50], "expected": [20, 100, 50]}
for kind in ("SR", "PR"):
    limits = funnel(areas, "area", "events", "expected", funnel_settings={"chart_type": kind}, return_objs="limits").limits
    (area,) = (each for each in limits if each["group"] == "A")
    print(f"{kind} funnel: {area['value']:.2f}, lower 95% limit {area['ll95']:.2f}, z {area['z'] and round(area['z'], 2)}")
EOF

diff <(sed -n 's/^#   //p' "$script") output || {
    echo "changed: chart-of-rare-events-without-width"
    exit 1
}
echo "holds: a control chart of rare events has no width, and zero events no z-value"
