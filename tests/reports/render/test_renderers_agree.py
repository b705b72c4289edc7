"""HTML and PDF come from the same blocks, so neither may say less than the other; and templates say nothing of their own in figures."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from reports.document import Callout, Document, Figure, Heading, KeyMessages, Links, Number, Paragraph, Quotation, Table
from reports.render import render_html, typst_source
from tests.reports import synthetic

TEMPLATES = Path(__file__).parents[3] / "reports" / "templates"


def words(document: Document) -> list[str]:
    """Every text that a reader of the document must meet."""
    found = [document.title, document.subtitle, document.period, document.id, document.status_line]

    def runs(prose) -> list[str]:
        return [run.text if isinstance(run, Number) else run for run in prose]

    def table(block: Table) -> list[str]:
        return [
            block.caption,
            block.source_note,
            *(column.header for column in block.columns),
            *(text for row in block.rows for text in runs(row)),
        ]

    for block in document.blocks:
        match block:
            case Heading(text=text):
                found.append(text)
            case Paragraph(prose):
                found += runs(prose)
            case KeyMessages(messages):
                found += [text for message, _ in messages for text in runs(message)]
            case Callout(title=title, points=points):
                found += [title, *(text for point in points for text in runs(point))]
            case Table():
                found += table(block)
            case Figure(title=title, description=description, source_note=note):
                found += [title, description, note, *table(block.table)]
            case Quotation(text, citation):
                found += [text, citation]
            case Links(title, items):
                found += [title, *(text for text, _, note in items), *(note for _, _, note in items)]
    found += [number.indicator_id for number in document.numbers]
    return [text.strip() for text in found if text.strip()]


class Text(HTMLParser):
    def __init__(self, source: str) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.feed(source)

    def handle_data(self, data):
        self.parts.append(data)


def literals(source: str) -> list[str]:
    """The string literals of a Typst source, read back."""
    found = re.findall(r'"((?:[^"\\]|\\.)*)"', source)
    return [re.sub(r"\\u\{([0-9a-f]+)\}|\\(.)", lambda m: chr(int(m[1], 16)) if m[1] else m[2], text) for text in found]


def test_every_word_and_number_of_the_document_is_in_the_html():
    text = " ".join("".join(Text(render_html(synthetic.document())).parts).split())
    assert [missing for missing in words(synthetic.document()) if " ".join(missing.split()) not in text] == []


def test_every_word_and_number_of_the_document_is_in_the_source_of_the_pdf():
    text = "\n".join(literals(typst_source(synthetic.document())))
    assert [missing for missing in words(synthetic.document()) if missing not in text] == []


def test_numbers_stand_in_the_same_order_and_number_in_both():
    document = synthetic.document()
    html = re.findall(r'<a class="number"[^>]*>([^<]*)</a>', render_html(document))
    pdf = [literals(literal)[0] for literal in re.findall(r'number\("(?:[^"\\]|\\.)*", ', typst_source(document))]
    assert html == [number.text for number in document.numbers]
    assert pdf == html


@pytest.mark.parametrize("template", sorted(TEMPLATES.glob("*/*.j2")), ids=lambda path: path.name)
def test_templates_do_no_arithmetic(template):
    for expression in re.findall(r"\{[{%](.*?)[%}]\}", template.read_text(), flags=re.DOTALL):
        without_strings = re.sub(r'"[^"]*"', "", expression).strip("- \n")
        assert not re.search(r"[+*/%]|\s-\s", without_strings), expression
        assert not re.search(r"(?<![\w])\d", without_strings), expression


@pytest.mark.parametrize("template", sorted(TEMPLATES.glob("html/*.j2")), ids=lambda path: path.name)
def test_html_templates_print_no_digit_of_their_own(template):
    text = re.sub(r"\{[{%].*?[%}]\}|<style>.*?</style>|<[^>]*>", "", template.read_text(), flags=re.DOTALL)
    assert not re.search(r"\d", text)


def test_the_typst_template_prints_no_digit_of_its_own():
    for template in sorted(TEMPLATES.glob("typst/*.j2")):
        printed = [
            text
            for text in literals(re.sub(r"\{[{%].*?[%}]\}", "", template.read_text(), flags=re.DOTALL))
            if " " in text
        ]
        assert not [text for text in printed if re.search(r"\d", text)]


def test_the_svg_template_holds_no_geometry():
    text = (TEMPLATES / "svg" / "chart.svg.j2").read_text().replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"\d", re.sub(r'viewBox="0 0 ', "", text))
