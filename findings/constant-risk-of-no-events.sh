#!/usr/bin/env bash
# lifelines 0.30.0 (with pandas 3.1.1, scipy 1.17.1)
#
# Expected: three areas that were watched for 5, 6 and 7 months without an event have a constant risk of 0, or an error says
# that there is nothing to estimate; a survival curve of no events has an interval with a lower end below 1.
# What happens: the mean time to an event is returned as a number with 119 digits, with no error. The survival curve of no
# events has the interval 1 to 1, and the cumulative risk the interval 0 to 0, as if it were certain that nothing can happen.
# Output seen on 2026-12-01:
#   mean time beyond 1e100: True
#   KaplanMeierFitter at the end: [1.0, 1.0]
#   NelsonAalenFitter at the end: [0.0, 0.0]
set -euo pipefail

script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-compile lifelines==0.30.0 pandas==3.1.1 scipy==1.17.1 numpy==2.4.6

venv/bin/python -W ignore - 2> /dev/null > output <<'EOF'
from lifelines import ExponentialFitter, KaplanMeierFitter, NelsonAalenFitter

months, events = [5, 6, 7], [0, 0, 0]
print("mean time beyond 1e100:", ExponentialFitter().fit(months, events).lambda_ > 1e100)
for curve in (KaplanMeierFitter(), NelsonAalenFitter()):
    curve.fit(months, events)
    print(type(curve).__name__, "at the end:", [float(end) for end in curve.confidence_interval_.to_numpy()[-1]])
EOF

diff <(sed -n 's/^#   //p' "$script") output || {
    echo "changed: constant-risk-of-no-events"
    exit 1
}
echo "holds: no events give a mean time with 119 digits, and intervals without width"
