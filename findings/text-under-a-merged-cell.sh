#!/usr/bin/env bash
# python-calamine 0.9.1, openpyxl 3.1.5, pandas 3.1.1 (written with xlsxwriter 3.3.1 and odfpy 1.4.1)
#
# Expected: what stands in a cell that a merged cell covers cannot be seen in a spreadsheet program, and so no reader gives it;
# or else all do.
# What happens: calamine reads it, in XLSX and ODS. openpyxl leaves it out, except in read-only mode; pandas leaves it out in
# ODS and reads it in XLSX, through the same openpyxl.
# Output seen on 2026-12-01:
#   t.xlsx calamine ['shown', 'covered', 'end']
#   t.xlsx pandas ['shown', 'covered', 'end']
#   t.ods calamine ['shown', 'covered', 'end']
#   t.ods pandas ['shown', '', 'end']
#   t.xlsx openpyxl, reads only: False ['shown', None, 'end']
#   t.xlsx openpyxl, reads only: True ['shown', 'covered', 'end']
set -euo pipefail

script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-compile python-calamine==0.9.1 openpyxl==3.1.5 pandas==3.1.1 xlsxwriter==3.3.1 odfpy==1.4.1

venv/bin/python -W ignore - > output <<'EOF'
import openpyxl
import pandas as pd
import xlsxwriter
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import CoveredTableCell, Table, TableCell, TableRow
from odf.text import P
from python_calamine import CalamineWorkbook

workbook = xlsxwriter.Workbook("t.xlsx")
page = workbook.add_worksheet()
page.merge_range("A1:B1", "shown", workbook.add_format())
page.write_string("B1", "covered")
page.write_string("C1", "end")
workbook.close()
row = TableRow()
for cell, text in (
    (TableCell(valuetype="string", numbercolumnsspanned=2), "shown"),
    (CoveredTableCell(valuetype="string"), "covered"),
    (TableCell(valuetype="string"), "end"),
):
    cell.addElement(P(text=text))
    row.addElement(cell)
sheet = Table(name="T")
sheet.addElement(row)
document = OpenDocumentSpreadsheet()
document.spreadsheet.addElement(sheet)
document.save("t.ods")

for path in ("t.xlsx", "t.ods"):
    print(path, "calamine", CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()[0])
    print(path, "pandas", pd.read_excel(path, header=None).fillna("").values.tolist()[0])
for reads_only in (False, True):
    page = openpyxl.load_workbook("t.xlsx", read_only=reads_only).active
    print("t.xlsx openpyxl, reads only:", reads_only, [cell.value for cell in next(page.iter_rows())])
EOF

diff <(sed -n 's/^#   //p' "$script") output || {
    echo "changed: text-under-a-merged-cell"
    exit 1
}
echo "holds: readers do not agree on text under a merged cell"
