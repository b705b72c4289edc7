#!/usr/bin/env bash
# gptables 2.0.2, pandas 3.1.1 (read with openpyxl 3.1.5)
#
# Expected: a column of dates is written as dates that a reader sees as such; a note on a column is found by the column's name,
# whether or not the column has a unit.
# What happens: a date is written as the number of days with the format General: readers see 43830. With a unit and a note on
# one column, its name is no longer found (KeyError), because the unit has been added to the heading by then; the column's
# position works.
# Output seen on 2026-12-01:
#   date 43830 General
#   Timestamp 43830 General
#   note and unit by 'Offences': KeyError 'Offences'
#   note and unit by 1: written
set -euo pipefail

script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-compile gptables==2.0.2 pandas==3.1.1 openpyxl==3.1.5

venv/bin/python -W ignore - > output <<'EOF'
import datetime as dt

import gptables
import openpyxl
import pandas as pd

def cell(table, address, **options):
    whole = gptables.GPTable(
        table=table, table_name="t", title="T", scope="offences", source="synthetic", subtitles=[], index_columns={1: 0}, **options
    )
    gptables.produce_workbook(filename="t.xlsx", sheets={"Table": whole}).close()
    return openpyxl.load_workbook("t.xlsx")["Table"][address]

for date in (dt.date(2019, 12, 31), pd.Timestamp("2019-12-31")):
    table = pd.DataFrame({"Area": ["Norfolk"], "Period ends": [date]})
    found = cell(table, "B6")
    print(type(date).__name__, found.value, found.number_format)
counts = pd.DataFrame({"Area": ["Norfolk"], "Offences": [416]})
for column in ("Offences", 1):
    try:
        cell(counts, "B6", units={column: "number"}, table_notes={column: "$$note$$"})
        print(f"note and unit by {column!r}: written")
    except KeyError as error:
        print(f"note and unit by {column!r}: KeyError {error}")
EOF

diff <(sed -n 's/^#   //p' "$script") output || {
    echo "changed: date-in-an-official-workbook"
    exit 1
}
echo "holds: a date is the number 43830 in a workbook by gptables"
