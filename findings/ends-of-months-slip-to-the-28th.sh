#!/usr/bin/env bash
# duckdb 2.0.0, polars 2.1.0
#
# Expected: the months from 31 January to 30 June end on 31 January, 28 February, 31 March and so on, in both.
# What happens: a series by one month in DuckDB adds to the day before: after 28 February all months end on the 28th, and the
# last is 28 June. Polars keeps the ends of months. The day and a number of months added at once keep them in DuckDB as well.
# Output seen on 2026-12-01:
#   duckdb, series: 31/01 28/02 28/03 28/04 28/05 28/06
#   duckdb, added at once: 31/01 28/02 31/03 30/04 31/05 30/06
#   polars, range: 31/01 28/02 31/03 30/04 31/05 30/06
set -euo pipefail

script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-compile duckdb==2.0.0 polars==2.1.0

venv/bin/python -W ignore - 2> /dev/null > output <<'EOF'
import datetime as dt

import duckdb
import polars as pl

def shown(days):
    return " ".join(f"{day:%d/%m}" for day in days)

series = duckdb.sql("select unnest(generate_series(date '2019-01-31', date '2019-06-30', interval 1 month)) as month_end").fetchall()
print("duckdb, series:", shown(day for (day,) in series))
added = duckdb.sql("select date '2019-01-31' + to_months(n::integer) from range(6) t(n)").fetchall()
print("duckdb, added at once:", shown(day for (day,) in added))
print("polars, range:", shown(pl.date_range(dt.date(2019, 1, 31), dt.date(2019, 6, 30), "1mo", eager=True)))
EOF

diff <(sed -n 's/^#   //p' "$script") output || {
    echo "changed: ends-of-months-slip-to-the-28th"
    exit 1
}
echo "holds: a series of ends of months slips to the 28th in DuckDB"
