"""HTML: one self-contained page that needs no script and sends no request."""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from reports.document import Block, Document, Heading, Link, Number, Page, Quoted, Sketch, Table
from reports.figures import palette
from reports.figures.text import printable
from reports.render.evidence_page import evidence_address, evidence_anchor, evidence_context
from transforms.evidence import Evidence

_LONGEST_LABEL: Final = 40
"""A cell with more characters is a sentence."""
_COLOURS: Final = re.compile(r' (?:fill|stroke)="#[0-9a-f]{6}"')


def render_html(document: Document) -> str:
    """Render a report: title, status line, contents, blocks, and the evidence list of every number in it."""
    return _render(
        "report.html.j2",
        document.blocks,
        slug=document.slug,
        title=document.title,
        subtitle=document.subtitle,
        particulars=document.particulars or (("Period", document.period),),
        id=document.id,
        id_of=document.id_of,
        status_line=document.status_line,
        home=document.home,
        evidence=evidence(document),
        evidence_page=evidence_address(document.slug),
    )


def render_evidence(document: Document, found: Evidence) -> str:
    """Render the page that the numbers of a report link to: the way of each back to its cells and files.

    ``found`` is the evidence of the numbers in the document.
    """
    return _render("evidence.html.j2", (), **evidence_context(document, evidence(document), found))


def render_page(page: Page) -> str:
    """Render a page of the site that is not a report: the index, the data dictionary, data quality."""
    return _render(
        "page.html.j2",
        page.blocks,
        slug=page.slug,
        title=page.title,
        subtitle=page.lead,
        id=page.build_id,
        id_of="Build",
        status_line=page.status_line,
        home=page.home,
        evidence_page=None,
    )


def evidence(document: Document) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """List each indicator of a document once, in reading order, with its numbers as printed: count, rate, limits."""
    printed: dict[str, dict[str, None]] = {}
    for number in document.numbers:
        printed.setdefault(number.indicator_id, {})[number.text] = None
    return tuple((indicator_id, tuple(texts)) for indicator_id, texts in printed.items())


def _render(template: str, blocks: Sequence[Block], **context: Any) -> str:
    return (
        _environment()
        .get_template(template)
        .render(
            blocks=_with_levels(blocks),
            headings=tuple(block for block in blocks if isinstance(block, Heading)),
            light=palette.LIGHT,
            dark=palette.DARK,
            **context,
        )
    )


def _with_levels(blocks: Iterable[Block]) -> tuple[tuple[Block, str, int, str], ...]:
    """Each block with its kind, the level of a heading inside it (one below the section it stands in), and its own id."""
    levelled = []
    level = 2
    for index, block in enumerate(blocks, 1):
        if isinstance(block, Heading):
            level = block.level + 1
        levelled.append((block, type(block).__name__, level, f"block-{index}"))
    return tuple(levelled)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parents[1] / "templates" / "html"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=printable,
    )
    environment.tests["number"] = lambda run: isinstance(run, Number)
    environment.tests["link"] = lambda run: isinstance(run, Link)
    environment.tests["sketch"] = lambda run: isinstance(run, Sketch)
    environment.tests["quoted"] = lambda run: isinstance(run, Quoted)
    environment.globals["is_wordy"] = _is_wordy
    environment.globals["columns_of"] = lambda table, row: zip(table.columns, row, strict=True)
    environment.filters["svg"] = _inline
    environment.filters["anchor"] = evidence_anchor
    return environment


def _inline(chart: str) -> Markup:
    """One of our own charts, escaped where it was made, without the colours that the classes of its marks give it on a page."""
    return Markup(_COLOURS.sub("", chart))


def _is_wordy(table: Table, column: int) -> bool:
    """Whether a column holds sentences, which need room on a narrow screen."""
    cells = (row[column] for row in table.rows)
    texts = (cell.text if isinstance(cell, Quoted) else cell for cell in cells if isinstance(cell, str | Quoted))
    return any(len(text) > _LONGEST_LABEL for text in texts)
