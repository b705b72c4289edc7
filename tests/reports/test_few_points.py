"""Every product on nothing, one and two points of each series: what was published by an early day may be no more than that."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import polars as pl
import pytest

from reports.document import Document, Figure, Paragraph, Places
from reports.numbers import ReportData
from reports.products import pages, products, scoreboard, site, stated
from reports.products.recorded import at_year_ends
from reports.products.shared import DRUGS
from reports.wording import plain
from transforms.comparability import profile

NORFOLK: Final = "E23000024"
_TABLES: Final = (
    "observations",
    "coverage",
    "grades",
    "statements",
    "united_kingdom",
    "plausibility",
    "excluded",
    "notes",
    "reconciliation",
)


def with_points(data: ReportData, points: int, of: pl.Expr) -> ReportData:
    """The same data with so many of the oldest periods of each measure and area, where ``of`` holds, and no comparison."""
    place = pl.col("period_end").rank("dense").over("measure_id", "area_id", "months")
    indicators = data.indicators.filter(~of | (place <= points))
    nothing = data.comparability.clear()
    said = profile(indicators, nothing, data.headlines)
    return replace(data, indicators=indicators, comparability=nothing, profile=said)


PRODUCTS: dict[str, Callable[[ReportData], Document]] = {
    "force": lambda data: products.force(data, NORFOLK),
    "region": lambda data: products.region(data, "E12000006"),
    "policing region": lambda data: products.region(data, "ERSOU-AREA"),
    "Wales": lambda data: products.region(data, "W92000004"),
    "national": products.national,
    "methods": lambda data: pages.methods(data, data.sources),
    "dictionary": pages.dictionary,
    "index": lambda data: site.index(data, Places(())),
    "map": lambda data: site.maps(data)[0],
    "downloads": site.downloads,
    "findings": scoreboard.page,
    "statements": stated.page,
}


@pytest.mark.full
@pytest.mark.parametrize("points", [0, 1, 2])
@pytest.mark.parametrize("measures", ["all", DRUGS, "all others"])
@pytest.mark.parametrize("product", PRODUCTS)
def test_a_product_needs_no_point(product: str, measures: str, points: int, report_data: ReportData) -> None:
    of = {"all": pl.lit(True), DRUGS: pl.col("measure_id") == DRUGS, "all others": pl.col("measure_id") != DRUGS}
    document = PRODUCTS[product](with_points(report_data, points, of[measures]))
    assert document.blocks


@pytest.mark.parametrize("product", PRODUCTS)
def test_a_product_needs_no_other_table(product: str, report_data: ReportData) -> None:
    empty = {name: getattr(report_data, name).clear() for name in _TABLES}
    document = PRODUCTS[product](replace(with_points(report_data, 0, pl.lit(True)), **empty))
    assert document.blocks


def test_years_that_end_in_another_month_are_shown_where_no_march_is_held(report_data: ReportData) -> None:
    """What stands after two corrected editions, of June and September 2018, were all that had been published."""
    rows = report_data.preferred(DRUGS, NORFOLK).filter(pl.col("months") == 12)
    autumn = rows.filter(pl.col("period_end").dt.month() == 9)
    assert len(autumn)
    assert at_year_ends(autumn).equals(autumn)
    kept = (pl.col("measure_id") != DRUGS) | (pl.col("period_end").dt.month() == 9)
    document = products.force(replace(report_data, indicators=report_data.indicators.filter(kept)), NORFOLK)
    assert "figure-drug-offences" in [block.anchor for block in document.blocks if isinstance(block, Figure)]


def test_a_report_without_a_number_of_offences_says_so_and_draws_no_chart(report_data: ReportData) -> None:
    document = products.force(with_points(report_data, 0, pl.col("measure_id") == DRUGS), NORFOLK)
    assert "figure-drug-offences" not in [block.anchor for block in document.blocks if isinstance(block, Figure)]
    said = [plain(block.prose) for block in document.blocks if isinstance(block, Paragraph)]
    assert (
        "No number of drug offences recorded by the police in Norfolk over twelve months is held, so there is no chart."
        in said
    )
