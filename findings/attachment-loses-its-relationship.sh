#!/usr/bin/env bash
# typst 0.15.2, pikepdf 10.18.0
#
# Expected: figures that are attached to a PDF/UA-1 document as its data are marked as its data, as they are in PDF/A-3; a
# description is optional in both.
# What happens: with PDF/UA-1 the relationship that was asked for is not written, and the list of the document's associated
# files neither, without a word; the description is written, and is required, and the type is not. With PDF/A-3b the
# relationship is written, and the description and the type are required, as is a date of the document.
# Output seen on 2026-12-01:
#   ua-1: None, Figures, associated False
#   ua-1 without description: PDF/UA-1 error: the file description is missing
#   ua-1 without type: compiles
#   a-3b: /Data, Figures, associated True
#   a-3b without description: PDF/A-3b error: the file description is missing
#   a-3b without type: PDF/A-3b error: the file mime type is missing
set -euo pipefail

script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-compile typst==0.15.2 pikepdf==10.18.0

venv/bin/python -W ignore - 2> /dev/null > output <<'EOF'
import io

import pikepdf
import typst

START = '#set document(title: "T", date: datetime(year: 2019, month: 4, day: 1))\n#set text(lang: "en")\n= T\n'
with open("t.csv", "w") as file:
    file.write("force,offences\nNorfolk,1\n")

def compiled(standard, arguments):
    with open("t.typ", "w") as file:
        file.write(f'{START}#pdf.attach("t.csv", {arguments})')
    return pikepdf.open(io.BytesIO(typst.compile("t.typ", pdf_standards=standard)))

for standard in ("ua-1", "a-3b"):
    document = compiled(standard, 'relationship: "data", mime-type: "text/csv", description: "Figures"')
    attachment = document.attachments["t.csv"]
    print(f"{standard}: {attachment.relationship}, {attachment.description}, associated {'/AF' in document.Root}")
    for left_out, arguments in (("description", 'mime-type: "text/csv"'), ("type", 'description: "Figures"')):
        try:
            compiled(standard, f'relationship: "data", {arguments}')
            print(f"{standard} without {left_out}: compiles")
        except typst.TypstError as error:
            print(f"{standard} without {left_out}: {str(error).splitlines()[0]}")
EOF

diff <(sed -n 's/^#   //p' "$script") output || {
    echo "changed: attachment-loses-its-relationship"
    exit 1
}
echo "holds: the relationship of an attachment is not in a PDF/UA-1 document"
