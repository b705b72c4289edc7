#!/usr/bin/env bash
# textstat 0.7.13
#
# Expected: the number of sentences does not depend on figures: one that says 4.5 is one sentence, and one of two words is one
# too.
# What happens: a decimal point ends a sentence, so that a sentence with four figures is five and looks easier to read;
# sentences of two words are not counted, so that three of them are one. A thousands comma is no end.
# Output seen on 2026-12-01:
#   1: In the year to March 2019 the police recorded 2,730 offences.
#   2: Rates rose by 4.5 in Kent.
#   5: Rates rose from 4.5 to 12.5 in Kent, and from 3.1 to 3.2 in Essex.
#   1: Rates rose. Arrests fell. Searches doubled.
set -euo pipefail

script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-compile textstat==0.7.13

venv/bin/python -W ignore - 2> /dev/null > output <<'EOF'
import textstat

for text in (
    "In the year to March 2019 the police recorded 2,730 offences.",
    "Rates rose by 4.5 in Kent.",
    "Rates rose from 4.5 to 12.5 in Kent, and from 3.1 to 3.2 in Essex.",
    "Rates rose. Arrests fell. Searches doubled.",
):
    print(f"{textstat.sentence_count(text)}: {text}")
EOF

diff <(sed -n 's/^#   //p' "$script") output || {
    echo "changed: sentences-of-a-statistical-text"
    exit 1
}
echo "holds: a decimal point ends a sentence, and a short sentence is none"
