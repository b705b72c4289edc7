"""The pages as a reader's programs show them: HTML in a real browser, PDF as its text comes out."""

import re
import shutil
import subprocess
from html import escape as html_escape
from pathlib import Path

import pytest

from tests.full_build import built as built

pytestmark = pytest.mark.full

_FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--dump-dom"),
]
# What the page says of itself once it is laid out: its width, what it fetched, and what it shows of its first chart.
_PROBE = """<script>document.title = [document.documentElement.scrollWidth,
performance.getEntriesByType("resource").length, Math.round(document.querySelector("svg").getBoundingClientRect().width)].join(" ")</script>"""


def laid_out(page: Path, width: int, folder: Path) -> list[int]:
    """Width of the page, number of files that it fetched and width of its first chart, in a browser window of a given width."""
    browser = shutil.which("chromium")
    if browser is None:
        pytest.skip("chromium is not installed: the pages cannot be looked at in a browser")
    probed = folder / f"{page.stem}-{width}.html"
    html = page.read_text(encoding="utf-8")
    # A frame makes the width exact: the windows of a headless browser have a smallest width of their own.
    probed.write_text(html.replace("</body>", f"{_PROBE}</body>"), encoding="utf-8")
    frame = folder / f"frame-{page.stem}-{width}.html"
    frame.write_text(
        f"""<!doctype html><title>waiting</title><iframe src="{probed.name}" width="{width}" height="900" style="border:0"
        onload="document.title = this.contentDocument.title"></iframe>""",
        encoding="utf-8",
    )
    run = subprocess.run(
        [browser, *_FLAGS, "--allow-file-access-from-files", f"--user-data-dir={folder / 'profile'}", frame.as_uri()],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    found = re.search(r"<title>([\d ]+)</title>", run.stdout)
    assert found, run.stdout[:300]
    return [int(number) for number in found[1].split()]


@pytest.mark.parametrize("name", ["index", "norfolk", "england-and-wales", "city-of-london"])
@pytest.mark.parametrize("width", [320, 1280])
def test_no_page_is_wider_than_its_window_or_fetches_anything(
    built: Path, tmp_path: Path, name: str, width: int
) -> None:
    page_width, fetched, chart_width = laid_out(built / "reports" / f"{name}.html", width, tmp_path)
    assert page_width <= width
    assert fetched == 0
    assert chart_width > 200


@pytest.mark.parametrize("slug", ["norfolk", "greater-manchester", "england-and-wales"])
def test_the_text_of_the_pdf_holds_every_number_of_the_page_or_a_link_to_it(built: Path, slug: str) -> None:
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed: the text of the PDF cannot be read back")
    pdf = built / "reports" / f"{slug}.pdf"
    text = subprocess.run(["pdftotext", "-layout", pdf, "-"], capture_output=True, text=True, check=True).stdout
    html = pdf.with_suffix(".html").read_text(encoding="utf-8")
    named = re.findall(
        r"The (?:table|chart|chart and its table) “(.+?)” (?:is|are) on the page", " ".join(text.split())
    )
    for caption in named:
        words = re.escape(html_escape(caption, quote=False))
        of_chart = rf'<figure id="[^"]+">\s*<figcaption>{words}</figcaption>.*?</figure>'
        of_table = rf'<table id="[^"]+">\s*<caption [^>]+><span>{words}</span></caption>.*?</table>'
        html, taken = re.subn(f"{of_chart}|{of_table}", "", html, flags=re.DOTALL)
        assert taken >= 1, f"no table or chart of the page is called {caption}"
    numbers = set(re.findall(r'<a class="number" [^>]+>([^<]+)</a>', html))
    assert len(numbers) > 50
    # A number with its interval may stand on two lines of a narrow column.
    assert sorted(number for number in numbers if any(part not in text for part in number.split())) == []
