#!/usr/bin/env bash
# pyexcel-ods 0.6.0 (written with odfpy 1.4.1)
#
# Expected: a reader of ODS keeps each cell in its row and column: a label merged over two rows leaves a blank below it, and two
# blank rows are two rows.
# What happens: pyexcel-ods leaves out covered cells, so that the figure of the second row slides left into the column of
# labels, and takes a row that is repeated for one row: two blank rows become one, three equal rows become one, and every row
# below has another number than in the spreadsheet.
# Output seen on 2026-12-01:
#   1 ['Norfolk', '416 people']
#   2 ['15 months']
#   3 []
#   4 ['Kent']
set -euo pipefail

script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-compile pyexcel-ods==0.6.0 odfpy==1.4.1

venv/bin/python -W ignore - > output <<'EOF'
import pyexcel_ods
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import CoveredTableCell, Table, TableCell, TableRow
from odf.text import P

def cell(text, **spans):
    made = TableCell(valuetype="string", **spans)
    made.addElement(P(text=text))
    return made

rows = [
    (1, [cell("Norfolk", numberrowsspanned=2), cell("416 people")]),
    (1, [CoveredTableCell(), cell("15 months")]),
    (2, [TableCell()]),
    (3, [cell("Kent")]),
]
sheet = Table(name="T")
for repeated, cells in rows:
    row = TableRow(numberrowsrepeated=repeated)
    for each in cells:
        row.addElement(each)
    sheet.addElement(row)
document = OpenDocumentSpreadsheet()
document.spreadsheet.addElement(sheet)
document.save("t.ods")

for number, row in enumerate(pyexcel_ods.get_data("t.ods")["T"], start=1):
    print(number, row)
EOF

diff <(sed -n 's/^#   //p' "$script") output || {
    echo "changed: figure-slides-under-a-merged-label"
    exit 1
}
echo "holds: a figure beside a merged label moves into the column of labels, and repeated rows are one"
