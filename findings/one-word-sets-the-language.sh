#!/usr/bin/env bash
# typst 0.15.2 (read with pikepdf 10.18.0)
#
# Expected: a document whose language is not set is English, the default; one Welsh word in it, marked as Welsh, changes that
# word alone.
# What happens: the first language that anything in the text is set to becomes the language of the whole PDF, also for a single
# word in the middle: a screen reader then reads an English report as Welsh, and PDF/UA-1 is met. Only a language set at the
# top, even the default one, prevents it.
# Output seen on 2026-12-01:
#   no language: en
#   one Welsh word: cy
#   one Welsh word, English at the top: en-GB
set -euo pipefail

script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-compile typst==0.15.2 pikepdf==10.18.0

venv/bin/python -W ignore - > output <<'EOF'
import io

import pikepdf
import typst

title = '#set document(title: "T")\n'
for name, source in {
    "no language": "The force reports.",
    "one Welsh word": 'The force, #text(lang: "cy")[Heddlu], reports.',
    "one Welsh word, English at the top": '#set text(lang: "en", region: "GB")\nThe force, #text(lang: "cy")[Heddlu], reports.',
}.items():
    with pikepdf.open(io.BytesIO(typst.compile((title + source).encode(), pdf_standards=["ua-1"]))) as pdf:
        print(f"{name}: {pdf.Root.Lang}")
EOF

diff <(sed -n 's/^#   //p' "$script") output || {
    echo "changed: one-word-sets-the-language"
    exit 1
}
echo "holds: one Welsh word makes an English document Welsh"
