"""Which areas have a figure in which period: bars where they have, hatching and a letter where they have not."""

from xml.etree import ElementTree

import pytest

from reports.figures import MatrixColumn, coverage_matrix
from tests.reports.figures.reading import SVG, extents, overlapping, parsed, texts
from transforms.errors import CountyLinesError

YEARS = [MatrixColumn("Offences", str(year)) for year in range(2018, 2023)]


def drawn(gaps, reasons, areas=("Alpha", "Beta"), columns=YEARS) -> ElementTree.Element:
    return parsed(coverage_matrix(areas, columns, gaps, reasons, anchor="c", title="t", description="d"))


def bars(root: ElementTree.Element) -> list[float]:
    """The widths of the bars of figures, without the one of the legend."""
    wide = [float(each.get("width")) for each in root.iter(f"{SVG}rect") if "fill-accent" in each.get("class")]
    return wide[:-1]


def test_neighbouring_figures_are_one_bar_and_a_gap_divides_it():
    whole, *rest = bars(drawn([{}, {}, {"Beta": "a"}, {}, {}], {"a": "Not sent."}))
    assert rest == pytest.approx([whole * 2 / 5, whole * 2 / 5], abs=0.05)


def test_a_gap_is_hatched_and_carries_the_letter_of_its_reason_which_stands_below():
    root = drawn([{}, {"Alpha": "a"}, {"Alpha": "a"}, {}, {"Alpha": "b"}], {"a": "Not sent.", "b": "Not printed."})
    hatched = [each for each in root.iter(f"{SVG}rect") if each.get("fill") == "url(#c-hatch)"]
    assert len(hatched) == 2 + 2  # one for each stretch, one for each reason
    assert texts(root).count("a") == 2
    assert {"Not sent.", "Not printed.", "a figure is held"} <= set(texts(root))


def test_measures_stand_apart_and_each_has_its_head():
    columns = [*YEARS, MatrixColumn("Referrals", "Q1"), MatrixColumn("Referrals", "Q2")]
    root = drawn([{} for _ in columns], {}, columns=columns)
    assert len(bars(root)) == 4
    assert {"Offences", "Referrals", "2022", "Q2"} <= set(texts(root))


def test_a_measure_of_few_periods_is_as_wide_as_its_head_and_no_texts_lie_on_each_other():
    narrow = [MatrixColumn(name, "Mar 2018") for name in ("Searches", "Arrests", "Officers")]
    columns = [MatrixColumn("Offences", f"Mar {year}") for year in range(2000, 2026)] + narrow
    root = drawn([{} for _ in columns], {}, columns=columns)
    heads = {
        text: (left, right) for text, left, right, *_ in extents(root) if text in {each.measure for each in narrow}
    }
    of_alpha = [each for each in root.iter(f"{SVG}rect") if "fill-accent" in each.get("class")][:4]
    spans = [(float(each.get("x")), float(each.get("x")) + float(each.get("width"))) for each in of_alpha]
    for (start, end), (left, right) in zip(spans[1:], heads.values(), strict=True):
        assert start - 0.05 <= left
        assert right <= end + 0.05
    assert overlapping(extents(root)) == []
    assert max(right for _, _, right, *_ in extents(root)) <= 680.5


def test_the_last_period_of_every_measure_stands_above_its_own_bars():
    columns = [
        *(MatrixColumn("Offences", f"Mar {year}") for year in range(2000, 2030)),
        MatrixColumn("Arrests", "Apr 2018"),
    ]
    root = drawn([{} for _ in columns], {}, columns=columns)
    where = {text: (left, right) for text, left, right, *_ in extents(root)}
    offences, arrests = [each for each in root.iter(f"{SVG}rect") if "fill-accent" in each.get("class")][:2]
    assert where["Mar 2029"][1] <= float(offences.get("x")) + float(offences.get("width")) + 0.05
    assert where["Apr 2018"][0] >= float(arrests.get("x")) - 0.05


@pytest.mark.parametrize(
    ("gaps", "reasons", "columns", "message"),
    [
        ([{"Alpha": "z"}, {}, {}, {}, {}], {}, YEARS, "without a reason"),
        ([{}], {}, YEARS, "not one list"),
        ([{} for _ in range(90)], {}, YEARS * 18, "too many for a page; show fewer"),
        (
            [{} for _ in range(12)],
            {},
            [MatrixColumn(f"Offences{each}", "Mar 2018") for each in range(12)],
            "show fewer",
        ),
    ],
)
def test_a_matrix_that_would_mislead_is_refused(gaps, reasons, columns, message):
    with pytest.raises(CountyLinesError, match=message):
        drawn(gaps, reasons, columns=columns)
