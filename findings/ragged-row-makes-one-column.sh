#!/usr/bin/env bash
# duckdb 2.0.0, polars 2.1.0, pyarrow 26.0.1
#
# Expected: a table of two columns in which one row has one value, or a note with commas, is an error that names the row.
# What happens: DuckDB reads the whole file as one column of text, its heading and all, without an error or a warning, and
# counts the rows. Polars fills the short row and refuses the long one, and PyArrow refuses both. Told the delimiter DuckDB
# still guesses the rest: with the columns named it says which line is wrong.
# Output seen on 2026-12-01:
#   short row, duckdb: ['force,offences'] [('Norfolk,1',), ('Suffolk',), ('Kent,3',)]
#   short row, duckdb with columns: InvalidInputException
#   short row, polars: [('Norfolk', 1), ('Suffolk', None), ('Kent', 3)]
#   short row, pyarrow: ArrowInvalid
#   long row, duckdb: ['force,offences'] [('Norfolk,1',), ('Note: some, and, more',), ('Kent,3',)]
#   long row, duckdb with columns: InvalidInputException
#   long row, polars: ComputeError
#   long row, pyarrow: ArrowInvalid
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
import pyarrow.csv

def outcome(read):
    try:
        return read()
    except (duckdb.Error, pl.exceptions.PolarsError, pyarrow.ArrowInvalid) as error:
        return type(error).__name__

for name, row in (("short", "Suffolk"), ("long", "Note: some, and, more")):
    with open(f"{name}.csv", "w") as file:
        file.write(f"force,offences\nNorfolk,1\n{row}\nKent,3\n")
    table = duckdb.sql(f"from read_csv('{name}.csv')")
    print(f"{name} row, duckdb: {table.columns} {table.fetchall()}")
    named = f"from read_csv('{name}.csv', columns={{'force': 'varchar', 'offences': 'bigint'}})"
    print(f"{name} row, duckdb with columns: {outcome(lambda: duckdb.sql(named).fetchall())}")
    print(f"{name} row, polars: {outcome(lambda: pl.read_csv(f'{name}.csv').rows())}")
    print(f"{name} row, pyarrow: {outcome(lambda: pyarrow.csv.read_csv(f'{name}.csv').num_rows)}")
EOF

diff <(sed -n 's/^#   //p' "$script") output || {
    echo "changed: ragged-row-makes-one-column"
    exit 1
}
echo "holds: a row of another length turns a table into one column of text in DuckDB"
