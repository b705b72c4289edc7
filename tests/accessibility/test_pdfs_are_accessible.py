"""The finished PDFs pass an independent checker of PDF/UA-1: a report of each kind, and what changed."""

from pathlib import Path

import page as page_validation
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
