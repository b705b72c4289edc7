#!/usr/bin/env bash
# astropy 8.0.2 (with scipy 1.17.1)
#
# Expected: an interval of a count of 0 begins at 0 and ends above it, and is one of 95% unless another is asked for.
# What happens: the default interval is the single point 0. One of the five reaches from -1.866 to 1.866, although no count is
# negative. All are of one standard deviation (68%); a level in per cent can be asked for of one more kind only, and of the
# others a number of deviations.
# Output seen on 2026-12-01:
#   root-n: [0.0, 0.0]
#   root-n-0: [0.0, 1.0]
#   pearson: [0.0, 1.0]
#   sherpagehrels: [-1.866, 1.866]
#   frequentist-confidence: [0.0, 1.841]
#   level of 0.95: confidence_level not supported for interval frequentist-confidence
set -euo pipefail

script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-compile astropy==8.0.2 scipy==1.17.1

venv/bin/python -W ignore - 2> /dev/null > output <<'EOF'
from astropy.stats import poisson_conf_interval

for kind in ("root-n", "root-n-0", "pearson", "sherpagehrels", "frequentist-confidence"):
    print(f"{kind}: {[round(float(end), 3) for end in poisson_conf_interval(0, interval=kind)]}")
try:
    poisson_conf_interval(0, interval="frequentist-confidence", confidence_level=0.95)
except ValueError as error:
    print(f"level of 0.95: {error}")
EOF

diff <(sed -n 's/^#   //p' "$script") output || {
    echo "changed: count-that-may-lie-below-zero"
    exit 1
}
echo "holds: an interval of a count of 0 is a point, or reaches below 0"
