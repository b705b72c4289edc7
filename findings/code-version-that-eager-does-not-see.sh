#!/usr/bin/env bash
# dagster 1.13.27
#
# Expected: an eager asset is made again when the version of its code has changed, as the asset is then shown as out of date.
# What happens: eager asks for nothing after a change of the code version; the condition code_version_changed asks for it once.
# It compares with the evaluation before and not with what was made: when it is first evaluated after the change, it asks for
# nothing.
# Output seen on 2026-12-01:
#   eager, evaluated before: 0 asked for
#   eager, not evaluated before: 0 asked for
#   code_version_changed, evaluated before: 1 asked for
#   code_version_changed, not evaluated before: 0 asked for
set -euo pipefail

script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-compile dagster==1.13.27

venv/bin/python -W ignore - 2> /dev/null > output <<'EOF'
import dagster as dg

def definitions(version, condition):
    @dg.asset(code_version=version, automation_condition=condition)
    def table():
        return 1

    return dg.Definitions(assets=[table])

for name, condition in (
    ("eager", dg.AutomationCondition.eager()),
    ("code_version_changed", dg.AutomationCondition.code_version_changed()),
):
    for words, evaluated_before in (("evaluated before", True), ("not evaluated before", False)):
        with dg.DagsterInstance.ephemeral() as instance:
            before = definitions("1", condition)
            dg.materialize(list(before.assets), instance=instance)
            cursor = dg.evaluate_automation_conditions(before, instance).cursor if evaluated_before else None
            after = dg.evaluate_automation_conditions(definitions("2", condition), instance, cursor=cursor)
            print(f"{name}, {words}: {after.total_requested} asked for")
EOF

diff <(sed -n 's/^#   //p' "$script") output || {
    echo "changed: code-version-that-eager-does-not-see"
    exit 1
}
echo "holds: a changed code version does not make an eager asset again"
