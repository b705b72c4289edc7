#!/usr/bin/env bash
# dagster 1.13.27
#
# Expected: an asset check whose function returns False (and not an AssetCheckResult) fails, or raises an error that says what
# it must return.
# What happens: the run succeeds, no evaluation of the check is recorded, and what depends on the asset is made, although the
# check is declared blocking. A check that returns an AssetCheckResult with passed=False fails the run and stops what depends on
# it.
# Output seen on 2026-12-01:
#   table_returns_false: run succeeds True, evaluations [], made ['table', 'report']
#   table_returns_result: run succeeds False, evaluations [False], made ['table']
set -euo pipefail

script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-compile dagster==1.13.27

venv/bin/python -W ignore - 2> /dev/null > output <<'EOF'
import dagster as dg

@dg.asset
def table():
    return 1

@dg.asset(deps=[table])
def report():
    return 1

@dg.asset_check(asset=table, blocking=True)
def returns_false():
    return False

@dg.asset_check(asset=table, blocking=True)
def returns_result():
    return dg.AssetCheckResult(passed=False)

for check in (returns_false, returns_result):
    run = dg.materialize([table, check, report], raise_on_error=False)
    made = [event.asset_key.to_user_string() for event in run.get_asset_materialization_events()]
    evaluations = [evaluation.passed for evaluation in run.get_asset_check_evaluations()]
    print(f"{check.node_def.name}: run succeeds {run.success}, evaluations {evaluations}, made {made}")
EOF

diff <(sed -n 's/^#   //p' "$script") output || {
    echo "changed: check-that-returns-false"
    exit 1
}
echo "holds: a blocking check that returns False stops nothing and leaves no trace"
