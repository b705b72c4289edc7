"""The caveat boxes: each trigger met and just not met. All figures are synthetic."""

from datetime import date

import pytest

from reports import wording
from reports.products.caveats import FEWEST_EVENTS, caveat, months_behind
from reports.wording_rules import lint


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
    assert caveat([row()], "synthetic figures", grades=["A", "B"], dispersion=10.0) == ()


@pytest.mark.parametrize(
    ("rows", "facts", "words"),
    [
        ([row()], {"grades": ["A", "C", "X"]}, "have grade C and grade X: they stand side by side"),
        ([row()], {"breaks": ["pandemic"]}, "The chart crosses a break (pandemic)"),
        ([row()], {"breaks": ["pandemic", "new scale"]}, "crosses breaks (pandemic and new scale)"),
        (
            [row(coverage="partial", coverage_note="leaves out Place")],
            {},
            "year ending December 2024 (leaves out Place)",
        ),
        ([row(numerator=FEWEST_EVENTS - 1.0)], {}, "One figure here is below 20"),
        ([row(numerator=1.0), row(numerator=0.0)], {}, "Two figures here are below 20"),
        ([row()], {"dispersion": 10.4}, "Areas differ 10 times as much"),
        ([row(denominator_edition="mid-2022, synthetic")], {}, "One rate is on a population up to 30 months older"),
        ([row()], {"notes": 1}, "Publishers have one note on these areas"),
    ],
)
def test_each_trigger_says_what_it_affects(rows: list[dict[str, object]], facts: dict[str, object], words: str) -> None:
    assert words in said(rows, **facts)


def test_a_missing_figure_is_neither_small_nor_on_an_old_population() -> None:
    assert said([row(numerator=None, denominator=None, denominator_edition=None)]) == ""
    assert months_behind(row()) == 18
