"""The caveat boxes: each trigger met and just not met. All figures are synthetic."""

from datetime import date

import pytest

from reports import wording
from reports.document import Callout
from reports.numbers import ReportData
from reports.products.caveats import FEWEST_EVENTS, caveat, months_behind
from reports.products.products import force
from reports.wording_rules import lint
from tests.reports.reading import NORFOLK


def row(**changes: object) -> dict[str, object]:
    return {
        "period_start": date(2024, 1, 1),
        "period_end": date(2024, 12, 31),
        "numerator": float(FEWEST_EVENTS),
        "denominator": 900_000.0,
        "denominator_edition": "mid-2023, synthetic",
        "coverage": "complete",
        "coverage_note": None,
        **changes,
    }


def said(rows: list[dict[str, object]], **facts: object) -> str:
    boxes = caveat(rows, "synthetic figures", **facts)  # type: ignore[arg-type]
    text = "\n".join(wording.plain(point) for box in boxes for point in box.points)
    assert lint(text) == []
    return text


def test_nothing_stands_where_no_trigger_is_met() -> None:
    assert (
        caveat(
            [row()],
            "synthetic figures",
            grades=[("A", "areas"), ("B", "nation")],
            dispersion=10.0,
            inspected=("2018/19", 24),
        )
        == ()
    )


@pytest.mark.parametrize(
    ("rows", "facts", "words"),
    [
        (
            [row()],
            {"grades": [("A", "areas"), ("C", "nation"), ("X", "year_before")]},
            "have grade C and grade X: they stand side by side",
        ),
        ([row()], {"grades": [("A", "areas"), ("C", "nation")]}, "Affected are comparisons with England and Wales;"),
        ([row()], {"breaks": ["pandemic"]}, "The chart crosses a break (pandemic)"),
        ([row()], {"breaks": ["pandemic", "new scale"]}, "crosses breaks (pandemic and new scale)"),
        (
            [row(coverage="partial", coverage_note="leaves out Place")],
            {},
            "year ending December 2024 (leaves out Place)",
        ),
        ([row(numerator=FEWEST_EVENTS - 1.0)], {}, "One figure here is below 20"),
        ([row(numerator=1.0), row(numerator=0.0)], {}, "Two figures here are below 20"),
        ([row()], {"dispersion": 10.4}, "(10 times the variance of chance)"),
        ([row(denominator_edition="mid-2022, synthetic")], {}, "One rate is on a population up to 30 months older"),
        ([row()], {"notes": 1}, "Publishers have one note on these areas"),
        ([], {"managed": ["Taskforces", "Monthly records"]}, "not official statistics: Taskforces; Monthly records."),
        ([], {"inspected": ("2018/19", 25)}, "of the cycle 2018/19, which ended 25 months before"),
    ],
)
def test_each_trigger_says_what_it_affects(rows: list[dict[str, object]], facts: dict[str, object], words: str) -> None:
    assert words in said(rows, **facts)


def test_a_missing_figure_is_neither_small_nor_on_an_old_population() -> None:
    assert said([row(numerator=None, denominator=None, denominator_edition=None)]) == ""
    assert months_behind(row()) == 18


@pytest.mark.full
def test_the_boxes_of_a_report_name_management_information_and_old_grades(report_data: ReportData) -> None:
    points = [
        wording.plain(point)
        for block in force(report_data, NORFOLK).blocks
        if isinstance(block, Callout) and block.kind == "caveat"
        for point in block.points
    ]
    assert any("Management information" in point and "data.police.uk monthly archive" in point for point in points)
    assert any("The newest grades held are of the cycle" in point for point in points)
