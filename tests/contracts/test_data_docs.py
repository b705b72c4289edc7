"""Great Expectations' own pages, for engineers: they say what was checked, and ask nothing of any server."""

import re
from pathlib import Path

import polars as pl
import pytest
from playwright.sync_api import Browser

from tests.contracts.test_validate import REFERRALS, _referrals
from tests.full_build import built as built
from tests.orchestration.builds import run
from transforms.contracts.data_docs import escaped, without_requests, write_data_docs

_FETCHED = re.compile(
    r"(?:\bsrc=|<link[^>]*\bhref=)[\"']?(?:https?:)?//|<script|@import|url\(['\"]?(?:https?:)?//", re.IGNORECASE
)


@pytest.mark.parametrize(
    "element",
    [
        '<script src="https://cdn.example/a.js"></script>',
        "<script>\nfetch('https://cdn.example')\n</script>",
        '<link rel="stylesheet" href="//cdn.example/a.css"/>',
        "<img alt='x' src='http://cdn.example/a.png'>",
        "<iframe src='https://cdn.example'></iframe>",
        "<style>@import url('https://cdn.example/a.css'); p { background: url(https://cdn.example/a.png) }</style>",
    ],
)
def test_what_a_browser_would_fetch_is_taken_out_and_the_rest_stays(element: str) -> None:
    page = f'<html><head>{element}</head><body>{element}<a href="https://docs.example">read</a><img src="a.png"></body></html>'
    plain = without_requests(page)
    assert "cdn.example" not in plain
    assert '<a href="https://docs.example">read</a>' in plain
    assert '<img src="a.png">' in plain


@pytest.mark.full
def test_the_pages_say_what_was_met_and_what_was_not_and_fetch_nothing(browser: Browser, tmp_path: Path) -> None:
    broken = _referrals(referrals=[4, None, 700])
    page = write_data_docs([(REFERRALS, broken)], tmp_path / "docs")["core/referrals"]
    source = page.read_text(encoding="utf-8")
    assert "Failed" in source
    assert "700" in source
    for written in (tmp_path / "docs").rglob("*.html"):
        assert not _FETCHED.search(written.read_text(encoding="utf-8")), written
    opened, asked = browser.new_page(), []
    opened.on("request", lambda request: asked.append(request.url))
    opened.goto(page.as_uri())
    opened.wait_for_load_state("networkidle")
    opened.close()
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []


def test_texts_are_escaped_before_they_are_handed_over() -> None:
    frame = pl.DataFrame({"text": ["<b onclick='x'>&amp;\"", None], "number": [1, 2]})
    assert escaped(frame)["text"].to_list() == ["&lt;b onclick=&#39;x&#39;&gt;&amp;amp;&quot;", None]
    assert escaped(frame)["number"].to_list() == [1, 2]


@pytest.mark.full
def test_markup_in_a_table_is_shown_and_does_nothing(browser: Browser, tmp_path: Path) -> None:
    mark = "<img src=x onerror=\"document.title='done'\"><b id=bold>mark</b>"
    marked = _referrals(force=[mark, "KENT", "ESSEX"])
    page = write_data_docs([(REFERRALS, marked)], tmp_path / "docs")["core/referrals"]
    page.write_text(
        page.read_text(encoding="utf-8").replace(
            "</body>", "<b id=own></b><script>document.title = 'done'</script></body>"
        ),
        encoding="utf-8",
    )
    opened = browser.new_page()
    opened.goto(page.as_uri())
    assert opened.title() != "done"
    assert opened.query_selector("#bold") is None
    assert opened.query_selector("#own") is not None
    opened.close()


@pytest.mark.full
def test_the_command_writes_them_beside_the_reports_and_not_among_them(built: Path) -> None:
    made = run(["data-docs", "core/areas"], built)
    assert made.returncode == 0, made.stderr
    index = (built / "data-docs" / "index.html").read_text(encoding="utf-8")
    (address,) = re.findall(r'href="(validations/[^"]+)"', index)
    assert (built / "data-docs" / address).is_file()
    assert not list((built / "reports").rglob("data-docs*"))
    refused = run(["data-docs", "core/nothing"], built)
    assert refused.returncode == 1
    assert "holds no table core/nothing; it holds" in refused.stderr
