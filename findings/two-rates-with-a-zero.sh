#!/usr/bin/env bash
# statsmodels 0.15.0
#
# Expected: no events against no events is no evidence of a difference, p = 1 by every method; 5 against 0 in 100 and 150 gives
# a p near 5% by every method.
# What happens: for 0 against 0 the default (`score`) and three more give nan, `sqrt` 0.86, `exact-cond` and `cond-midp` raise,
# only the e-tests give 1. For 5 against 0 `score-log` gives exactly 0.0, the strongest evidence that there is, and `wald-log`
# nan.
# Output seen on 2026-12-01:
#   score: 0 against 0 nan, 5 against 0 0.0679
#   wald: 0 against 0 nan, 5 against 0 0.0253
#   sqrt: 0 against 0 0.862, 5 against 0 0.0473
#   exact-cond: 0 against 0 ValueError, 5 against 0 0.165
#   cond-midp: 0 against 0 ValueError, 5 against 0 0.126
#   etest: 0 against 0 1, 5 against 0 0.0684
#   wald-log: 0 against 0 nan, 5 against 0 nan
#   score-log: 0 against 0 nan, 5 against 0 0
set -euo pipefail

script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-compile statsmodels==0.15.0 scipy==1.17.1 numpy==2.4.6 pandas==3.1.1

venv/bin/python -W ignore - > output <<'EOF'
from statsmodels.stats.rates import test_poisson_2indep

def p_value(*counts, method):
    try:
        return f"{test_poisson_2indep(*counts, method=method).pvalue:.3g}"
    except ValueError:
        return "ValueError"

for method in ("score", "wald", "sqrt", "exact-cond", "cond-midp", "etest", "wald-log", "score-log"):
    none = p_value(0, 100, 0, 150, method=method)
    print(f"{method}: 0 against 0 {none}, 5 against 0 {p_value(5, 150, 0, 100, method=method)}")
EOF

diff <(sed -n 's/^#   //p' "$script") output || {
    echo "changed: two-rates-with-a-zero"
    exit 1
}
echo "holds: tests of two rates do not agree what zero against zero is"
