#!/usr/bin/env bash
# polars 2.1.0, xlsxwriter 3.3.1 (read with openpyxl 3.1.5)
#
# Expected: a rate that is no number (nan) is a blank cell in a workbook, as a missing rate is; a whole number of seventeen
# digits is kept or refused.
# What happens: the cell is the formula =#NUM! with the value #NUM!, which a reader of the workbook sees, and of which a sum is
# an error. A missing rate is a blank. Of the whole number the last digits are others.
# Output seen on 2026-12-01:
#   written: ['rate', 1.5, None, '=#NUM!']
#   shown: ['rate', 1.5, None, '#NUM!']
#   reference: 12345678901234570
set -euo pipefail

script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-compile polars==2.1.0 xlsxwriter==3.3.1 openpyxl==3.1.5

venv/bin/python -W ignore - 2> /dev/null > output <<'EOF'
import openpyxl
import polars as pl

pl.DataFrame({"rate": [1.5, None, float("nan")], "reference": [1, None, 12345678901234567]}).write_excel("t.xlsx")
for words, values_only in (("written", False), ("shown", True)):
    sheet = openpyxl.load_workbook("t.xlsx", data_only=values_only).active
    print(f"{words}: {[cell.value for cell in sheet['A']]}")
print(f"reference: {sheet['B4'].value:.0f}")
EOF

diff <(sed -n 's/^#   //p' "$script") output || {
    echo "changed: unknown-rate-is-a-formula"
    exit 1
}
echo "holds: a rate that is no number is the formula =#NUM! in a workbook"
