#!/usr/bin/env bash
# pyjstat 2.4.0, jsonstat-validator 0.4.6, pandas 3.1.1
#
# Expected: a table of area, year and value, in any order of rows, is written as JSON-stat so that each area keeps its figures;
# a missing row is null. A validator refuses a cube with fewer values than cells.
# What happens: pyjstat writes the values in the order of the rows, whatever the order of the areas and years that it declares:
# Kent is given Norfolk's figure, and pyjstat itself reads it so. With a row missing the cube is short; pyjstat cannot read it,
# jsonstat-validator calls it valid.
# Output seen on 2026-12-01:
#   given: {'Norfolk 2019': 416, 'Kent 2018': 7, 'Norfolk 2018': 300, 'Kent 2019': 9}
#   read: {'Norfolk 2019': 416, 'Norfolk 2018': 7, 'Kent 2019': 300, 'Kent 2018': 9}
#   three rows: cells [2, 2] values [416, 7, 300] valid: True
#   read: list index out of range
set -euo pipefail

script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-compile pyjstat==2.4.0 jsonstat-validator==0.4.6 pandas==3.1.1

venv/bin/python -W ignore - > output <<'EOF'
import json

import pandas as pd
from jsonstat_validator import validate_jsonstat
from pyjstat.pyjstat import Dataset

rows = pd.DataFrame(
    {"area": ["Norfolk", "Kent", "Norfolk", "Kent"], "year": ["2019", "2018", "2018", "2019"], "value": [416, 7, 300, 9]}
)

def read_back(written):
    table = Dataset.read(written).write("dataframe")
    return {f"{row.area} {row.year}": row.value for row in table.itertuples()}

print("given:", {f"{row.area} {row.year}": row.value for row in rows.itertuples()})
print("read:", read_back(Dataset.read(rows).write("jsonstat")))
short = Dataset.read(rows[:3]).write("jsonstat")
cube = json.loads(short)
print("three rows: cells", cube["size"], "values", cube["value"], "valid:", validate_jsonstat(cube))
try:
    read_back(short)
except IndexError as error:
    print("read:", error)
EOF

diff <(sed -n 's/^#   //p' "$script") output || {
    echo "changed: figures-given-to-other-areas"
    exit 1
}
echo "holds: a JSON-stat writer gives the figures of one area to another"
