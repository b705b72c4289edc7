#!/usr/bin/env bash
# typst 0.15.2, duckdb 2.0.0
#
# Expected: a fall of 7 in 2 years has a quotient and a remainder that make -7 again: -3 and -1, or -4 and 1.
# What happens: in Typst the quotient is rounded down (-4) and the remainder is that of rounding towards zero (-1): together
# they make -9. The Euclidean pair makes -7, and so do DuckDB's and Python's.
# Output seen on 2026-12-01:
#   typst quo and rem: -4 and -1 make -9
#   typst Euclidean: -4 and 1 make -7
#   duckdb: -3 and -1 make -7
#   python: -4 and 1 make -7
set -euo pipefail

script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-compile typst==0.15.2 duckdb==2.0.0

venv/bin/python -W ignore - 2> /dev/null > output <<'EOF'
import json

import duckdb
import typst

with open("t.typ", "w") as file:
    file.write("#metadata((calc.quo(-7, 2), calc.rem(-7, 2), calc.div-euclid(-7, 2), calc.rem-euclid(-7, 2))) <pair>")
quotient, remainder, euclid, euclid_remainder = json.loads(typst.query("t.typ", "<pair>", field="value", one=True))
for words, pair in (
    ("typst quo and rem", (quotient, remainder)),
    ("typst Euclidean", (euclid, euclid_remainder)),
    ("duckdb", duckdb.sql("select -7 // 2, -7 % 2").fetchall()[0]),
    ("python", divmod(-7, 2)),
):
    print(f"{words}: {pair[0]} and {pair[1]} make {pair[0] * 2 + pair[1]}")
EOF

diff <(sed -n 's/^#   //p' "$script") output || {
    echo "changed: quotient-and-remainder-of-two-kinds"
    exit 1
}
echo "holds: quotient and remainder of a negative number do not make it again in Typst"
