"""The HTML report: valid structure, self-contained, accessible, and every number traceable."""

import itertools
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from reports import document
from reports.document import Callout, Heading, Links, Number, Paragraph, Quotation, Table, TableColumn
from reports.render import render_html, render_page
from tests.reports import synthetic

VOID = {"meta", "br", "hr", "img", "link", "input"}
DRAWN = {"line", "rect", "circle", "polygon", "polyline", "path"}


class Page(HTMLParser):
    """Elements in order, the text of each, and whether the tags nest."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[int] = []
        self.elements: list[tuple[str, dict[str, str | None], list[str]]] = []
        self.nests = True
        self.feed(source)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes), []))
        if tag not in VOID:
            self.open.append(len(self.elements) - 1)

    def handle_startendtag(self, tag, attributes):
        self.elements.append((tag, dict(attributes), []))

    def handle_endtag(self, tag):
        self.nests &= bool(self.open) and self.elements[self.open.pop()][0] == tag

    def handle_data(self, data):
        for place in self.open:
            self.elements[place][2].append(data)

    def find(self, tag, **attributes):
        return [
            ("".join(text).strip(), found)
            for name, found, text in self.elements
            if name == tag and all(found.get(key.rstrip("_")) == value for key, value in attributes.items())
        ]


@pytest.fixture(scope="module")
def source() -> str:
    return render_html(synthetic.document())


@pytest.fixture(scope="module")
def page(source) -> Page:
    return Page(source)


def test_tags_nest_and_ids_are_unique(page):
    ids = [attributes["id"] for _, attributes, _ in page.elements if "id" in attributes]
    assert page.nests
    assert page.open == []
    assert len(ids) == len(set(ids))


def test_every_reference_within_the_page_leads_to_something(page):
    ids = {attributes["id"] for _, attributes, _ in page.elements if "id" in attributes}
    wanted = {
        attributes["href"][1:] for _, attributes, _ in page.elements if (attributes.get("href") or "").startswith("#")
    }
    for _, attributes, _ in page.elements:
        wanted |= set((attributes.get("aria-labelledby") or "").split())
    assert wanted
    assert wanted <= ids
    assert set(re.findall(r"url\(#([\w-]+)\)", "".join(str(a) for _, a, _ in page.elements))) <= ids


def test_the_page_is_self_contained_and_runs_no_script(source, page):
    assert not page.find("script")
    assert not page.find("link")
    assert not page.find("img")
    assert not [
        attributes
        for _, attributes, _ in page.elements
        if "src" in attributes or any(name.startswith("on") for name in attributes)
    ]
    assert "@import" not in source
    assert set(re.findall(r"https?://[^\"' )<]+", source)) == {"http://www.w3.org/2000/svg"}


def test_language_title_viewport_and_skip_link(page):
    assert page.elements[0][1]["lang"] == "en-GB"
    assert page.find("title")[0][0] == synthetic.document().title
    assert page.find("meta", name="viewport")
    first_link = next(attributes for tag, attributes, _ in page.elements if tag == "a")
    assert first_link["href"] == "#main"
    assert len(page.find("main")) == 1


def test_headings_start_at_one_and_skip_no_level(page):
    levels = [int(tag[1]) for tag, _, _ in page.elements if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later <= earlier + 1 for earlier, later in itertools.pairwise(levels))


def test_the_contents_list_every_heading(page):
    document = synthetic.document()
    links = {text for text, _ in page.find("a")}
    assert {block.text for block in document.blocks if isinstance(block, Heading)} <= links


def test_tables_have_a_caption_and_scoped_headers(page):
    tables = len(page.find("table"))
    assert tables == len(page.find("caption")) > 4
    assert {attributes.get("scope") for _, attributes in page.find("th")} == {"col", "row"}
    assert page.find("td", scope="row") == []


def test_wide_content_scrolls_in_containers_that_the_keyboard_reaches(page):
    for kind in ("table-scroll", "figure-scroll"):
        containers = page.find("div", class_=kind)
        assert containers
        for _, attributes in containers:
            assert attributes["tabindex"] == "0"
            assert attributes["role"] == "region"
            assert attributes.get("aria-labelledby") or attributes.get("aria-label")


def test_the_report_s_own_row_is_marked_in_words_and_not_only_by_colour(page):
    rows = page.find("tr", class_="highlighted")
    assert rows
    assert all("This report’s area" in text and "◆" in text for text, _ in rows)


def test_figures_have_a_caption_their_source_and_the_table_behind_them(page):
    document = synthetic.document()
    captions = {text for text, _ in page.find("figcaption")}
    for figure in (block for block in document.blocks if hasattr(block, "svg")):
        text = page.find("figure", id=figure.anchor)[0][0]
        assert figure.title in captions
        assert figure.source_note in text
        assert figure.table.caption in text


def test_every_number_carries_its_identifier_and_stands_in_the_evidence(page):
    numbers = synthetic.document().numbers
    carried = [Number(text, attributes["data-indicator"]) for text, attributes in page.find("a", class_="number")]
    assert carried == list(numbers)
    commands = {text for text, _ in page.find("code")}
    assert {f"countylines explain {number.indicator_id}" for number in numbers} <= commands


def test_the_evidence_lists_each_indicator_once_with_all_its_numbers(page):
    numbers = synthetic.document().numbers
    evidence = page.find("table", class_="evidence")[0][0]
    for number in numbers:
        assert evidence.count(f"countylines explain {number.indicator_id}") >= 1
        assert number.text in evidence
    assert len(re.findall(r"countylines explain", evidence)) == len({number.indicator_id for number in numbers})


def test_status_line_stands_at_the_top_and_at_the_foot_and_the_id_at_the_foot_alone(page):
    document = synthetic.document()
    top, foot = (page.find(region)[0][0] for region in ("header", "footer"))
    assert document.status_line in top
    assert document.status_line in foot
    assert document.id in foot
    assert document.id not in top
    assert any(attributes["href"] == document.home for _, attributes in page.find("a"))


def test_no_text_of_a_publisher_can_become_markup():
    hostile = '<script>alert("x")</script>&amp;{{ 7 }}'
    table = Table(
        "t", hostile, (TableColumn(hostile), TableColumn(hostile)), ((hostile, Number(hostile, hostile)),), hostile
    )
    page = Page(
        render_html(
            replace(
                synthetic.document(),
                title=hostile,
                status_line=hostile,
                blocks=(
                    Heading(2, hostile, "h"),
                    Paragraph((hostile, Number(hostile, hostile))),
                    Callout(hostile, "caveat", ((hostile,),)),
                    table,
                    Quotation(hostile, hostile),
                    Links(hostile, ((hostile, "a.html", hostile),)),
                ),
            )
        )
    )
    assert page.nests
    assert not page.find("script")
    for tag in ("title", "h1", "h2", "h3", "caption", "blockquote", "cite", "footer"):
        assert hostile in page.find(tag)[0][0], tag


def test_a_control_character_that_html_forbids_becomes_a_space():
    document = replace(synthetic.document(), blocks=(Paragraph(("a\x00b\x0bc\nd",)),))
    assert "<p>a b c\nd</p>" in render_html(document)


def test_a_report_without_numbers_has_no_evidence_section():
    source = render_html(replace(synthetic.document(), blocks=(Paragraph(("No figures.",)),)))
    assert 'id="evidence"' not in source


def test_an_index_page_is_made_of_the_same_blocks():
    links = {name: f"{name.lower()}.html" for name in synthetic.NAMES if name.isalpha()}
    source = render_page(
        document.Page(
            slug="synthetic",
            title="Synthetic reports",
            lead="Made-up figures.",
            build_id="synthetic-0",
            status_line="Synthetic figures only.",
            blocks=(
                Heading(2, "Find a force", "find"),
                synthetic.map_figure(links),
                Links("Forces", (("Norfolk", "norfolk.html", "force report"),)),
            ),
            home=None,
        )
    )
    page = Page(source)
    assert page.nests
    assert {attributes["href"] for _, attributes in page.find("a") if "aria-label" in attributes} == set(links.values())
    assert page.find("svg")[0][1]["role"] == "group"
    assert "All reports" not in source


def test_the_same_document_gives_the_same_bytes(source):
    assert render_html(synthetic.document()) == source


def test_the_style_sheet_is_small_and_handles_dark_print_and_focus(source):
    style = source[source.index("<style>") : source.index("</style>")]
    assert len(style) < 16_000
    for rule in ("prefers-color-scheme: dark", "@media print", ":focus-visible", "forced-colors"):
        assert rule in style


def test_charts_on_a_page_have_their_colours_from_its_style(source):
    charts = "".join(re.findall(r"<svg.*?</svg>", source, re.DOTALL))
    assert 'class="fill-ink"' in charts
    assert not re.search(r'(?:fill|stroke)="#', charts)
