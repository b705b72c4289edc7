#!/usr/bin/env bash
# httpx 0.28.1
#
# Expected: parameters are added to the query that an address has already; empty parameters change nothing.
# What happens: any mapping of parameters, an empty one too, replaces the query: /crimes-street?date=2019-12 asks no longer for
# December 2019. Parameters of the client itself do so as well. Only None leaves the address as it is.
# Output seen on 2026-12-01:
#   None http://example.org/crimes-street?date=2019-12
#   {} http://example.org/crimes-street
#   {'force': 'norfolk'} http://example.org/crimes-street?force=norfolk
#   of the client http://example.org/crimes-street?key=x
set -euo pipefail

script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-compile httpx==0.28.1

venv/bin/python -W ignore - > output <<'EOF'
import httpx

echo = httpx.MockTransport(lambda request: httpx.Response(200, text=str(request.url)))
address = "http://example.org/crimes-street?date=2019-12"
with httpx.Client(transport=echo) as client:
    for parameters in (None, {}, {"force": "norfolk"}):
        print(parameters, client.get(address, params=parameters).text)
with httpx.Client(transport=echo, params={"key": "x"}) as client:
    print("of the client", client.get(address).text)
EOF

diff <(sed -n 's/^#   //p' "$script") output || {
    echo "changed: query-lost-to-empty-parameters"
    exit 1
}
echo "holds: an empty mapping of parameters takes the query off an address"
