#!/usr/bin/env bash
# agate 1.14.2
#
# Expected: a column of the counts 1 and 0 is a column of numbers; 01/04/2019 is 1 April or a text; May is a text.
# What happens: a column with no other counts than 0 and 1 is Boolean, and is written as True and False. Days whose month could
# be either are read in the American order, and as text when one of them cannot be, so that one more row changes the kind of
# all. The name of a month is a day in the year 1.
# Output seen on 2026-12-01:
#   ['1', '0']: Boolean ['True', 'False']
#   ['1', '2']: Number ['1', '2']
#   ['01/04/2019', '02/05/2019']: Date ['2019-01-04', '2019-02-05']
#   ['01/04/2019', '13/05/2019']: Text ['01/04/2019', '13/05/2019']
#   ['May', 'June']: Date ['0001-05-01', '0001-06-01']
set -euo pipefail

script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-compile agate==1.14.2

venv/bin/python -W ignore - 2> /dev/null > output <<'EOF'
import io

import agate

for cells in (["1", "0"], ["1", "2"], ["01/04/2019", "02/05/2019"], ["01/04/2019", "13/05/2019"], ["May", "June"]):
    table = agate.Table.from_csv(io.StringIO("\n".join(["head", *cells]) + "\n"))
    print(f"{cells}: {type(table.column_types[0]).__name__} {[str(row[0]) for row in table.rows]}")
EOF

diff <(sed -n 's/^#   //p' "$script") output || {
    echo "changed: counts-that-become-true-and-false"
    exit 1
}
echo "holds: counts of 0 and 1 are Boolean, and 1 April is 4 January"
