"""The page that `countylines diff --html` writes is held to the rules that the reports are held to. All figures are synthetic."""

from pathlib import Path

import polars as pl
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from reports.products.changes import changes_page
from reports.render import render_page
from reports.wording_rules import lint, words_of_page
from transforms.importance import KINDS, SCHEMA

pytestmark = pytest.mark.full


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page with every kind of difference, long and missing texts included."""
    rows = [
        (rank, kind, 1.5 if rank % 2 else None, "revised", f"Norfolk, drug offences {n}", "1,000 (rate 2.0)", None if n else "word " * 300)
        for rank, kind in enumerate(KINDS, 1)
        for n in range(3)
    ]  # fmt: skip
    made = changes_page(pl.DataFrame(rows, schema=SCHEMA, orient="row"), "0123456789ab", "ba9876543210")
    source = render_page(made)
    path = tmp_path_factory.mktemp("changes") / "changes.html"
    path.write_text(source, encoding="utf-8")
    return path


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_rule_of_accessibility_is_broken(browser: Browser, page: Path, scheme: str) -> None:
    opened = browser.new_page(color_scheme=scheme, viewport={"width": 400, "height": 700})  # type: ignore[arg-type]
    opened.goto(page.as_uri())
    found = Axe().run(opened).response
    width = opened.evaluate("document.documentElement.scrollWidth")
    opened.close()
    assert found["passes"]
    assert {violation["id"]: violation["nodes"] for violation in found["violations"]} == {}
    assert width <= 400


def test_the_page_keeps_the_wording_rules(page: Path) -> None:
    assert lint(words_of_page(page.read_text(encoding="utf-8"))) == []
