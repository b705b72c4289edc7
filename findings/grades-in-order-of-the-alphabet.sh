#!/usr/bin/env bash
# duckdb 2.0.0, polars 2.1.0
#
# Expected: a Polars Enum is an ENUM in DuckDB, which sorts by the order of its values too: the worst grade is the greatest in
# both.
# What happens: the Enum is VARCHAR in DuckDB, from memory and from Parquet alike, and sorts by the alphabet. The greatest of
# the grades is `inadequate` in Polars and `outstanding` in DuckDB. A cast to a DuckDB ENUM brings the order back.
# Output seen on 2026-12-01:
#   Polars: ['outstanding', 'good', 'inadequate'] inadequate
#   DuckDB: VARCHAR ['good', 'inadequate', 'outstanding'] ('outstanding',)
#   DuckDB: VARCHAR ['good', 'inadequate', 'outstanding'] ('outstanding',)
#   cast: ('inadequate',)
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

grades = ["outstanding", "good", "requires improvement", "inadequate"]
forces = pl.DataFrame({"grade": pl.Series(["good", "inadequate", "outstanding"], dtype=pl.Enum(grades))})
forces.write_parquet("forces.parquet")
print("Polars:", forces["grade"].sort().to_list(), forces["grade"].max())
for table in ("forces", "'forces.parquet'"):
    (kind,), *_ = duckdb.sql(f"select distinct typeof(grade) from {table}").fetchall()
    ordered = [grade for (grade,) in duckdb.sql(f"select grade from {table} order by grade").fetchall()]
    print("DuckDB:", kind, ordered, *duckdb.sql(f"select max(grade) from {table}").fetchall())
duckdb.sql(f"create type grades as enum {tuple(grades)}")
print("cast:", *duckdb.sql("select max(grade::grades) from forces").fetchall())
EOF

diff <(sed -n 's/^#   //p' "$script") output || {
    echo "changed: grades-in-order-of-the-alphabet"
    exit 1
}
echo "holds: the best grade is the greatest in DuckDB, the worst in Polars"
