#!/usr/bin/env bash
# statsmodels 0.15.0
#
# Expected: 0 events where 1 was expected are no evidence of a lower rate by any test of one rate: the chance of none is 0.37.
# What happens: of eight tests of one function three different kinds of answer come: Wald's gives 0.0 exactly, the square root
# one 0.046, which would be printed as a difference, and the exact one 0.736.
# Output seen on 2026-12-01:
#   wald: 0.000
#   sqrt: 0.046
#   waldccv: 0.157
#   sqrt-a: 0.263
#   score: 0.317
#   midp-c: 0.368
#   sqrt-v: 0.545
#   exact-c: 0.736
set -euo pipefail

script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-compile statsmodels==0.15.0 scipy==1.17.1

venv/bin/python -W ignore - 2> /dev/null > output <<'EOF'
from statsmodels.stats.rates import test_poisson

for method in ("wald", "sqrt", "waldccv", "sqrt-a", "score", "midp-c", "sqrt-v", "exact-c"):
    print(f"{method}: {float(test_poisson(0, 100, value=0.01, method=method).pvalue):.3f}")
EOF

diff <(sed -n 's/^#   //p' "$script") output || {
    echo "changed: no-events-in-one-area-by-eight-tests"
    exit 1
}
echo "holds: 0 events where 1 was expected differ from it by two tests of eight"
