"""The revision triangle: what each edition printed for the same figure. The figures are synthetic."""

import re

import pytest

from reports.figures import RevisedFigure, revision_triangle
from reports.figures.revision_triangle import editions_that_fit
from transforms.errors import CountyLinesError

EDITIONS = ["Publisher, April 2019", "Publisher, July 2019", "Publisher, October 2019"]


def drawn(*figures: RevisedFigure, editions: list[str] = EDITIONS) -> str:
    return revision_triangle(figures, editions, anchor="figure-x", title="A title", description="A description.")


def test_a_changed_value_has_its_change_beside_it_and_an_unprinted_one_is_left_blank() -> None:
    chart = drawn(
        RevisedFigure("A, YE Mar 2018", ("1,000", "1,035", "1,035"), ("", "+35", "")),
        RevisedFigure("A, YE Jun 2018", (None, "900", "890"), ("", "", "−10")),
    )
    texts = re.findall(r"<text[^>]*>([^<]+)</text>", chart)
    assert [text for text in texts if text in ("1,000", "1,035 (+35)", "1,035", "900", "890 (−10)")] == [
        *("1,000", "1,035 (+35)", "1,035"),
        *("900", "890 (−10)"),
    ]
    bold = re.findall(r'<text[^>]*font-weight="600"[^>]*>([^<]+)</text>', chart)
    assert bold == ["1,035 (+35)", "890 (−10)"]
    assert chart.count("stroke-dasharray") == 1, "the value that stayed is joined by a dotted line"


@pytest.mark.parametrize(
    ("figures", "editions", "words"),
    [
        ([], EDITIONS, "has 0 rows"),
        ([RevisedFigure("A", ("1",) * 3, ("",) * 3)] * 21, EDITIONS, "has 21 rows"),
        ([RevisedFigure("A", ("1",), ("",))], EDITIONS, "not one an edition"),
        ([RevisedFigure("A", ("1",) * 11, ("",) * 11)], ["An edition"] * 11, "11 editions, too many"),
    ],
    ids=["nothing", "too many rows", "values without editions", "too many editions"],
)
def test_what_is_no_chart_is_refused(figures: list[RevisedFigure], editions: list[str], words: str) -> None:
    with pytest.raises(CountyLinesError, match=words):
        drawn(*figures, editions=editions)


def test_as_many_editions_are_drawn_as_there_is_room_for_beside_the_names() -> None:
    """Five editions print one figure of 2018 when every quarter's tables are held."""
    name = "Avon and Somerset, year ending March 2018"
    five = RevisedFigure(name, ("2,890", None, None, None, "3,163"), ("", "", "", "", "+273"))
    assert editions_that_fit([five]) >= 4
    short = RevisedFigure("Norfolk, YE Mar 2018", five.values, five.changes)
    assert "3,163 (+273)" in drawn(short, editions=["Police force area tables"] * 5)
    for many in range(1, editions_that_fit([five]) + 1):
        drawn(RevisedFigure(name, ("2,890",) * many, ("",) * many), editions=["An edition"] * many)
