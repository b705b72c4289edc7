#!/usr/bin/env bash
# pyaxis 0.4.3, pandas 3.1.1
#
# Expected: a reader of PC-Axis files, in which statistical offices publish, knows the symbols of the format: `-` for none at
# all, one to six points for the kinds of missing.
# What happens: of the five symbols in the table `..` alone is missing; `.` is an empty text, and the others are texts that keep
# their quotation marks. All figures are texts too.
# Output seen on 2026-12-01:
#   ['416', '"-"', '', nan, '"..."', '"...."']
#   missing: 1 of 6
set -euo pipefail

script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-compile pyaxis==0.4.3 pandas==3.1.1

venv/bin/python -W ignore - > output <<'EOF'
from pathlib import Path

from pyaxis import pyaxis

Path("t.px").write_text("""CHARSET="ANSI";
AXIS-VERSION="2013";
TITLE="Offences";
STUB="area";
HEADING="year";
VALUES("area")="Norfolk","Kent","Essex";
VALUES("year")="2018","2019";
DATA=
416 "-"
"." ".."
"..." "....";
""")
table = pyaxis.parse("t.px", encoding="utf-8")["DATA"]
print(table["DATA"].tolist())
print("missing:", int(table["DATA"].isna().sum()), "of", len(table))
EOF

diff <(sed -n 's/^#   //p' "$script") output || {
    echo "changed: symbols-that-stay-in-quotes"
    exit 1
}
echo "holds: symbols of a PC-Axis table stay texts in quotation marks"
