"""A name, note or label that is markup somewhere arrives in the page as text, whatever it is; of Typst the neighbouring test says the same."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.document import Callout, Heading, Links, Number, Paragraph, Quotation, Table, TableColumn
from reports.figures.text import printable
from reports.render.html import render_html
from tests.reports import synthetic
from tests.reports.render.test_html_page import Page

PIECES = (
    *(
        "<script>alert(1)</script>",
        "</style>",
        "</title>",
        "<!--",
        "-->",
        "]]>",
        "<![CDATA[",
        "<svg onload=x>",
        "<a href=javascript:x>",
    ),
    *(
        '"',
        "'",
        "&amp;",
        "&#60;",
        "&",
        "<",
        ">",
        "\\",
        "`",
        "{{ 7 }}",
        "{% raw %}",
        "${x}",
        "#import",
        "#panic()",
        "$x$",
        "\\u{0}",
    ),
    *("\x00", "\x1b", "\u202e", "\u2066", "\u200b", "\ufeff", "\ud7ff", "\U000e0041", "Norfolk", "é"),
)
texts = st.lists(st.sampled_from(PIECES), min_size=1, max_size=6).map("".join)


@pytest.mark.full
@settings(max_examples=25, derandomize=True, deadline=None, database=None)
@given(text=texts)
def test_any_text_arrives_as_text_wherever_it_stands(text: str) -> None:
    table = Table("t", text, (TableColumn(text),), ((text,), (Number(text, text),)), text)
    blocks = (
        Heading(2, text, "h"),
        Paragraph((text,)),
        Callout(text, "caveat", ((text,),)),
        table,
        Quotation(text, text),
        Links(text, ((text, "a.html", text),)),
    )
    page = Page(render_html(replace(synthetic.document(), title=text, subtitle=text, status_line=text, blocks=blocks)))
    assert page.nests
    assert not page.find("script")
    assert not any(name.startswith("on") for _, attributes in page.find("svg") for name in attributes)
    assert {attributes["href"] for _, attributes in page.find("a")} >= {"a.html"}
    assert not [link for _, link in page.find("a") if link.get("href", "").startswith("javascript")]
    shown = str(printable(text))
    for tag in ("title", "h1", "h2", "caption", "blockquote", "th", "td"):
        assert any(shown in found for found, _ in page.find(tag)), tag


@pytest.mark.parametrize("forbidden", ["\x00", "\x0b", "\x1b", "\x7f"])
def test_what_html_forbids_is_not_in_the_page(forbidden: str) -> None:
    document = replace(synthetic.document(), title=f"a{forbidden}b", blocks=())
    assert forbidden not in render_html(document)
