"""The finished PDFs pass an independent checker of PDF/UA-1, a report of each kind and what changed; and each report is short."""

from pathlib import Path

import page as page_validation
import pikepdf
import pytest

from tests.full_build import built as built

pytestmark = pytest.mark.full


@pytest.mark.parametrize(
    "slug",
    [
        "england-and-wales",
        "region-east-of-england",
        "policing-region-ersou",
        "norfolk",
        "city-of-london",
        "what-changed",
    ],
)
def test_a_finished_pdf_passes_pdf_ua_1(built: Path, slug: str) -> None:
    report = page_validation.validate_pdf_bytes((built / "reports" / f"{slug}.pdf").read_bytes(), profile="ua1")
    assert report.is_compliant, [(failure.rule_id, failure.message) for failure in report.failures]


def test_no_report_has_more_than_ten_pages(built: Path) -> None:
    pages = {}
    for workbook in (built / "reports").glob("*.xlsx"):
        with pikepdf.open(workbook.with_suffix(".pdf")) as report:
            pages[workbook.stem] = len(report.pages)
    assert len(pages) > 60
    assert {slug: number for slug, number in pages.items() if number > 10} == {}
