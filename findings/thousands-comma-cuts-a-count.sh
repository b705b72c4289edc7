#!/usr/bin/env bash
# csvw 4.1.1, frictionless 5.21.0
#
# Expected: a row with more cells than there are columns (2,730 that someone forgot to quote) is an error to any validator of
# CSV.
# What happens: csvw drops the cells at the end: 2,730 is read as the count 2, valid as an integer, without a warning.
# Frictionless refuses the row (extra-cell). A row that is too short is refused by Frictionless too (missing-cell), and read as
# missing by csvw.
# Output seen on 2026-12-01:
#   Norfolk,2730: csvw {'area': 'Norfolk', 'offences': 2730}; frictionless valid
#   Norfolk,2,730: csvw {'area': 'Norfolk', 'offences': 2}; frictionless ['extra-cell']
#   Norfolk: csvw {'area': 'Norfolk', 'offences': None}; frictionless ['missing-cell']
set -euo pipefail

script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-compile csvw==4.1.1 frictionless==5.21.0

venv/bin/python -W ignore - > output <<'EOF'
import json
from pathlib import Path

from csvw import TableGroup
from frictionless import Resource, Schema

for row in ("Norfolk,2730", "Norfolk,2,730", "Norfolk"):
    text = f"area,offences\n{row}\n"
    Path("t.csv").write_text(text)
    columns = [{"name": "area", "titles": "area"}, {"name": "offences", "titles": "offences", "datatype": "integer"}]
    table = {"url": "t.csv", "tableSchema": {"columns": columns}}
    Path("t.json").write_text(json.dumps({"@context": "http://www.w3.org/ns/csvw", "tables": [table]}))
    fields = [{"name": "area", "type": "string"}, {"name": "offences", "type": "integer"}]
    package = Resource(data=text.encode(), format="csv", schema=Schema.from_descriptor({"fields": fields})).validate()
    errors = [error.type for task in package.tasks for error in task.errors]
    print(f"{row}: csvw {dict(next(iter(TableGroup.from_file('t.json').tables[0])))}; frictionless {errors or 'valid'}")
EOF

diff <(sed -n 's/^#   //p' "$script") output || {
    echo "changed: thousands-comma-cuts-a-count"
    exit 1
}
echo "holds: csvw reads an unquoted 2,730 as 2"
