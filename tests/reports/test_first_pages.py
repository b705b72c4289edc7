"""Page 1 of every report as its PDF has it: for each measure held, value, date, change or why not, comparison or why not; and its length."""

import re
import shutil
import subprocess
from pathlib import Path

import pikepdf
import polars as pl
import pytest

from tests.full_build import built as built

pytestmark = pytest.mark.full

CHANGE = r"(?:[≈?] )?[−+]?[\d,.]+(?:%| points) [AB]|too few [AB]|grade [CX]|\[x\]"
NATION = r"[\d,]+\.\d|\[x\]|\[z\]"
RANK = r"\d+ of \d+(?: \(\d+ to \d+\))?|\[z\]"
SHORT_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def page_1(pdf: Path) -> str:
    """The words of the first page in the order in which they are drawn, parted by single blanks."""
    text = subprocess.run(
        ["pdftotext", "-f", "1", "-l", "1", "-raw", pdf, "-"], capture_output=True, text=True, check=True
    ).stdout
    return " ".join(text.split())


def line_of(page: str, slug: str, label: str, after: int) -> int:
    found = page.find(f" {label} ", after)
    assert found >= 0, f"{slug}: {label} is not in the profile"
    return found


def reports_of(build: Path) -> list[tuple[str, str]]:
    areas = pl.read_parquet(build / "lake" / "core" / "areas.parquet")
    reported = {path.stem for path in (build / "reports").glob("*.pdf")}
    return sorted(areas.filter(pl.col("slug").is_in(list(reported))).select("slug", "area_id").iter_rows())


def test_page_1_says_of_each_measure_its_value_date_change_and_comparison_or_why_not(built: Path) -> None:
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed: the text of the PDF cannot be read back")
    profile = pl.read_parquet(built / "lake" / "out" / "profile.parquet")
    figures = pl.read_parquet(built / "lake" / "out" / "indicators.parquet")
    labels = dict(pl.read_csv("data/registers/headlines.csv").select("measure_id", "label").iter_rows())
    rows = profile.join(figures.select("indicator_id", "numerator", "value", "status"), on="indicator_id").sort(
        "position"
    )
    reports = reports_of(built)
    assert len(reports) == 64
    for slug, area_id in reports:
        page = page_1(built / "reports" / f"{slug}.pdf")
        held = list(rows.filter(pl.col("area_id") == area_id).iter_rows(named=True))
        assert len(held) >= 5, slug
        # The page has the words of the list of messages first; the profile begins behind its header.
        starts = [page.index("England and Wales Rank")]
        for row in held:
            starts.append(line_of(page, slug, labels[row["measure_id"]], starts[-1]))
        lines = [page[begin:end] for begin, end in zip(starts[1:], [*starts[2:], None], strict=True)]
        for row, line in zip(held, lines, strict=True):
            what = f"{slug}, {row['measure_id']}: {line[:160]}"
            count = f" {row['numerator']:,.0f} " if row["numerator"] is not None else None
            assert (count is not None and count in line) or " [z] " in line, what
            assert f"{SHORT_MONTHS[row['period_end'].month - 1]} {row['period_end'].year}" in line, what
            if row["value"] is None:
                assert re.search(r"\[\w+\]", line), what
            compared = rf"(?:{CHANGE}) (?:{CHANGE}) (?:{NATION}) (?:{RANK})"
            assert re.search(compared, line), what


def test_a_report_on_a_force_has_at_most_six_pages_a_region_eight_and_the_nation_ten(built: Path) -> None:
    areas = dict(pl.read_parquet(built / "lake" / "core" / "areas.parquet").select("area_id", "kind").iter_rows())
    figures = pl.read_parquet(built / "lake" / "out" / "indicators.parquet")
    # Where a London project counted people, its chart makes the report a page longer.
    counted = set(figures.filter(pl.col("measure_id") == "london_linked_individuals")["area_id"])
    most = {"police_force_area": 6, "region": 8, "policing_region": 8}
    pages = {}
    for slug, area_id in reports_of(built):
        with pikepdf.open(built / "reports" / f"{slug}.pdf") as pdf:
            pages[slug] = (len(pdf.pages), most.get(areas[area_id], 10) + (area_id in counted))
    assert {slug: held for slug, (held, allowed) in pages.items() if held > allowed} == {}
