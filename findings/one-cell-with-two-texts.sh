#!/usr/bin/env bash
# pandas 3.1.1, odfpy 1.4.1, python-calamine 0.9.1
#
# Expected: a cell of an ODS file that has its text as an attribute, beside or without the text that is shown, is read the same
# by both engines of pandas.
# What happens: the odf engine reads what is shown, and a cell with the attribute alone as missing; the calamine engine reads
# the attribute. The format's specification says that the attribute is the value.
# Output seen on 2026-12-01:
#   odf: ['Norfolk', np.float64(nan), 'Suffolk']
#   calamine: ['E23000013', 'E23000024', 'Suffolk']
set -euo pipefail

script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-compile pandas==3.1.1 odfpy==1.4.1 python-calamine==0.9.1

venv/bin/python -W ignore - 2> /dev/null > output <<'EOF'
import zipfile

import pandas as pd

OASIS = "urn:oasis:names:tc:opendocument:xmlns"
MIME = "application/vnd.oasis.opendocument.spreadsheet"
cells = """
<table:table-cell office:value-type="string" office:string-value="E23000013"><text:p>Norfolk</text:p></table:table-cell>
<table:table-cell office:value-type="string" office:string-value="E23000024"/>
<table:table-cell office:value-type="string"><text:p>Suffolk</text:p></table:table-cell>
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
for engine in ("odf", "calamine"):
    print(f"{engine}: {pd.read_excel('t.ods', engine=engine, header=None).iloc[0].to_list()}")
EOF

diff <(sed -n 's/^#   //p' "$script") output || {
    echo "changed: one-cell-with-two-texts"
    exit 1
}
echo "holds: two engines of pandas read another text from one ODS cell"
