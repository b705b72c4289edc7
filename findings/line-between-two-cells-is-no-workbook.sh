#!/usr/bin/env bash
# python-calamine 0.9.1, pandas 3.1.1, odfpy 1.4.1
#
# Expected: an ODS file whose XML has line breaks between its cells, as XML that was laid out for reading has, is the same
# table as without.
# What happens: python-calamine refuses the file with an error about text where it expects a cell, and pandas with that engine
# says that it cannot detect the format. The odf engine reads both the same.
# Output seen on 2026-12-01:
#   one line, odf: ['Norfolk', np.int64(416)]
#   one line, pandas with calamine: ['Norfolk', np.int64(416)]
#   one line, python-calamine: ['Norfolk', 416.0]
#   many lines, odf: ['Norfolk', np.int64(416)]
#   many lines, pandas with calamine: Cannot detect file format
#   many lines, python-calamine: Expecting 'table-cell', found 'Text(Byte
set -euo pipefail

script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-compile python-calamine==0.9.1 pandas==3.1.1 odfpy==1.4.1

venv/bin/python -W ignore - 2> /dev/null > output <<'EOF'
import zipfile

import pandas as pd
from python_calamine import CalamineError, CalamineWorkbook

OASIS = "urn:oasis:names:tc:opendocument:xmlns"
MIME = "application/vnd.oasis.opendocument.spreadsheet"
CONTENT = f"""<office:document-content xmlns:office="{OASIS}:office:1.0" xmlns:table="{OASIS}:table:1.0"
 xmlns:text="{OASIS}:text:1.0" office:version="1.2">
<office:body>
<office:spreadsheet>
<table:table table:name="T">
<table:table-row>
<table:table-cell office:value-type="string"><text:p>Norfolk</text:p></table:table-cell>
<table:table-cell office:value-type="float" office:value="416"><text:p>416</text:p></table:table-cell>
</table:table-row>
</table:table>
</office:spreadsheet>
</office:body>
</office:document-content>
"""
MANIFEST = f"""<manifest:manifest xmlns:manifest="{OASIS}:manifest:1.0"><manifest:file-entry manifest:full-path="/"
 manifest:media-type="{MIME}"/><manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>"""
for name, content in (("one line", "".join(CONTENT.splitlines())), ("many lines", CONTENT)):
    with zipfile.ZipFile("t.ods", "w") as book:
        book.writestr("mimetype", MIME)
        book.writestr("content.xml", content)
        book.writestr("META-INF/manifest.xml", MANIFEST)
    for words, read in (
        ("odf", lambda: pd.read_excel("t.ods", engine="odf", header=None).iloc[0].to_list()),
        ("pandas with calamine", lambda: pd.read_excel("t.ods", engine="calamine", header=None).iloc[0].to_list()),
        ("python-calamine", lambda: CalamineWorkbook.from_path("t.ods").get_sheet_by_name("T").to_python()[0]),
    ):
        try:
            print(f"{name}, {words}: {read()}")
        except CalamineError as error:
            print(f"{name}, {words}: {str(error)[:40]}")
EOF

diff <(sed -n 's/^#   //p' "$script") output || {
    echo "changed: line-between-two-cells-is-no-workbook"
    exit 1
}
echo "holds: an ODS file with line breaks between its cells is refused by one of two readers"
