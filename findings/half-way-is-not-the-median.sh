#!/usr/bin/env bash
# polars 2.1.0, pandas 3.1.1
#
# Expected: the 0.5 quantile of four areas is their median, 2.5, as in pandas.
# What happens: quantile() takes the nearest value unless told otherwise, and of two equally near the upper one: 3. The first
# quartile of four areas is 2, and in pandas 1.75. Of two areas the 0.5 quantile is the greater, and the 0.25 quantile the
# smaller.
# Output seen on 2026-12-01:
#   [1, 2]: median 1.5, polars [1.0, 2.0], pandas [1.25, 1.5]
#   [1, 2, 3, 4]: median 2.5, polars [2.0, 3.0], pandas [1.75, 2.5]
set -euo pipefail

script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-compile polars==2.1.0 pandas==3.1.1

venv/bin/python -W ignore - 2> /dev/null > output <<'EOF'
import pandas as pd
import polars as pl

for areas in ([1, 2], [1, 2, 3, 4]):
    ours, theirs = pl.Series(areas), pd.Series(areas)
    print(f"{areas}: median {ours.median()}, polars {[ours.quantile(share) for share in (0.25, 0.5)]}", end=", ")
    print(f"pandas {[float(theirs.quantile(share)) for share in (0.25, 0.5)]}")
EOF

diff <(sed -n 's/^#   //p' "$script") output || {
    echo "changed: half-way-is-not-the-median"
    exit 1
}
echo "holds: the 0.5 quantile of an even number of areas is not their median in Polars"
