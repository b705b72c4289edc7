#!/usr/bin/env bash
# dagster 1.13.27
#
# Expected: an asset that promises a float may return the whole number 0, as Python's own rules for types say; one that
# promises an int may not return True.
# What happens: a rate that happens to be the whole number 0 fails the run, and True is accepted as a whole number. An asset
# that promises None hands nothing on: what depends on its value fails with a file that is not found, while without the promise
# it is handed None.
# Output seen on 2026-12-01:
#   promises a float, returns 0: made []
#   promises a float, returns 0.0: made ['rate', 'report']
#   promises an int, returns True: made ['rate', 'report']
#   promises None, returns None: made ['rate']
#   promises nothing, returns None: made ['rate', 'report']
set -euo pipefail

script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-compile dagster==1.13.27

venv/bin/python -W ignore - 2> /dev/null > output <<'EOF'
import dagster as dg

def made(promise, value):
    def rate():
        return value

    rate.__annotations__ = {} if promise == "nothing" else {"return": promise}
    table = dg.asset(rate)

    @dg.asset
    def report(rate):
        return f"{rate}"

    with dg.instance_for_test() as instance:
        run = dg.materialize([table, report], instance=instance, raise_on_error=False)
        return sorted(event.asset_key.to_user_string() for event in run.get_asset_materialization_events())

for words, promise, value in (
    ("a float, returns 0", float, 0),
    ("a float, returns 0.0", float, 0.0),
    ("an int, returns True", int, True),
    ("None, returns None", None, None),
    ("nothing, returns None", "nothing", None),
):
    print(f"promises {words}: made {made(promise, value)}")
EOF

diff <(sed -n 's/^#   //p' "$script") output || {
    echo "changed: whole-number-is-no-fraction"
    exit 1
}
echo "holds: a whole number fails an asset that promises a fraction"
