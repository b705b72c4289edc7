#!/usr/bin/env bash
# resvg-py 0.5.0
#
# Expected: a label of a chart whose font is not there is drawn in the one font that is, or an error says that it is not.
# What happens: a label without a font family, or with one that is not there, is not drawn at all: the picture has no mark, and
# no error. Naming the font, or making it the family of the generic name sans-serif, draws it.
# Output seen on 2026-12-01:
#   family 'none', no options: drawn False
#   family 'Arial, sans-serif', no options: drawn False
#   family 'Arial, sans-serif', {'sans_serif_family': 'DejaVu Sans'}: drawn True
#   family 'Arial, DejaVu Sans', no options: drawn True
set -euo pipefail

script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-compile resvg-py==0.5.0 matplotlib==3.11.2 pillow==13.0.0

venv/bin/python -W ignore - 2> /dev/null > output <<'EOF'
import io
import os

import matplotlib
import resvg_py
from PIL import Image

font = os.path.join(matplotlib.get_data_path(), "fonts", "ttf", "DejaVuSans.ttf")
for family, options in (
    ("", {}),
    ("Arial, sans-serif", {}),
    ("Arial, sans-serif", {"sans_serif_family": "DejaVu Sans"}),
    ("Arial, DejaVu Sans", {}),
):
    label = f'<text y="30" font-family="{family}">Norfolk 416</text>' if family else '<text y="30">Norfolk 416</text>'
    picture = resvg_py.svg_to_bytes(
        svg_string=f'<svg xmlns="http://www.w3.org/2000/svg" width="200" height="60">{label}</svg>',
        skip_system_fonts=True,
        font_files=[font],
        **options,
    )
    drawn = Image.open(io.BytesIO(bytes(picture))).convert("RGBA").getchannel("A").getbbox() is not None
    print(f"family {family or 'none'!r}, {options or 'no options'}: drawn {drawn}")
EOF

diff <(sed -n 's/^#   //p' "$script") output || {
    echo "changed: label-without-a-font-is-not-drawn"
    exit 1
}
echo "holds: a label whose font is not there is left out without an error"
