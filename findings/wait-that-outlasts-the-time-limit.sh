#!/usr/bin/env bash
# stamina 26.1.0
#
# Expected: stamina waits no longer than wait_max, also when the hook says how long (as Retry-After does), and makes no attempt
# after its time limit.
# What happens: a wait that the hook returns is taken as it is: neither wait_max nor timeout shortens it, and one attempt
# follows after the limit has passed. A server that asks for an hour would be given an hour. The hook itself must compare and
# return False.
# Output seen on 2026-12-01:
#   wait_max 0.1 s: 3 attempts, the second after a second or more: True
#   timeout 0.5 s: 2 attempts, the second after a second or more: True
set -euo pipefail

script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-compile stamina==26.1.0

venv/bin/python -W ignore - 2> /dev/null > output <<'EOF'
import time

import stamina

def attempts(**limits):
    began, after = time.monotonic(), []
    try:
        for attempt in stamina.retry_context(on=lambda error: 1.0, attempts=3, wait_initial=0.01, wait_jitter=0, **limits):
            with attempt:
                after.append(time.monotonic() - began)
                raise ValueError("asks for one second")
    except ValueError:
        return f"{len(after)} attempts, the second after a second or more: {after[1] >= 1}"

print("wait_max 0.1 s:", attempts(wait_max=0.1))
print("timeout 0.5 s:", attempts(timeout=0.5))
EOF

diff <(sed -n 's/^#   //p' "$script") output || {
    echo "changed: wait-that-outlasts-the-time-limit"
    exit 1
}
echo "holds: a wait that a server asks for is kept to by no limit of stamina"
