"""The data pack of a full build: published with the reports, linked from them, listed with sizes, and valid as a whole."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import polars as pl
import pytest
from polars.testing import assert_frame_equal

import countylines as cl
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
    pack = built / "reports" / "data"
    assert (built / "county_lines.csv").read_bytes() == (pack / "indicators.csv").read_bytes()
    assert (built / "county_lines_other_figures.csv").read_bytes() == (pack / "other-figures.csv").read_bytes()


def test_the_files_of_measures_have_one_schema_and_are_the_tidy_table(built: Path) -> None:
    pack = built / "reports" / "data"
    parts = sorted(pack.glob("by-measure/*/indicators.parquet"))
    schemas = {str(pl.read_parquet_schema(part)) for part in parts}
    assert len(parts) > 30
    assert len(schemas) == 1, "DuckDB takes the types of the first file for all, and says nothing"
    whole = pl.read_parquet(pack / "indicators.parquet")
    pattern = str(pack / "by-measure" / "*" / "indicators.parquet")
    for together in (
        pl.read_parquet(pattern, hive_partitioning=True),
        duckdb.read_parquet(pattern, hive_partitioning=True).pl(),
    ):
        assert_frame_equal(together.select(whole.columns).sort("indicator_id"), whole.sort("indicator_id"))


def snippets(built: Path, language: str) -> list[str]:
    text = (built / "reports" / "data" / "README.md").read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.M | re.DOTALL)


def test_the_pack_says_how_to_load_it_in_python_and_sql(built: Path) -> None:
    pack = built / "reports" / "data"
    (program,) = snippets(built, "python")
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=pack)
    assert done.returncode == 0, done.stderr
    (statement,) = snippets(built, "sql")
    asked = duckdb.sql(statement.replace("by-measure/", f"{pack}/by-measure/")).pl()
    expected = (
        cl.open(built).series("Norfolk", "drug_offences", overlapping=True).select("period_end", "numerator", "value")
    )
    assert_frame_equal(asked, expected)
    assert len((pack / "README.md").read_text(encoding="utf-8").splitlines()) < 50


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not installed")
def test_the_pack_says_how_to_load_it_in_r(built: Path) -> None:
    has_arrow = subprocess.run(["Rscript", "-e", "library(arrow)"], capture_output=True, check=False)
    if has_arrow.returncode:
        pytest.skip("the package arrow is not installed in R")
    (program,) = snippets(built, "r")
    pack = built / "reports" / "data"
    assert subprocess.run(["Rscript", "-e", program], capture_output=True, check=False, cwd=pack).returncode == 0
