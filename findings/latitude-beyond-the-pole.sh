#!/usr/bin/env bash
# h3 4.5.0
#
# Expected: a latitude of 152 degrees is refused, since there is none; a place lies in the cell that is the parent of its
# smaller cell.
# What happens: 152 degrees north is folded over the pole to 28 degrees on the other side of the earth, without an error; only
# not a number is refused. Of 900 places 63 lie in another cell of the coarser size than the parent of their smaller cell, so
# that counts by cell depend on the way they were added up.
# Output seen on 2026-12-01:
#   152, 1 is read as 28, -179
#   nan: H3LatLngDomainError
#   63 of 900 places are in another cell than their parent
set -euo pipefail

script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-compile h3==4.5.0

venv/bin/python -W ignore - 2> /dev/null > output <<'EOF'
import h3

latitude, longitude = h3.cell_to_latlng(h3.latlng_to_cell(152, 1, 7))
print(f"152, 1 is read as {latitude:.0f}, {longitude:.0f}")
try:
    h3.latlng_to_cell(float("nan"), 1, 7)
except h3.H3LatLngDomainError as error:
    print("nan:", type(error).__name__)
places = [(52 + row * 0.013, 1 + column * 0.017) for row in range(30) for column in range(30)]
moved = sum(h3.cell_to_parent(h3.latlng_to_cell(*place, 8), 5) != h3.latlng_to_cell(*place, 5) for place in places)
print(f"{moved} of {len(places)} places are in another cell than their parent")
EOF

diff <(sed -n 's/^#   //p' "$script") output || {
    echo "changed: latitude-beyond-the-pole"
    exit 1
}
echo "holds: a latitude of 152 degrees is a place, and parents do not hold all of their places"
