#!/usr/bin/env bash
# police-api-client 1.2.2
#
# Expected: a client of data.police.uk that is told to slow down (429) or that the service failed (500) raises, as it does for
# its other methods.
# What happens: locate_neighbourhood returns None for every answer that is not 200: too many requests and a failed server look
# like a place that no force covers (404). The error that other methods raise has no status in its text, which is `<unknown
# error code>` for each of them; the number is in status_code.
# Output seen on 2026-12-01:
#   404: locate_neighbourhood None, get_forces <unknown error code> (404)
#   429: locate_neighbourhood None, get_forces <unknown error code> (429)
#   500: locate_neighbourhood None, get_forces <unknown error code> (500)
set -euo pipefail

script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-compile police-api-client==1.2.2 requests==2.34.2

venv/bin/python -W ignore - > output <<'EOF'
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

from police_api import PoliceAPI
from police_api.exceptions import APIError

class Answer(BaseHTTPRequestHandler):
    status = 200

    def do_GET(self):
        self.send_response(Answer.status)
        self.end_headers()

    def log_message(self, *ignored):
        pass

server = HTTPServer(("127.0.0.1", 0), Answer)
Thread(target=server.serve_forever, daemon=True).start()
api = PoliceAPI(base_url=f"http://127.0.0.1:{server.server_port}/")
for Answer.status in (404, 429, 500):
    place = api.locate_neighbourhood(52.63, 1.3)
    try:
        api.get_forces()
    except APIError as error:
        print(f"{Answer.status}: locate_neighbourhood {place}, get_forces {error} ({error.status_code})")
server.shutdown()
EOF

diff <(sed -n 's/^#   //p' "$script") output || {
    echo "changed: too-many-requests-is-nowhere"
    exit 1
}
echo "holds: a police client that is told to wait says that the place is in no neighbourhood"
