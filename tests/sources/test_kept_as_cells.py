"""Sources whose figures no measure counts: every cell that is landed is excluded with its reason, on synthetic files in the documented layouts."""

from pathlib import Path

import polars as pl
import pytest

from transforms.sources.yjb_youth_justice import SHEET

from .home_office_files import read
from .open_documents import ods_bytes
from .test_ho_outcomes_supplementary import sheets as supplementary
from .test_home_office_open_data import PARTNERSHIPS, rows_of
from .workbooks import workbook_bytes

_PLACE = ["2023-24", "Norfolk", "Norfolk", "East of England", "England"]
FILES = {
    "partnerships": (
        "prc-csp-mar21-mar26-tables-230726.ods",
        ods_bytes({"2024_25": rows_of(PARTNERSHIPS)}),
        {"partnerships": 5, "partnerships-unassigned": 1},
    ),
    "supplementary metrics of all crime": (
        "prc-supplementary-crime-outcomes-metrics-230726.xlsx",
        workbook_bytes(supplementary()),
        {"supplementary-all-crime": 3},
    ),
    "cautions and sentences of children": (
        "Outcome_Table.ods",
        ods_bytes(
            {
                SHEET: [
                    [
                        *("Financial_Year", "YJS", "PCC", "Region", "England_Wales"),
                        "Caution_or_sentence_tier",
                        "Caution_or_sentence_type",
                        "Number_Cautioned_Sentenced",
                    ],
                    [*_PLACE, "Custody", "Detention and Training Order", "3"],
                ]
            }
        ),
        {"youth-justice-sentences": 1},
    ),
    "children by age": (
        "Children_Table.ods",
        ods_bytes(
            {
                SHEET: [
                    [
                        *("Financial_Year", "YJS", "PCC", "Region", "England_Wales"),
                        "Age_Group",
                        "Ethnicity_Group",
                        "Sex",
                        "Number_Children",
                    ],
                    [*_PLACE, "10-14", "White", "Male", "2"],
                ]
            }
        ),
        {"youth-justice-children": 1},
    ),
}


@pytest.mark.parametrize(("name", "content", "rules"), FILES.values(), ids=FILES)
def test_every_cell_is_excluded_with_a_reason_that_is_counted(
    name: str, content: bytes, rules: dict[str, int], tmp_path: Path
) -> None:
    result = read(tmp_path, {name: content})
    assert result.observations.is_empty()
    assert dict(result.excluded.group_by("rule").len().rows()) == rules
    assert result.excluded.filter(pl.col("reason").str.len_chars() < 20).is_empty()
