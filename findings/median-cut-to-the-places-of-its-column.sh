#!/usr/bin/env bash
# duckdb 2.0.0, polars 2.1.0
#
# Expected: the median of the rates 1.5 and 1.6 is 1.55, like their mean.
# What happens: for decimals the median keeps the places of the column and is 1.5; the mean is 1.55. The median of the whole
# numbers 1 and 2 is 1.5 with a place more, and Polars has 1.55 for the same decimals. A number with a point in a query is a
# decimal, so a median of literals is cut as well.
# Output seen on 2026-12-01:
#   duckdb, decimals: ['1.5', '1.5', '1.55', 'DECIMAL(10,1)']
#   duckdb, whole numbers: 1.5
#   duckdb, literals: 1.5
#   polars, decimals: 1.55
set -euo pipefail

script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-compile duckdb==2.0.0 polars==2.1.0 pyarrow==26.0.1

venv/bin/python -W ignore - 2> /dev/null > output <<'EOF'
import duckdb
import polars as pl

rates = pl.DataFrame({"rate": ["1.5", "1.6"]}).cast(pl.Decimal(10, 1))
found = duckdb.sql("select median(rate), quantile_cont(rate, 0.5), avg(rate), typeof(median(rate)) from rates")
print("duckdb, decimals:", [str(value) for value in found.fetchall()[0]])
print("duckdb, whole numbers:", duckdb.sql("select median(n) from (values (1), (2)) t(n)").fetchall()[0][0])
print("duckdb, literals:", duckdb.sql("select median(n) from (values (1.5), (1.6)) t(n)").fetchall()[0][0])
print("polars, decimals:", rates["rate"].median())
EOF

diff <(sed -n 's/^#   //p' "$script") output || {
    echo "changed: median-cut-to-the-places-of-its-column"
    exit 1
}
echo "holds: a median of decimals has no more places than its column in DuckDB"
