#!/usr/bin/env bash
# typst 0.15.2 (text read with pymupdf 2.0)
#
# Expected: a negative number put into a document as a number, or by str(), has the hyphen that its JSON has, so that a search
# for -120 finds it.
# What happens: Typst sets the minus sign U+2212 for a number, in markup and by str() alike; only a text keeps the hyphen. One
# table can hold both, and neither search finds the other. A whole number that JSON writes as 12.0 is 12 in the document.
# Output seen on 2026-12-01:
#   '\u2212120 \u2212120 -120 12'
#   found by a search for -120: 1
set -euo pipefail

script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-compile typst==0.15.2 pymupdf==2.0

venv/bin/python -W ignore - > output <<'EOF'
import json

import pymupdf
import typst

source = """
#let data = json(bytes(sys.inputs.data))
#data.number
#str(data.number)
#data.text
#data.whole
"""
data = json.dumps({"number": -120, "text": "-120", "whole": 12.0})
pdf = typst.compile(source.encode(), sys_inputs={"data": data})
page = pymupdf.open(stream=pdf)[0]
print(ascii(page.get_text().strip()))
print("found by a search for -120:", len(page.search_for("-120")))
EOF

diff <(sed -n 's/^#   //p' "$script") output || {
    echo "changed: minus-sign-of-a-number"
    exit 1
}
echo "holds: a negative number is not found by its hyphen"
