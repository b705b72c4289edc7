#!/usr/bin/env bash
# statsmodels 0.15.0, scipy 1.17.1
#
# Expected: statsmodels' test_poisson_2indep(method="etest") and SciPy's poisson_means_test are the same test, since both cite
# Krishnamoorthy and Thomson (2004).
# What happens: statsmodels means the test with the score statistic. With equal exposures the two agree, so a fixture with equal
# exposures hides it; with unequal ones they differ, here 0.068 against 0.029, on either side of 5%. The name that agrees
# (nearly) with SciPy is `etest-wald`.
# Output seen on 2026-12-01:
#   (5, 100, 0, 100) etest 0.0198 etest-wald 0.0198 SciPy 0.0198
#   (5, 150, 0, 100) etest 0.0684 etest-wald 0.0296 SciPy 0.0289
#   (20, 300, 2, 100) etest 0.0896 etest-wald 0.0403 SciPy 0.0403
set -euo pipefail

script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-compile statsmodels==0.15.0 scipy==1.17.1 numpy==2.4.6 pandas==3.1.1

venv/bin/python -W ignore - > output <<'EOF'
from scipy.stats import poisson_means_test
from statsmodels.stats.rates import test_poisson_2indep

for first, first_exposure, second, second_exposure in ((5, 100, 0, 100), (5, 150, 0, 100), (20, 300, 2, 100)):
    counts = (first, first_exposure, second, second_exposure)
    etest, wald = (test_poisson_2indep(*counts, method=name).pvalue for name in ("etest", "etest-wald"))
    print(f"{counts} etest {etest:.4f} etest-wald {wald:.4f} SciPy {poisson_means_test(*counts).pvalue:.4f}")
EOF

diff <(sed -n 's/^#   //p' "$script") output || {
    echo "changed: etest-is-not-the-e-test"
    exit 1
}
echo "holds: two tests with one name and one source differ where exposures differ"
