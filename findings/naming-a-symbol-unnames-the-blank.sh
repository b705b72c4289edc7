#!/usr/bin/env bash
# duckdb 2.0.0, polars 2.1.0
#
# Expected: naming the symbols .. and - as missing makes them missing and leaves a blank cell missing, so that the column is
# one of whole numbers.
# What happens: in DuckDB the list takes the place of the blank: a blank is then an empty text, and the column is text. Naming
# the blank as well gives whole numbers. In Polars a blank stays missing, whatever is named.
# Output seen on 2026-12-01:
#   duckdb ['..', '-']: VARCHAR ['1', None, None, '']
#   duckdb ['..', '-', '']: BIGINT [1, None, None, None]
#   polars: Int64 [1, None, None, None]
set -euo pipefail

script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-compile duckdb==2.0.0 polars==2.1.0

venv/bin/python -W ignore - 2> /dev/null > output <<'EOF'
import duckdb
import polars as pl

with open("t.csv", "w") as file:
    file.write("force,offences\nNorfolk,1\nSuffolk,..\nKent,-\nEssex,\n")
for symbols in (["..", "-"], ["..", "-", ""]):
    table = duckdb.sql(f"select offences from read_csv('t.csv', nullstr={symbols})")
    print(f"duckdb {symbols}: {table.types[0]} {[value for (value,) in table.fetchall()]}")
table = pl.read_csv("t.csv", null_values=["..", "-"])
print(f"polars: {table['offences'].dtype} {table['offences'].to_list()}")
EOF

diff <(sed -n 's/^#   //p' "$script") output || {
    echo "changed: naming-a-symbol-unnames-the-blank"
    exit 1
}
echo "holds: naming symbols as missing makes a blank an empty text in DuckDB"
