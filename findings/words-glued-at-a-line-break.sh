#!/usr/bin/env bash
# python-calamine 0.9.1, with odfpy 1.4.1 through pandas 3.1.1, ezodf 0.3.2, odfdo 3.27.3
#
# Expected: a line break inside a paragraph of an ODS cell (as Ctrl+Enter makes one) and a tab are white space for every reader,
# as a new paragraph is.
# What happens: calamine drops both, so that the two words of a name on two lines are one word, in a header or in a name of an
# area. pandas drops the tab. A new paragraph is a line end in all.
# Output seen on 2026-12-01:
#   cells: two paragraphs, line break, tab
#   calamine: ['Greater\nManchester', 'GreaterManchester', 'GreaterManchester']
#   pandas, odfpy: ['Greater\nManchester', 'Greater\nManchester', 'GreaterManchester']
#   ezodf: ['Greater\nManchester', 'Greater\nManchester', 'Greater\tManchester']
#   odfdo: ['Greater\nManchester', 'Greater\nManchester', 'Greater\tManchester']
set -euo pipefail

script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-compile python-calamine==0.9.1 pandas==3.1.1 odfpy==1.4.1 ezodf==0.3.2 lxml==6.1.3 odfdo==3.27.3

venv/bin/python -W ignore - > output <<'EOF'
import ezodf
import odfdo
import pandas as pd
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import LineBreak, P, Tab
from python_calamine import CalamineWorkbook

row = TableRow()
for between in (None, LineBreak(), Tab()):
    cell, first = TableCell(valuetype="string"), P(text="Greater")
    if between is None:
        paragraphs = [first, P(text="Manchester")]
    else:
        first.addElement(between)
        first.addText("Manchester")
        paragraphs = [first]
    for paragraph in paragraphs:
        cell.addElement(paragraph)
    row.addElement(cell)
sheet = Table(name="T")
sheet.addElement(row)
document = OpenDocumentSpreadsheet()
document.spreadsheet.addElement(sheet)
document.save("t.ods")

print("cells: two paragraphs, line break, tab")
print("calamine:", CalamineWorkbook.from_path("t.ods").get_sheet_by_index(0).to_python()[0])
print("pandas, odfpy:", pd.read_excel("t.ods", engine="odf", header=None).values.tolist()[0])
print("ezodf:", [cell.value for cell in ezodf.opendoc("t.ods").sheets[0].row(0)])
print("odfdo:", list(odfdo.Document("t.ods").body.get_table(0).get_values()[0]))
EOF

diff <(sed -n 's/^#   //p' "$script") output || {
    echo "changed: words-glued-at-a-line-break"
    exit 1
}
echo "holds: two words on two lines of an ODS cell are one word for calamine"
