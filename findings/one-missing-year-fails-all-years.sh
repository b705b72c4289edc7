#!/usr/bin/env bash
# great-expectations 1.24.1, pandas 3.1.1, polars 2.1.0
#
# Expected: a rule on the digits of a year passes over a row whose year is missing, and says of the other rows what it said
# before.
# What happens: with one year missing, to_pandas() makes the years fractions, and the rule (a regular expression, or a length of
# 4) reads 2018.0: every row that has a year fails, and none of them is wrong. A set of whole numbers still passes.
# Output seen on 2026-12-01:
#   [2018, 2019] ExpectColumnValuesToMatchRegex True []
#   [2018, 2019] ExpectColumnValueLengthsToEqual True []
#   [2018, 2019] ExpectColumnValuesToBeInSet True []
#   [2018, 2019, None] ExpectColumnValuesToMatchRegex False [2018.0, 2019.0]
#   [2018, 2019, None] ExpectColumnValueLengthsToEqual False [2018.0, 2019.0]
#   [2018, 2019, None] ExpectColumnValuesToBeInSet True []
set -euo pipefail

script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-compile great-expectations==1.24.1 pandas==3.1.1 polars==2.1.0 pyarrow==26.0.1

venv/bin/python -W ignore - 2> /dev/null > output <<'EOF'
import os

os.environ["GX_ANALYTICS_ENABLED"] = "false"
import great_expectations as gx
import great_expectations.expectations as rules
import polars as pl
from great_expectations.data_context.types.base import ProgressBarsConfig

context = gx.get_context(mode="ephemeral")
context.variables.progress_bars = ProgressBarsConfig(globally=False)
whole = context.data_sources.add_pandas("p").add_dataframe_asset("t").add_batch_definition_whole_dataframe("b")

for years in ([2018, 2019], [2018, 2019, None]):
    batch = whole.get_batch({"dataframe": pl.DataFrame({"year": years}).to_pandas()})
    for rule in (
        rules.ExpectColumnValuesToMatchRegex(column="year", regex=r"^\d{4}$"),
        rules.ExpectColumnValueLengthsToEqual(column="year", value=4),
        rules.ExpectColumnValuesToBeInSet(column="year", value_set=[2018, 2019]),
    ):
        result = batch.validate(rule, result_format="COMPLETE")
        print(years, type(rule).__name__, result.success, result.result["unexpected_list"])
EOF

diff <(sed -n 's/^#   //p' "$script") output || {
    echo "changed: one-missing-year-fails-all-years"
    exit 1
}
echo "holds: one missing year fails the years that are there"
