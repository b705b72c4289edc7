"""The box on King's Lynn and West Norfolk: counts of the district beside its force's, from the cells that the project keeps."""

import dataclasses
from collections.abc import Iterator

from reports import wording
from reports.document import Callout, Table
from reports.numbers import ReportData
from reports.products.locality import localities
from reports.wording_rules import lint
from tests.reports.reading import MERSEYSIDE, NORFOLK


def table_of(report_data: ReportData) -> Table:
    return next(block for block in localities(report_data, NORFOLK) if isinstance(block, Table))


def points_of(report_data: ReportData) -> Iterator[str]:
    for block in localities(report_data, NORFOLK):
        if isinstance(block, Callout):
            yield from (wording.plain(point) for point in block.points)


def test_each_count_stands_beside_the_force_and_the_records_without_a_place(report_data: ReportData) -> None:
    rows = [tuple(wording.plain((run,)) for run in row) for row in table_of(report_data).rows]
    assert [row[1:] for row in rows] == [
        ("December 2025", "25", "182", "2", "2025-01-to-2025-12-street, 2025-12-norfolk-street.csv, I2013"),
        ("November 2025", "31", "144", "2", "2025-01-to-2025-12-street, 2025-11-norfolk-street.csv, I1975"),
        ("year ending June 2025", "430", "1,949", "54", "ye-jun-2025, Table C2, Z257"),
        ("November 2018", "31", "221", "8", "2018-10-to-2018-11-street, 2018-11-norfolk-street.csv, I2427"),
        ("October 2018", "37", "220", "6", "2018-10-to-2018-11-street, 2018-10-norfolk-street.csv, I2564"),
    ]
    assert all(lint(point) == [] for point in points_of(report_data))


def test_without_a_count_the_box_says_that_nothing_is_held(report_data: ReportData) -> None:
    bare = dataclasses.replace(report_data, excluded=report_data.excluded.clear())
    assert list(points_of(bare)) == [
        "No figure is shown for King's Lynn and West Norfolk alone. Every figure in this report is for the whole of Norfolk."
    ]
    assert not any(isinstance(block, Table) for block in localities(bare, NORFOLK))


def test_a_force_without_a_registered_locality_has_no_box(report_data: ReportData) -> None:
    assert localities(report_data, MERSEYSIDE) == ()
