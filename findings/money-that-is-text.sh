#!/usr/bin/env bash
# pyexcel-ods3 0.6.1, python-calamine 0.9.1
#
# Expected: a cell of an ODS file that is formatted as pounds is the number 1234.5, as one formatted as per cent is 0.455.
# What happens: pyexcel-ods3 gives the text '1234.5 GBP', with which no column of amounts can be added up; per cent is a
# number. python-calamine gives a number for both.
# Output seen on 2026-12-01:
#   pyexcel-ods3: ['1234.5 GBP', 0.455]
#   python-calamine: [1234.5, 0.455]
set -euo pipefail

script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-compile pyexcel-ods3==0.6.1 python-calamine==0.9.1

venv/bin/python -W ignore - 2> /dev/null > output <<'EOF'
import zipfile

import pyexcel_ods3
from python_calamine import CalamineWorkbook

OASIS = "urn:oasis:names:tc:opendocument:xmlns"
MIME = "application/vnd.oasis.opendocument.spreadsheet"
cells = """
<table:table-cell office:value-type="currency" office:currency="GBP" office:value="1234.5"><text:p>£1,234.50</text:p></table:table-cell>
<table:table-cell office:value-type="percentage" office:value="0.455"><text:p>45.5%</text:p></table:table-cell>
"""
content = f"""<office:document-content xmlns:office="{OASIS}:office:1.0" xmlns:table="{OASIS}:table:1.0"
  xmlns:text="{OASIS}:text:1.0" office:version="1.2"><office:body><office:spreadsheet><table:table table:name="T"><table:table-row>
{cells}</table:table-row></table:table></office:spreadsheet></office:body></office:document-content>"""
manifest = f"""<manifest:manifest xmlns:manifest="{OASIS}:manifest:1.0"><manifest:file-entry manifest:full-path="/"
manifest:media-type="{MIME}"/><manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>"""
with zipfile.ZipFile("t.ods", "w") as book:
    book.writestr("mimetype", MIME)
    book.writestr("content.xml", "".join(content.splitlines()))
    book.writestr("META-INF/manifest.xml", manifest)
print("pyexcel-ods3:", pyexcel_ods3.get_data("t.ods")["T"][0])
print("python-calamine:", CalamineWorkbook.from_path("t.ods").get_sheet_by_name("T").to_python()[0])
EOF

diff <(sed -n 's/^#   //p' "$script") output || {
    echo "changed: money-that-is-text"
    exit 1
}
echo "holds: an amount in pounds is a text to one reader of ODS"
