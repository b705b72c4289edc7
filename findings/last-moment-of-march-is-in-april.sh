#!/usr/bin/env bash
# pandas 3.1.1, openpyxl 3.1.5, xlsxwriter 3.3.1, python-calamine 0.9.1
#
# Expected: the end of a month as pandas has it, the last moment of 31 March, is written to a workbook as 31 March and read
# back as such.
# What happens: both writers write it so that it is read as 1 April, at midnight, by both readers: with the time cut off the
# period has another month, and the year to March another year.
# Output seen on 2026-12-01:
#   pandas: 2019-03-31 23:59:59.999999
#   openpyxl, openpyxl: 2019-04-01 00:00:00
#   openpyxl, calamine: 2019-04-01 00:00:00
#   xlsxwriter, openpyxl: 2019-04-01 00:00:00
#   xlsxwriter, calamine: 2019-04-01 00:00:00
set -euo pipefail

script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-compile pandas==3.1.1 openpyxl==3.1.5 xlsxwriter==3.3.1 python-calamine==0.9.1

venv/bin/python -W ignore - 2> /dev/null > output <<'EOF'
import pandas as pd

end = pd.Period("2019-03", freq="M").end_time
print("pandas:", end)
for writer in ("openpyxl", "xlsxwriter"):
    pd.DataFrame({"end": [end]}).to_excel("t.xlsx", index=False, engine=writer)
    for reader in ("openpyxl", "calamine"):
        print(f"{writer}, {reader}: {pd.read_excel('t.xlsx', engine=reader)['end'][0]}")
EOF

diff <(sed -n 's/^#   //p' "$script") output || {
    echo "changed: last-moment-of-march-is-in-april"
    exit 1
}
echo "holds: the end of March is 1 April in a workbook"
