#!/usr/bin/env bash
# deflate 0.9.0
#
# Expected: two gzip files one after the other are one gzip file (RFC 1952, section 2.2), and gzip_decompress gives both
# contents, as Python's own module does.
# What happens: it gives the content of the first and passes over the rest, without an error. Months put together by
# concatenating their gzip files come out as one month.
# Output seen on 2026-12-01:
#   gzip: b'2019-11\n2019-12\n'
#   deflate: b'2019-11\n'
set -euo pipefail

script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-compile deflate==0.9.0

venv/bin/python -W ignore - > output <<'EOF'
import gzip

import deflate

together = gzip.compress(b"2019-11\n", mtime=0) + gzip.compress(b"2019-12\n", mtime=0)
print("gzip:", gzip.decompress(together))
print("deflate:", bytes(deflate.gzip_decompress(together)))
EOF

diff <(sed -n 's/^#   //p' "$script") output || {
    echo "changed: first-of-two-gzip-members"
    exit 1
}
echo "holds: only the first of two months in one gzip file is read"
