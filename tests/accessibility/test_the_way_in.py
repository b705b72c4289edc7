"""The way in, as a reader meets it: near spellings, what to do without a result, by keyboard, small and large, and on paper."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pikepdf import Pdf
from playwright.sync_api import Browser, Page

from tests.full_build import built as built

pytestmark = pytest.mark.full


@pytest.fixture(params=[375, 1280])
def index(browser: Browser, built: Path, request: pytest.FixtureRequest) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": request.param, "height": 800})
    page.goto((built / "reports" / "index.html").as_uri())
    yield page
    page.close()


def places_found(page: Page, asked: str) -> list[str]:
    page.fill("#find", asked)
    return page.eval_on_selector_all(
        "#places li", "items => items.filter(i => i.checkVisibility()).map(i => i.querySelector('a').textContent)"
    )


@pytest.mark.parametrize(
    ("asked", "place"),
    [
        ("norfok", "Norfolk"),
        ("Nofrolk", "Norfolk"),
        ("kings lyn", "King's Lynn and West Norfolk"),
        ("suffok", "Suffolk"),
    ],
)
def test_a_near_spelling_finds_the_place(index: Page, asked: str, place: str) -> None:
    assert place in places_found(index, asked)


def test_without_a_result_the_reader_is_told_what_to_try(index: Page) -> None:
    assert places_found(index, "zzzzqqqq") == []
    assert "Try the district or council" in index.inner_text("#found")


def test_by_keyboard_a_district_leads_to_its_section(index: Page) -> None:
    index.focus("#find")
    index.keyboard.type("King's Lynn")
    index.keyboard.press("Enter")
    index.wait_for_url("**/norfolk.html#locality-e07000146")
    assert index.evaluate("document.querySelector(location.hash).textContent").startswith("King's Lynn")


@pytest.mark.parametrize("asked", ["norfolk", "norfok"])
def test_a_whole_name_comes_before_those_that_contain_it(index: Page, asked: str) -> None:
    index.focus("#find")
    index.keyboard.type(asked)
    index.keyboard.press("Enter")
    index.wait_for_url("**/norfolk.html")


def test_what_changed_is_first_in_the_window_and_nothing_is_cut_off(index: Page) -> None:
    top = index.evaluate("document.querySelector('.callout').getBoundingClientRect().top")
    assert top < 800
    assert index.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_without_a_script_every_place_and_map_is_within_reach(browser: Browser, built: Path) -> None:
    page = browser.new_page(java_script_enabled=False)
    page.goto((built / "reports" / "index.html").as_uri())
    assert page.locator("#places a").count() > 400
    page.get_by_role("link", name="Potential victims referred").first.click()
    assert page.url.endswith("map-referrals.html#map")
    assert page.locator("svg a").count() > 40
    page.close()


def test_on_paper_the_index_takes_three_pages_at_most(browser: Browser, built: Path, tmp_path: Path) -> None:
    page = browser.new_page()
    page.goto((built / "reports" / "index.html").as_uri())
    paper = tmp_path / "index.pdf"
    page.pdf(path=paper, prefer_css_page_size=True)
    page.close()
    assert len(Pdf.open(paper).pages) <= 3
