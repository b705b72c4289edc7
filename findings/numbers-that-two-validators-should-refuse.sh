#!/usr/bin/env bash
# csvw 4.1.1, frictionless 5.21.0
#
# Expected: both validators take what their specifications take as a number, digits with a sign and a point; a per cent sign is
# divided out by CSVW in every numeric type.
# What happens: both take 1_000 and Arabic digits, which neither specification allows, because both hand the text to Python.
# csvw takes 45.5% as 0.455 in a decimal column and refuses it in a column of numbers (its binary type); Frictionless refuses
# it. 12.0 is an integer to csvw alone.
# Output seen on 2026-12-01:
#   '1_000': csvw integer 1000, decimal 1000, number 1000.0; frictionless integer 1000, number 1000
#   '\u0661\u0662': csvw integer 12, decimal 12, number 12.0; frictionless integer 12, number 12
#   '45.5%': csvw integer refused, decimal 0.455, number refused; frictionless integer refused, number refused
#   '12.0': csvw integer 12, decimal 12.0, number 12.0; frictionless integer refused, number 12.0
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

def as_csvw(value, datatype):
    Path("t.csv").write_text(f"value\n{value}\n")
    table = {"url": "t.csv", "tableSchema": {"columns": [{"name": "value", "titles": "value", "datatype": datatype}]}}
    Path("t.json").write_text(json.dumps({"@context": "http://www.w3.org/ns/csvw", "tables": [table]}))
    try:
        return str(next(iter(TableGroup.from_file("t.json").tables[0]))["value"])
    except ValueError:
        return "refused"

def as_frictionless(value, kind):
    schema = Schema.from_descriptor({"fields": [{"name": "value", "type": kind}]})
    resource = Resource(data=f"value\n{value}\n".encode(), format="csv", schema=schema)
    return str(resource.read_rows()[0]["value"]) if resource.validate().valid else "refused"

for value in ("1_000", "\u0661\u0662", "45.5%", "12.0"):
    csvw = [f"{datatype} {as_csvw(value, datatype)}" for datatype in ("integer", "decimal", "number")]
    frictionless = [f"{kind} {as_frictionless(value, kind)}" for kind in ("integer", "number")]
    print(f"{ascii(value)}: csvw {', '.join(csvw)}; frictionless {', '.join(frictionless)}")
EOF

diff <(sed -n 's/^#   //p' "$script") output || {
    echo "changed: numbers-that-two-validators-should-refuse"
    exit 1
}
echo "holds: 1_000 is a number to both validators of CSV, 45.5% to one type of one"
