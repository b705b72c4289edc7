#!/usr/bin/env bash
# csvw 4.1.1, frictionless 5.21.0
#
# Expected: a CSVW column of datatype gYear takes 2019 and refuses 2019/20; one of gYearMonth takes 2019-12 and refuses 2019-13.
# So too Frictionless with year and yearmonth.
# What happens: csvw checks neither: any text is a gYear or a gYearMonth to it, and stays a text. Frictionless refuses the false
# ones, but takes 2019-1, which its specification (that of XML Schema) does not. So a financial year in a column of years passes
# as CSV on the Web and fails as a data package.
# Output seen on 2026-12-01:
#   2019: csvw gYear takes '2019'; frictionless year takes
#   2019/20: csvw gYear takes '2019/20'; frictionless year refuses
#   19: csvw gYear takes '19'; frictionless year refuses
#   2019-12: csvw gYearMonth takes '2019-12'; frictionless yearmonth takes
#   2019-13: csvw gYearMonth takes '2019-13'; frictionless yearmonth refuses
#   2019-1: csvw gYearMonth takes '2019-1'; frictionless yearmonth takes
#   2019-12-31: csvw date takes datetime.datetime(2019, 12, 31, 0, 0); frictionless date takes
#   2019-02-30: csvw date refuses; frictionless date refuses
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
    Path("t.csv").write_text(f"period\n{value}\n")
    column = {"name": "period", "titles": "period", "datatype": datatype}
    table = {"url": "t.csv", "tableSchema": {"columns": [column]}}
    Path("t.json").write_text(json.dumps({"@context": "http://www.w3.org/ns/csvw", "tables": [table]}))
    try:
        return f"takes {next(iter(TableGroup.from_file('t.json').tables[0]))['period']!r}"
    except ValueError:
        return "refuses"

def as_frictionless(value, kind):
    schema = Schema.from_descriptor({"fields": [{"name": "period", "type": kind}]})
    return "takes" if Resource(data=f"period\n{value}\n".encode(), format="csv", schema=schema).validate().valid else "refuses"

for datatype, kind, values in (
    ("gYear", "year", ("2019", "2019/20", "19")),
    ("gYearMonth", "yearmonth", ("2019-12", "2019-13", "2019-1")),
    ("date", "date", ("2019-12-31", "2019-02-30")),
):
    for value in values:
        print(f"{value}: csvw {datatype} {as_csvw(value, datatype)}; frictionless {kind} {as_frictionless(value, kind)}")
EOF

diff <(sed -n 's/^#   //p' "$script") output || {
    echo "changed: years-that-are-not-checked"
    exit 1
}
echo "holds: csvw takes 2019/20 as a year and 2019-13 as a month"
