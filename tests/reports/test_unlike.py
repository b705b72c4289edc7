"""A force's report warns of its own figures that are far from those before them."""

from reports.document import Callout
from reports.numbers import ReportData
from reports.products import products
from reports.wording import UNLIKE_TITLE, plain

NORFOLK, EAST = "E23000024", "E12000006"


def warned(document: products.Document) -> list[str]:
    boxes = [block for block in document.blocks if isinstance(block, Callout) and block.title == UNLIKE_TITLE]
    return [plain(point) for box in boxes for point in box.points]


def test_norfolk_prints_arrests_after_searches_with_a_warning(report_data: ReportData) -> None:
    said = warned(products.force(report_data, NORFOLK))[1:]
    assert [each for each in said if each.startswith("Arrests after")] == [
        "Arrests after stop and searches for drugs, year ending March 2018: 89, after 189 in the same months a year before.",
        "Arrests after stop and searches for drugs, year ending March 2019: 250, after 89 in the same months a year before.",
    ]


def test_every_odd_figure_of_an_indicator_stands_in_the_report_of_its_force(report_data: ReportData) -> None:
    printed = report_data.plausibility.filter(
        ~report_data.plausibility["like_year_before"], measure_id="arrests_after_searches_for_drugs"
    )
    for area_id in printed["area_id"].unique():
        own = printed.filter(area_id=area_id)
        said = warned(products.force(report_data, area_id))
        assert sum("Arrests after stop and searches" in line for line in said) == len(own)


def test_a_region_has_no_such_box(report_data: ReportData) -> None:
    assert warned(products.region(report_data, EAST)) == []
