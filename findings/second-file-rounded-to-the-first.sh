#!/usr/bin/env bash
# duckdb 2.0.0, polars 2.1.0
#
# Expected: of two Parquet files read by one pattern, one with whole numbers and one with fractions, DuckDB makes a column of
# fractions, or refuses.
# What happens: the first file by name decides: 1.5 in the second is read as 2, and a column that only the second has is left
# out, without a word. With the files in the other order it is an error, because then the column is missing. union_by_name=true
# reads both right. Polars refuses the same pair.
# Output seen on 2026-12-01:
#   by pattern: [('A', 1), ('B', 2)]
#   by name: [('A', 1.0, None), ('B', 1.5, 'revised')]
#   other order: True
#   Polars: data type mismatch for column rate: incoming: Float64 != target: Int64
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

pl.DataFrame({"area": ["A"], "rate": [1]}).write_parquet("2018.parquet")
pl.DataFrame({"area": ["B"], "rate": [1.5], "note": ["revised"]}).write_parquet("2019.parquet")
print("by pattern:", duckdb.sql("select * from '*.parquet' order by area").fetchall())
print("by name:", duckdb.sql("select * from read_parquet('*.parquet', union_by_name=true) order by area").fetchall())
try:
    duckdb.sql("select * from read_parquet(['2019.parquet', '2018.parquet'])").fetchall()
except duckdb.InvalidInputException as error:
    print("other order:", "schema mismatch" in str(error))
try:
    pl.scan_parquet("*.parquet").collect()
except pl.exceptions.SchemaError as error:
    print("Polars:", str(error).splitlines()[0])
EOF

diff <(sed -n 's/^#   //p' "$script") output || {
    echo "changed: second-file-rounded-to-the-first"
    exit 1
}
echo "holds: fractions of a second Parquet file are rounded to the first file's whole numbers"
