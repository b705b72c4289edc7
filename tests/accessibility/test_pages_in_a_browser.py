"""What a reader meets: no rule of accessibility broken, light, dark and printed; the keyboard reaches everything; nothing is cut off."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Request

from tests.full_build import built as built

pytestmark = pytest.mark.full

# One of each type, and the force with the most that is missing.
PAGES = (
    "index",
    "england-and-wales",
    "region-london",
    "policing-region-ersou",
    "norfolk",
    "city-of-london",
    "evidence/norfolk",
    "findings",
    "data-quality",
    "data-dictionary",
    "methods",
    "what-changed",
)
# Pages share one frame and one style sheet: what depends on these alone is looked at on a few.
some_pages = pytest.mark.parametrize(
    "name", ["index", "england-and-wales", "norfolk", "evidence/norfolk", "data-quality", "methods", "what-changed"]
)
# Rows of tables and ways back after the first few.
_ALIKE = "tbody tr:nth-child(n+5), .way-back:nth-of-type(n+8)"
# What has the focus, whether a line around it (in a drawing: the line of its shape) says so, and whether it is in the window.
_FOCUSED = """() => {
  const element = document.activeElement, style = getComputedStyle(element), box = element.getBoundingClientRect();
  const shape = element.closest("svg") && getComputedStyle(element.firstElementChild);
  return {
    what: element.tagName + " " + (element.textContent || "").trim().slice(0, 40),
    outline: shape ? parseFloat(shape.strokeWidth) >= 3 : style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0,
    visible: box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight,
  };
}"""


@pytest.fixture(scope="module")
def window(browser: Browser) -> Iterator[Page]:
    """One window for all pages: to open another costs as much as to look at what is in it."""
    page = browser.new_page()
    yield page
    page.close()


class Reader(Protocol):
    def __call__(self, name: str, width: int = 1200, height: int = 900, **media: Any) -> Page: ...


@pytest.fixture
def opened(window: Page, built: Path) -> Reader:
    """Opens a page anew in a window of a size, for a reader whose settings are the usual ones unless ``media`` says otherwise."""

    def open_page(name: str, width: int = 1200, height: int = 900, **media: Any) -> Page:
        window.set_viewport_size({"width": width, "height": height})
        usual = {"media": "screen", "color_scheme": "light", "reduced_motion": "no-preference"}
        window.emulate_media(**{**usual, **media})  # type: ignore[arg-type]
        window.goto((built / "reports" / f"{name}.html").as_uri())
        return window

    return open_page


@pytest.mark.parametrize("name", PAGES)
def test_no_rule_of_accessibility_is_broken(opened: Reader, name: str) -> None:
    assert broken_rules(opened(name)) == {}


@pytest.mark.parametrize("view", ["dark", "print"])
@pytest.mark.parametrize("name", PAGES)
def test_in_the_dark_and_on_paper_all_can_be_told_apart(opened: Reader, name: str, view: str) -> None:
    """The page is the same but for its colours, so that these are looked at, in the first of what looks alike."""
    page = opened(name, color_scheme="dark") if view == "dark" else opened(name, media="print")
    of_colours = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
    assert broken_rules(page, {"exclude": [[_ALIKE]]}, runOnly=of_colours) == {}


def broken_rules(page: Page, context: Any = None, **options: Any) -> dict[str, list[Any]]:
    """The rules of axe that a page breaks, with the places where it does; what is folded is read, too."""
    page.evaluate("document.querySelectorAll('details').forEach(details => details.open = true)")
    # The places where rules are kept are thousands, and need not all be told.
    found = Axe().run(page, context, {"resultTypes": ["violations"], **options}).response
    assert found["passes"]
    return {violation["id"]: [node["target"] for node in violation["nodes"]] for violation in found["violations"]}


@some_pages
def test_the_keyboard_reaches_every_link_and_the_reader_sees_where_they_are(opened: Reader, name: str) -> None:
    page = opened(name, reduced_motion="reduce")
    reachable = page.evaluate(
        "() => [...document.querySelectorAll('a[href], summary, button, input, [tabindex=\"0\"]')]"
        ".filter(element => element.checkVisibility()).length"
    )
    assert reachable > 3
    seen = []
    for _ in range(min(reachable, 40)):
        page.keyboard.press("Tab")
        focused = page.evaluate(_FOCUSED)
        seen.append(focused["what"])
        assert focused["outline"], focused
        assert focused["visible"], focused
    assert not any(what.startswith("BODY") for what in seen), "the keyboard lost its place"


@some_pages
def test_the_first_key_offers_a_way_past_the_head_of_the_page(opened: Reader, name: str) -> None:
    page = opened(name)
    page.keyboard.press("Tab")
    assert "skip" in page.evaluate("document.activeElement.textContent").lower()
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash && document.querySelector(location.hash).tagName") == "MAIN"


@some_pages
@pytest.mark.parametrize(("width", "what"), [(320, "a small telephone"), (640, "a window of 1280 at 200 per cent")])
def test_nothing_is_cut_off_in_a_small_window_or_at_double_size(
    opened: Reader, name: str, width: int, what: str
) -> None:
    page = opened(name, width, height=700)
    assert page.evaluate("document.documentElement.scrollWidth") <= width, what
    # A table that is wider than the window scrolls by itself, and the keyboard can reach it to do so.
    unreachable = page.evaluate(
        "() => [...document.querySelectorAll('*')].filter(element => element.scrollWidth > element.clientWidth + 1"
        " && ['auto', 'scroll'].includes(getComputedStyle(element).overflowX) && element.tabIndex < 0).map(e => e.className)"
    )
    assert unreachable == []


@some_pages
def test_a_page_asks_nothing_of_any_server(window: Page, opened: Reader, name: str) -> None:
    asked: list[str] = []

    def note(request: Request) -> None:
        asked.append(request.url)

    window.on("request", note)
    opened(name).wait_for_load_state("networkidle")
    window.remove_listener("request", note)
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert len([url for url in asked if url.startswith("file:")]) == 1


@some_pages
def test_motion_is_left_out_for_who_asked_for_none(opened: Reader, name: str) -> None:
    page = opened(name, reduced_motion="reduce")
    moving = page.evaluate(
        "() => [...document.querySelectorAll('*')].filter(element => parseFloat(getComputedStyle(element).transitionDuration) > 0.01"
        " || getComputedStyle(element).animationName !== 'none').length"
    )
    assert moving == 0


def test_the_first_view_is_small(built: Path) -> None:
    assert (built / "reports" / "index.html").stat().st_size <= 100_000
