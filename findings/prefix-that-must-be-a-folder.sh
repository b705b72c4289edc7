#!/usr/bin/env bash
# obstore 0.12.1
#
# Expected: list(prefix) gives the objects whose names begin with the prefix, as in S3; deleting what is not there is alike in
# all stores.
# What happens: the prefix must be a whole folder: `ye-dec` finds neither ye-dec-2018/ nor ye-dec-2019.csv, and the full name of
# an object finds nothing. No error, an empty list. Deleting an object that is not there passes in memory and raises
# FileNotFoundError in a folder.
# Output seen on 2026-12-01:
#   MemoryStore ye-dec []
#   MemoryStore ye-dec-2019.csv []
#   MemoryStore ye-dec-2018 ['ye-dec-2018/t.csv']
#   MemoryStore delete: None
#   LocalStore ye-dec []
#   LocalStore ye-dec-2019.csv []
#   LocalStore ye-dec-2018 ['ye-dec-2018/t.csv']
#   LocalStore delete: FileNotFoundError
set -euo pipefail

script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-compile obstore==0.12.1

venv/bin/python -W ignore - > output <<'EOF'
from obstore.store import LocalStore, MemoryStore

for store in (MemoryStore(), LocalStore("store", mkdir=True)):
    for name in ("ye-dec-2018/t.csv", "ye-dec-2019.csv"):
        store.put(name, b"figures")
    kind = type(store).__name__
    for prefix in ("ye-dec", "ye-dec-2019.csv", "ye-dec-2018"):
        print(kind, prefix, [each["path"] for each in store.list(prefix).collect()])
    try:
        print(kind, "delete:", store.delete("not-there.csv"))
    except FileNotFoundError:
        print(kind, "delete: FileNotFoundError")
EOF

diff <(sed -n 's/^#   //p' "$script") output || {
    echo "changed: prefix-that-must-be-a-folder"
    exit 1
}
echo "holds: a prefix that is part of a name lists nothing"
