"""Indicators of findings that take their years from what is held: synthetic outcomes of one year, of two, and of none."""

from pathlib import Path
from typing import Any

import pytest

from tests.sources.home_office_files import Outcomes, outcomes, read
from transforms.contracts.tables import COMPARABILITY, cells
from transforms.harmonise import Registers
from transforms.harmonise.registers import areas_frame
from transforms.indicators import indicators
from transforms.inspection import load_findings
from transforms.inspection.worked_out import Held, worked_out

pytestmark = pytest.mark.full

OUTCOMES: Outcomes = {("92A", "1"): (12, 15), ("92A", "14"): (28, 30), ("106", "1"): (2, 1), ("106", "18"): (8, 3)}


def charged(years: tuple[str, ...], folder: Path, registers: Registers, data: Path) -> dict[str, Any]:
    """The indicator on modern slavery offences charged, of files of these financial years."""
    findings = load_findings(data)
    (row,) = findings.indicators.filter(indicator_id="I02b").iter_rows(named=True)
    files = {
        f"prc-outcomes-open-data-mar20{year[-2:]}-tables-230726.xlsx": outcomes(year, {"Norfolk": OUTCOMES})
        for year in years
    }
    result = read(folder, files)
    computed = indicators(
        result.observations,
        areas_frame(registers),
        registers.area_members,
        registers.measures,
        registers.local_authorities,
    )
    none = COMPARABILITY.schema.to_frame()
    held = Held(cells("none").schema.to_frame(), result.observations, computed, none, registers)
    return row | worked_out(row, held, findings.facts)


def test_one_year_is_shown_and_says_that_it_is_the_only_one(tmp_path: Path, registers: Registers, data: Path) -> None:
    found = charged(("2023/24",), tmp_path, registers, data)
    assert (found["baseline"], found["latest"], found["latest_period"]) == (None, 20, "2023-04 to 2024-03")
    assert (found["grade"], found["why_not"]) == (None, "One year only is held.")
    assert found["evidence"] == "M07.K04000001.202304-202403.prc-outcomes-open-data-mar2024-tables-230726.offences"


def test_of_several_years_after_the_report_the_first_stands_beside_the_newest_which_is_said(
    tmp_path: Path, registers: Registers, data: Path
) -> None:
    found = charged(("2021/22", "2022/23", "2023/24"), tmp_path, registers, data)
    assert (found["baseline_period"], found["latest_period"]) == ("2021-04 to 2022-03", "2023-04 to 2024-03")
    assert (found["change"], found["quarters"]) == (pytest.approx(0), 4)
    assert (
        found["why_not"]
        == "The earlier figure is of the first year held, which is later than the report of January 2020."
    )


def test_of_a_year_that_is_too_young_the_register_says_what_is_missing(
    tmp_path: Path, registers: Registers, data: Path
) -> None:
    found = charged(("2025/26",), tmp_path, registers, data)
    assert (found["latest"], found["why_not"]) == (
        None,
        "No edition of crime outcomes is held, or none with a year whose quarters are all a year old.",
    )
