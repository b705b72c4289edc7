#!/usr/bin/env bash
# pyproj 3.7.2
#
# Expected: latitude and longitude in the wrong order, or a place in New York, give infinity or an error on the National Grid
# of Great Britain.
# What happens: both give an easting and a northing of ordinary numbers, with no warning, though they lie thousands of
# kilometres outside the area for which the grid is defined, which pyproj knows. Only not a number gives infinity.
# Output seen on 2026-12-01:
#   area of use, south and north: [50, 61]
#   Norwich: 623 km 308 km
#   Norwich in the wrong order: 7696 km -5278 km
#   New York: -5405 km 2272 km
#   no number: inf inf
set -euo pipefail

script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-compile pyproj==3.7.2

venv/bin/python -W ignore - 2> /dev/null > output <<'EOF'
import pyproj

grid = pyproj.Transformer.from_crs(4326, 27700)
print("area of use, south and north:", [round(end) for end in pyproj.CRS(27700).area_of_use.bounds[1::2]])
for words, latitude, longitude in (
    ("Norwich", 52.628, 1.297),
    ("Norwich in the wrong order", 1.297, 52.628),
    ("New York", 40.7, -74.0),
    ("no number", float("nan"), 1.297),
):
    print(f"{words}:", *(value if value == float("inf") else f"{value / 1000:.0f} km" for value in grid.transform(latitude, longitude)))
EOF

diff <(sed -n 's/^#   //p' "$script") output || {
    echo "changed: place-anywhere-on-the-national-grid"
    exit 1
}
echo "holds: a place outside Great Britain has an easting and a northing without a warning"
