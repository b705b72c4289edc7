#!/usr/bin/env bash
# statsmodels 0.15.0
#
# Expected: one missing p-value among several stays missing, and the others are adjusted as if it were not there.
# What happens: multipletests treats it in three ways: Benjamini-Hochberg makes every adjusted p missing and yet rejects two;
# Hommel makes all missing and rejects none; Bonferroni and Holm keep the others but count the missing one as a test (0.01 of
# three tests becomes 0.04, not 0.03). No warning.
# Output seen on 2026-12-01:
#   fdr_bh [True, True, False, False] [nan, nan, nan, nan]
#   hommel [False, False, False, False] [nan, nan, nan, nan]
#   bonferroni [True, False, False, False] [0.04, 0.08, nan, 0.16]
#   holm [True, False, False, False] [0.04, 0.06, nan, 0.08]
set -euo pipefail

script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-compile statsmodels==0.15.0 scipy==1.17.1 numpy==2.4.6 pandas==3.1.1

venv/bin/python -W ignore - > output <<'EOF'
from statsmodels.stats.multitest import multipletests

for method in ("fdr_bh", "hommel", "bonferroni", "holm"):
    rejected, adjusted, *_ = multipletests([0.01, 0.02, float("nan"), 0.04], method=method)
    print(method, rejected.tolist(), [round(float(p), 4) for p in adjusted])
EOF

diff <(sed -n 's/^#   //p' "$script") output || {
    echo "changed: one-missing-p-value"
    exit 1
}
echo "holds: one missing p-value empties or shifts the adjusted ones"
