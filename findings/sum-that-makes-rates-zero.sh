#!/usr/bin/env bash
# duckdb 2.0.0, polars 2.1.0
#
# Expected: a sum of whole numbers in DuckDB is a whole number in Polars, and events divided by residents is a fraction.
# What happens: sum() of whole numbers is HUGEINT and comes to Polars as Decimal(38, 0). A quotient of two such columns is
# rounded to a whole number: 3 in 8 is 0, and a share of the total is 0 or 1. In JSON the sum is a text; it joins with no
# integer column. count(*) comes as Int64; the same quotient inside DuckDB is 0.375.
# Output seen on 2026-12-01:
#   {'area': 'String', 'events': 'Decimal(precision=38, scale=0)', 'residents': 'Decimal(precision=38, scale=0)', 'rate': 'Float64', 'rows': 'Int64'}
#   rate in DuckDB: [0.375, 1.667]
#   rate in Polars: [Decimal('0'), Decimal('2')]
#   share in Polars: [Decimal('0'), Decimal('1')]
#   [{"events":"3"},{"events":"5"}]
#   datatypes of join keys don't match - `events`: decimal[38,0] on left does not match `events`: i64 on right (and no other type was available to cast to)
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

areas = pl.DataFrame({"area": ["A", "A", "B"], "events": [1, 2, 5], "residents": [4, 4, 3]})
sums = duckdb.sql("""
    select area, sum(events) events, sum(residents) residents, sum(events) / sum(residents) rate, count(*) rows
    from areas group by area order by area
""").pl()
print({name: str(kind) for name, kind in sums.schema.items()})
print("rate in DuckDB:", [round(rate, 3) for rate in sums["rate"]])
print("rate in Polars:", sums.select(pl.col("events") / pl.col("residents")).to_series().to_list())
print("share in Polars:", sums.select(pl.col("events") / pl.col("events").sum()).to_series().to_list())
print(sums.select("events").write_json())
try:
    sums.join(areas, on="events")
except pl.exceptions.SchemaError as error:
    print(str(error).splitlines()[0])
EOF

diff <(sed -n 's/^#   //p' "$script") output || {
    echo "changed: sum-that-makes-rates-zero"
    exit 1
}
echo "holds: rates of sums that come from DuckDB are rounded to whole numbers in Polars"
