#!/usr/bin/env bash
# pyarrow 26.0.1, polars 2.1.0, duckdb 2.0.0, pandas 3.1.1
#
# Expected: a missing value among the values of a dictionary counts as missing for every program that is given the table.
# What happens: PyArrow counts no missing values; Polars and DuckDB count one. The table cannot be given to pandas, and not be
# written to Parquet. PyArrow finds the missing value once the column is decoded.
# Output seen on 2026-12-01:
#   pyarrow: 0
#   pyarrow, decoded: 1
#   polars: 1
#   duckdb: 1
#   pandas: Categorical categories cannot be null
#   parquet: Writing DictionaryArray with null encoded in dictionary type not yet supported
set -euo pipefail

script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-compile pyarrow==26.0.1 polars==2.1.0 duckdb==2.0.0 pandas==3.1.1

venv/bin/python -W ignore - 2> /dev/null > output <<'EOF'
import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet

codes = pa.array([0, 1, 2])
inspections = pa.table({"grade": pa.DictionaryArray.from_arrays(codes, pa.array(["good", None, "poor"]))})
print("pyarrow:", inspections["grade"].null_count)
print("pyarrow, decoded:", inspections["grade"].cast(pa.string()).null_count)
print("polars:", pl.from_arrow(inspections)["grade"].null_count())
print("duckdb:", duckdb.sql("select count(*) - count(grade) from inspections").fetchall()[0][0])
for words, use in (
    ("pandas", inspections.to_pandas),
    ("parquet", lambda: pyarrow.parquet.write_table(inspections, "t.parquet")),
):
    try:
        use()
    except (ValueError, NotImplementedError) as error:
        print(f"{words}: {error}")
EOF

diff <(sed -n 's/^#   //p' "$script") output || {
    echo "changed: missing-value-that-is-a-grade"
    exit 1
}
echo "holds: a missing value of a dictionary is missing to two programs of four"
