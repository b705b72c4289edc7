#!/usr/bin/env bash
# openpyxl 3.1.5, python-calamine 0.9.1 (written with xlsxwriter 3.3.1)
#
# Expected: a text with the line end of Windows, written into an XLSX cell, is read back as it was.
# What happens: xlsxwriter writes the carriage return as _x000D_, which the format asks for; calamine turns it back, openpyxl
# gives the seven characters as text. A text that holds these characters itself is escaped and comes back right from both, so
# that two different texts are one in openpyxl.
# Output seen on 2026-12-01:
#   openpyxl 'Police Force\r\nArea code' 'Police Force_x000D_\nArea code'
#   openpyxl 'Police Force_x000D_\nArea code' as written
#   openpyxl 'Police Force\nArea code' as written
#   calamine 'Police Force\r\nArea code' as written
#   calamine 'Police Force_x000D_\nArea code' as written
#   calamine 'Police Force\nArea code' as written
set -euo pipefail

script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-compile openpyxl==3.1.5 python-calamine==0.9.1 xlsxwriter==3.3.1

venv/bin/python -W ignore - > output <<'EOF'
import openpyxl
import xlsxwriter
from python_calamine import CalamineWorkbook

texts = ["Police Force\r\nArea code", "Police Force_x000D_\nArea code", "Police Force\nArea code"]
workbook = xlsxwriter.Workbook("t.xlsx")
workbook.add_worksheet().write_row(0, 0, texts)
workbook.close()

seen = {
    "openpyxl": [cell.value for cell in openpyxl.load_workbook("t.xlsx").active[1]],
    "calamine": CalamineWorkbook.from_path("t.xlsx").get_sheet_by_index(0).to_python()[0],
}
for reader, values in seen.items():
    for text, value in zip(texts, values, strict=True):
        print(reader, repr(text), "as written" if value == text else repr(value))
EOF

diff <(sed -n 's/^#   //p' "$script") output || {
    echo "changed: line-end-that-becomes-seven-characters"
    exit 1
}
echo "holds: a Windows line end is read as _x000D_ by openpyxl"
