#!/usr/bin/env bash
# odfdo 3.27.3 (written with odfpy 1.4.1)
#
# Expected: rows that can be folded away (an outline, as in tables of areas within regions) are rows like any other to a reader.
# What happens: odfdo reads the rows of a group and leaves out those of a group within it: the areas below a region below a
# country are missing, without a word, and the rows after them move up.
# Output seen on 2026-12-01:
#   ['England', 'East of England', 'Wales']
set -euo pipefail

script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-compile odfdo==3.27.3 odfpy==1.4.1

venv/bin/python -W ignore - > output <<'EOF'
import odfdo
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow, TableRowGroup
from odf.text import P

def row(text):
    made, cell = TableRow(), TableCell(valuetype="string")
    cell.addElement(P(text=text))
    made.addElement(cell)
    return made

country, region = TableRowGroup(), TableRowGroup()
for area in ("Norfolk", "Suffolk"):
    region.addElement(row(area))
country.addElement(row("East of England"))
country.addElement(region)
sheet = Table(name="T")
for part in (row("England"), country, row("Wales")):
    sheet.addElement(part)
document = OpenDocumentSpreadsheet()
document.spreadsheet.addElement(sheet)
document.save("t.ods")

print([values[0] for values in odfdo.Document("t.ods").body.get_table(0).get_values()])
EOF

diff <(sed -n 's/^#   //p' "$script") output || {
    echo "changed: rows-in-a-group-within-a-group"
    exit 1
}
echo "holds: areas in a group within a group are not read"
