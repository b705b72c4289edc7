#!/usr/bin/env bash
# duckdb 2.0.0, polars 2.1.0, pyarrow 26.0.1, pandas 3.1.1
#
# Expected: a gzip file that is filled up with zero bytes, as copies from tapes and block storage are, is read by all programs
# or by none: gzip itself passes over the zeros.
# What happens: pandas and Python's own module read the two rows. DuckDB, Polars and PyArrow say that what follows is no gzip,
# and read nothing, although the table before it is whole and its checksum right. An empty member before the table is read by
# all.
# Output seen on 2026-12-01:
#   empty member first, gzip: 2 rows
#   empty member first, pandas: 2 rows
#   empty member first, duckdb: 2 rows
#   empty member first, polars: 2 rows
#   empty member first, pyarrow: 2 rows
#   filled up with zeros, gzip: 2 rows
#   filled up with zeros, pandas: 2 rows
#   filled up with zeros, duckdb: IOException
#   filled up with zeros, polars: OSError
#   filled up with zeros, pyarrow: OSError
set -euo pipefail

script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-compile duckdb==2.0.0 polars==2.1.0 pyarrow==26.0.1 pandas==3.1.1

venv/bin/python -W ignore - 2> /dev/null > output <<'EOF'
import gzip

import duckdb
import pandas as pd
import polars as pl
import pyarrow.csv

table = gzip.compress(b"month,offences\n2019-04,1\n2019-05,2\n")
READERS = {
    "gzip": lambda name: len(gzip.open(name).readlines()) - 1,
    "pandas": lambda name: len(pd.read_csv(name)),
    "duckdb": lambda name: len(duckdb.sql(f"from read_csv('{name}')").fetchall()),
    "polars": lambda name: pl.read_csv(name).height,
    "pyarrow": lambda name: pyarrow.csv.read_csv(name).num_rows,
}
for words, name, content in (
    ("empty member first", "first.csv.gz", gzip.compress(b"") + table),
    ("filled up with zeros", "filled.csv.gz", table + bytes(512)),
):
    with open(name, "wb") as file:
        file.write(content)
    for reader, rows in READERS.items():
        try:
            print(f"{words}, {reader}: {rows(name)} rows")
        except (duckdb.Error, OSError) as error:
            print(f"{words}, {reader}: {type(error).__name__}")
EOF

diff <(sed -n 's/^#   //p' "$script") output || {
    echo "changed: filled-up-archive-read-by-one"
    exit 1
}
echo "holds: a gzip file that is filled up with zeros is read by two readers of five"
