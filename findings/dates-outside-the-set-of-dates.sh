#!/usr/bin/env bash
# great-expectations 1.24.1, pandas 3.1.1, polars 2.1.0
#
# Expected: a column of dates from Polars is checked against dates: the same dates are in a set of them, and within a range of
# them.
# What happens: the column arrives as datetime64, and each rule takes the same date otherwise: the set of dates calls every date
# unexpected (bad data, not an error), the range raises, the regular expression passes. With datetimes at midnight set and range
# pass; texts do in neither.
# Output seen on 2026-12-01:
#   datetime.date(2019, 12, 31): in set False, between raised
#   datetime.datetime(2019, 12, 31, 0, 0): in set True, between True
#   '2019-12-31': in set False, between raised
#   regular expression: True
set -euo pipefail

script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-compile great-expectations==1.24.1 pandas==3.1.1 polars==2.1.0 pyarrow==26.0.1

venv/bin/python -W ignore - 2> /dev/null > output <<'EOF'
import os

os.environ["GX_ANALYTICS_ENABLED"] = "false"
import datetime as dt

import great_expectations as gx
import great_expectations.expectations as rules
import polars as pl
from great_expectations.data_context.types.base import ProgressBarsConfig

context = gx.get_context(mode="ephemeral")
context.variables.progress_bars = ProgressBarsConfig(globally=False)
whole = context.data_sources.add_pandas("p").add_dataframe_asset("t").add_batch_definition_whole_dataframe("b")

day = dt.date(2019, 12, 31)
batch = whole.get_batch({"dataframe": pl.DataFrame({"period_end": [day]}).to_pandas()})

def verdict(rule):
    result = batch.validate(rule, result_format="COMPLETE")
    return result.success if result.result else "raised"

for value in (day, dt.datetime(2019, 12, 31), "2019-12-31"):
    within = verdict(rules.ExpectColumnValuesToBeInSet(column="period_end", value_set=[value]))
    above = verdict(rules.ExpectColumnValuesToBeBetween(column="period_end", min_value=value))
    print(f"{value!r}: in set {within}, between {above}")
print("regular expression:", verdict(rules.ExpectColumnValuesToMatchRegex(column="period_end", regex="^2019-12-31$")))
EOF

diff <(sed -n 's/^#   //p' "$script") output || {
    echo "changed: dates-outside-the-set-of-dates"
    exit 1
}
echo "holds: every date is outside a set of the same dates, and a range of dates raises"
