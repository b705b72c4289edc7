#!/usr/bin/env bash
# dagster 1.13.27
#
# Expected: of a day that is no partition key of a monthly partition, time_window_for_partition_key gives the month of the day,
# or raises.
# What happens: it gives the month after: 15 February 2020 is in March. has_partition_key says that the day is no key,
# get_partition_key_for_timestamp gives the right month. And month-ends cannot be keys: day_offset=31 leaves out the months
# without a 31st.
# Output seen on 2026-12-01:
#   is a key: False
#   window: 2020-03-01 to 2020-04-01
#   by timestamp: 2020-02-01
#   month-ends: ['2020-01-31', '2020-03-31', '2020-05-31', '2020-07-31', '2020-08-31', '2020-10-31']
set -euo pipefail

script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-compile dagster==1.13.27

venv/bin/python -W ignore - > output <<'EOF'
from datetime import UTC, datetime

import dagster as dg

months = dg.MonthlyPartitionsDefinition(start_date="2020-01-01", end_date="2021-01-01")
window = months.time_window_for_partition_key("2020-02-15")
print("is a key:", months.has_partition_key("2020-02-15"))
print("window:", window.start.date(), "to", window.end.date())
print("by timestamp:", months.get_partition_key_for_timestamp(datetime(2020, 2, 15, tzinfo=UTC).timestamp()))
ends = dg.MonthlyPartitionsDefinition(start_date="2020-01-01", end_date="2021-01-01", day_offset=31)
print("month-ends:", ends.get_partition_keys())
EOF

diff <(sed -n 's/^#   //p' "$script") output || {
    echo "changed: fifteenth-of-february-is-in-march"
    exit 1
}
echo "holds: a day within a month is given the window of the next month"
