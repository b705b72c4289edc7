"""The data pack of a full build: published with the reports, linked from them, listed with sizes, and valid as a whole."""

import re
from pathlib import Path

import polars as pl
import pytest

from orchestration.assets.datapack import download_names
from reports import formats
from tests.datapack.test_tables import csvw_accepts, frictionless_accepts
from tests.full_build import Small
from tests.full_build import built as built
from tests.full_build import small as small

pytestmark = pytest.mark.full


def test_as_csv_on_the_web_the_published_pack_is_accepted(small: Small) -> None:
    """Of the small data, since this validator is slow; the other one reads all rows of the whole pack."""
    assert csvw_accepts(small.build / "reports" / "data")


def test_as_a_data_package_the_published_pack_is_accepted_with_its_checksums(built: Path) -> None:
    assert frictionless_accepts(built / "reports" / "data")


def test_the_page_of_downloads_lists_every_file_with_its_size(built: Path, areas: pl.DataFrame) -> None:
    page = (built / "reports" / "downloads.html").read_text(encoding="utf-8")
    listed = dict(re.findall(r'<a href="([^"]+)">[^<]+</a> <span class="note">([^<]+ kB)</span>', page))
    names = download_names(areas)
    assert len(names) > 54
    assert listed == {name: formats.size((built / "reports" / name).stat().st_size) for name in names}


def test_every_report_leads_to_its_workbook_and_to_the_tables(built: Path) -> None:
    workbooks = sorted((built / "reports").glob("*.xlsx"))
    assert len(workbooks) == 1 + 10 + 10 + 43
    for workbook in workbooks:
        page = workbook.with_suffix(".html").read_text(encoding="utf-8")
        assert f'<a href="{workbook.name}">Workbook (XLSX)</a>' in page
        assert 'href="downloads.html"' in page


def test_the_tidy_file_for_analysts_is_that_of_the_pack(built: Path) -> None:
    assert (built / "county_lines.csv").read_bytes() == (built / "reports" / "data" / "indicators.csv").read_bytes()
