#!/usr/bin/env bash
# pandas 3.1.1 reading ODS (odfpy 1.4.1) and XLSX (openpyxl 3.1.5)
#
# Expected: cells that the file itself calls text stay text: only a CSV file needs guesses, a spreadsheet says what each cell
# is.
# What happens: read_excel guesses again as in a CSV: the text cells 4.1 and 4.10 (manslaughter and corporate manslaughter in
# the Home Office's offence codes) both become the number 4.1, and NA becomes missing. One code with a letter anywhere in the
# column, and all stay text. dtype=str keeps them.
# Output seen on 2026-12-01:
#   ['4.1', '4.10', '0012', 'NA'] t.ods [4.1, 4.1, 12.0, nan]
#   ['4.1', '4.10', '0012', 'NA'] t.xlsx [4.1, 4.1, 12.0, nan]
#   ['4.1', '4.10', '8Q'] t.ods ['4.1', '4.10', '8Q']
#   ['4.1', '4.10', '8Q'] t.xlsx ['4.1', '4.10', '8Q']
#   dtype=str ['4.1', '4.10', '8Q']
set -euo pipefail

script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-compile pandas==3.1.1 numpy==2.4.6 odfpy==1.4.1 openpyxl==3.1.5

venv/bin/python -W ignore - > output <<'EOF'
import pandas as pd
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P
from openpyxl import Workbook

def write(codes):
    sheet, workbook = Table(name="T"), Workbook()
    for code in codes:
        row, cell = TableRow(), TableCell(valuetype="string")
        cell.addElement(P(text=code))
        row.addElement(cell)
        sheet.addElement(row)
        workbook.active.append([code])
    document = OpenDocumentSpreadsheet()
    document.spreadsheet.addElement(sheet)
    document.save("t.ods")
    workbook.save("t.xlsx")

for codes in (["4.1", "4.10", "0012", "NA"], ["4.1", "4.10", "8Q"]):
    write(codes)
    for path in ("t.ods", "t.xlsx"):
        print(codes, path, pd.read_excel(path, header=None)[0].tolist())
print("dtype=str", pd.read_excel("t.ods", header=None, dtype=str)[0].tolist())
EOF

diff <(sed -n 's/^#   //p' "$script") output || {
    echo "changed: offence-code-loses-its-zero"
    exit 1
}
echo "holds: two offence codes in text cells become one number"
