#!/usr/bin/env bash
# pyreadr 0.5.8, pandas 3.1.1 (read with rdata 1.1.0 too)
#
# Expected: a data frame written for R keeps its kinds, all of which R has: dates, times with a zone, whole numbers, factors in
# an order.
# What happens: dates and times become text, and a time loses its zone (half past midnight in London, which is the day before in
# UTC); whole numbers become fractions; an ordered category keeps its levels and loses that they are ordered. Both readers of
# the file say the same. No warning.
# Output seen on 2026-12-01:
#   day: 2019-12-31 is '2019-12-31' and '2019-12-31'
#   time: 2020-07-01 00:30:00+01:00 is '2020-07-01 00:30:00' and '2020-07-01 00:30:00'
#   count: 416 is np.float64(416.0) and np.float64(416.0)
#   grade: good is 'good' and 'good'
#   ordered: True False levels: ['outstanding', 'good', 'inadequate']
set -euo pipefail

script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-compile pyreadr==0.5.8 rdata==1.1.0 pandas==3.1.1

venv/bin/python -W ignore - > output <<'EOF'
import datetime as dt

import pandas as pd
import pyreadr
import rdata

grades = pd.Categorical(["good", "inadequate"], categories=["outstanding", "good", "inadequate"], ordered=True)
stops = pd.DataFrame(
    {
        "day": [dt.date(2019, 12, 31)] * 2,
        "time": pd.to_datetime(["2020-07-01T00:30:00+01:00"] * 2).tz_convert("Europe/London"),
        "count": [416, 9],
        "grade": grades,
    }
)
pyreadr.write_rds("stops.rds", stops)
back, other = pyreadr.read_r("stops.rds")[None], rdata.read_rds("stops.rds")
for name in stops:
    print(f"{name}: {stops[name].iloc[0]} is {back[name].iloc[0]!r} and {other[name].iloc[0]!r}")
print("ordered:", stops["grade"].cat.ordered, back["grade"].cat.ordered, "levels:", list(back["grade"].cat.categories))
EOF

diff <(sed -n 's/^#   //p' "$script") output || {
    echo "changed: dates-and-grades-lost-on-the-way-to-r"
    exit 1
}
echo "holds: dates go to R as text, and grades without their order"
