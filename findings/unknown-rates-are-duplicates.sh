#!/usr/bin/env bash
# great-expectations 1.24.1, polars 2.1.0, pandas 3.1.1
#
# Expected: a rule gives the same answer for a table from Polars, whether it came to pandas as NumPy or as Arrow columns.
# What happens: two rates that are no number (nan) are missing in one table and duplicates in the other, where the report lists
# them as None; a pair of figures of which one is missing breaks its rule in one and raises an error in the other. The
# conversion decides the verdict, not the rule.
# Output seen on 2026-12-01:
#   NumPy, ExpectColumnValuesToBeUnique: True, missing 2, raised []
#   NumPy, ExpectColumnPairValuesAToBeGreaterThanB: False, missing 0, raised []
#   Arrow, ExpectColumnValuesToBeUnique: False, missing 0, raised []
#   Arrow, ExpectColumnPairValuesAToBeGreaterThanB: False, missing None, raised ['boolean value of NA is ambiguous']
set -euo pipefail

script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-compile great-expectations==1.24.1 polars==2.1.0 pandas==3.1.1 pyarrow==26.0.1

venv/bin/python -W ignore - 2> /dev/null > output <<'EOF'
import logging

import great_expectations as gx
import great_expectations.expectations as rules
import polars as pl
from great_expectations.data_context.types.base import ProgressBarsConfig

logging.disable(logging.CRITICAL)
context = gx.get_context(mode="ephemeral")
context.variables.progress_bars = ProgressBarsConfig(globally=False)
whole = context.data_sources.add_pandas("p").add_dataframe_asset("a").add_batch_definition_whole_dataframe("w")
unique = rules.ExpectColumnValuesToBeUnique(column="rate")
pair = rules.ExpectColumnPairValuesAToBeGreaterThanB(column_A="recorded", column_B="charged", or_equal=True)
rates = pl.DataFrame({"rate": [float("nan"), float("nan"), 1.0]})
pairs = pl.DataFrame({"recorded": [1, None, 3], "charged": [1, 2, None]})
for kind, arrow in (("NumPy", False), ("Arrow", True)):
    for table, rule in ((rates, unique), (pairs, pair)):
        frame = table.to_pandas(use_pyarrow_extension_array=arrow)
        answer = whole.get_batch({"dataframe": frame}).validate(rule).to_json_dict()
        raised = [each["exception_message"] for each in answer["exception_info"].values() if isinstance(each, dict)]
        print(f"{kind}, {type(rule).__name__}: {answer['success']}, missing {answer['result'].get('missing_count')}, raised {raised}")
EOF

diff <(sed -n 's/^#   //p' "$script") output || {
    echo "changed: unknown-rates-are-duplicates"
    exit 1
}
echo "holds: the way from Polars to pandas decides whether a rule holds"
