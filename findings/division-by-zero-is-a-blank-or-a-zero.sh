#!/usr/bin/env bash
# python-calamine 0.9.1, with odfpy 1.4.1 through pandas 3.1.1, ezodf 0.3.2, odfdo 3.27.3, openpyxl 3.1.5, xlsxwriter 3.3.1
#
# Expected: a cell whose formula failed (#DIV/0!, #REF!) is an error or its text to every reader, never a blank and never a
# number.
# What happens: calamine gives a blank for it in XLSX, and in ODS as LibreOffice writes it (a string whose value is empty); so
# does odfdo. As older programs wrote it (a number of value 0 that is shown as #DIV/0!), every reader gives 0: only the text
# that is shown tells it from a real zero.
# Output seen on 2026-12-01:
#   XLSX, calamine: ['']
#   XLSX, openpyxl: ['#DIV/0!']
#   ODS, calamine: ['', 0.0]
#   ODS, odfdo: ['', 0]
#   ODS, pandas: ['#DIV/0!', 0]
#   ODS, ezodf: ['#DIV/0!', 0.0]
set -euo pipefail

script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-compile python-calamine==0.9.1 pandas==3.1.1 odfpy==1.4.1 ezodf==0.3.2 lxml==6.1.3 odfdo==3.27.3 openpyxl==3.1.5 xlsxwriter==3.3.1

venv/bin/python -W ignore - > output <<'EOF'
import ezodf
import odfdo
import openpyxl
import pandas as pd
import xlsxwriter
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P
from python_calamine import CalamineWorkbook

def first_row(path):
    return CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()[0]

row = TableRow()
for kind in ({"valuetype": "string", "stringvalue": ""}, {"valuetype": "float", "value": "0"}):
    cell = TableCell(formula="of:=1/0", **kind)
    cell.addElement(P(text="#DIV/0!"))
    row.addElement(cell)
sheet = Table(name="T")
sheet.addElement(row)
document = OpenDocumentSpreadsheet()
document.spreadsheet.addElement(sheet)
document.save("t.ods")
workbook = xlsxwriter.Workbook("t.xlsx")
workbook.add_worksheet().write_formula(0, 0, "=1/0", None, "#DIV/0!")
workbook.close()

print("XLSX, calamine:", first_row("t.xlsx"))
print("XLSX, openpyxl:", [openpyxl.load_workbook("t.xlsx", data_only=True).active["A1"].value])
print("ODS, calamine:", first_row("t.ods"))
print("ODS, odfdo:", [*odfdo.Document("t.ods").body.get_table(0).get_values()[0]])
print("ODS, pandas:", pd.read_excel("t.ods", engine="odf", header=None).values.tolist()[0])
print("ODS, ezodf:", [cell.value for cell in ezodf.opendoc("t.ods").sheets[0].row(0)])
EOF

diff <(sed -n 's/^#   //p' "$script") output || {
    echo "changed: division-by-zero-is-a-blank-or-a-zero"
    exit 1
}
echo "holds: a failed formula is a blank to two readers, and an old one 0 to all"
