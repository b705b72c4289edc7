#!/usr/bin/env bash
# duckdb 2.0.0, polars 2.1.0
#
# Expected: a rate rounded in SQL and the same rate rounded in Polars have the same digits: both round halves away from zero, as
# a reader of statistics does.
# What happens: DuckDB rounds halves away from zero, Polars to the even digit: 2.5 is 3 and 2, 0.25 to one place is 0.3 and 0.2.
# Half of all exact halves differ, and a table made half in SQL and half in Polars contradicts itself in its last digit.
# Output seen on 2026-12-01:
#   0.5 DuckDB 1.0 Polars 0.0
#   1.5 DuckDB 2.0 Polars 2.0
#   2.5 DuckDB 3.0 Polars 2.0
#   -2.5 DuckDB -3.0 Polars -2.0
#   0.25 DuckDB 0.3 Polars 0.2
#   0.75 DuckDB 0.8 Polars 0.8
#   12.5 DuckDB 13.0 Polars 12.0
set -euo pipefail

script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-compile duckdb==2.0.0 polars==2.1.0 pyarrow==26.0.1

venv/bin/python -W ignore - > output <<'EOF'
import duckdb
import polars as pl

for value, places in ((0.5, 0), (1.5, 0), (2.5, 0), (-2.5, 0), (0.25, 1), (0.75, 1), (12.5, 0)):
    ((there,),) = duckdb.sql(f"select round({value}::double, {places})").fetchall()
    print(value, "DuckDB", there, "Polars", pl.select(pl.lit(value).round(places)).item())
EOF

diff <(sed -n 's/^#   //p' "$script") output || {
    echo "changed: half-rounded-two-ways"
    exit 1
}
echo "holds: DuckDB and Polars round a half to different digits"
