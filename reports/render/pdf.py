"""PDF: the same blocks as tagged PDF/UA-1, set by Typst in the vendored font.

Not PDF/A as well: that standard wants a date, and a document carries none.

Typst is imported where it is used: the command line and the asset definitions start without it.
"""

import re
import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from itertools import permutations
from math import ceil
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from reports import wording
from reports.document import Document, Figure, Link, Number, Prose, Quoted, Run, Sketch, Table
from reports.figures import palette
from reports.figures.text import width
from reports.render.evidence_page import evidence_address, evidence_anchor
from transforms.errors import CountyLinesError

FONTS: Final = Path(__file__).parents[1] / "fonts"
_TEMPLATES: Final = Path(__file__).parents[1] / "templates" / "typst"
TEXT_WIDTH: Final = 482.0
"""What the page margins leave on A4, in points."""
_TABLE_SIZE: Final = 9.0
_DENSE_SIZE: Final = 7.5
"""Of tables that are looked things up in: those below charts, and those that say so."""
_CELL_PADDING: Final = 8.0
_ON_TWO_LINES: Final = 0.6
"""The share of its width that a header needs when it may break once."""
_PART_GUTTER: Final = 18.0
_SOURCE_SANS: Final = 0.8
"""How much narrower the vendored font is than the estimate, which allows for every browser's."""
_SURELY: Final = 0.95
"""The share of its room that a text may fill by the estimate to stay on one line for certain."""
_BOLD: Final = 1.06
"""How much wider bold text is."""
_NON_BREAKING_HYPHEN: Final = "\u2011"
"""Which the vendored font lacks."""
_MOST_PARTS: Final = 3
_ATTACHED: Final = "evidence.html"
"""The name of the evidence page beside the source."""
_AS_WIDE_AS_A_SKETCH: Final = "mmmmm"
_FEWEST_ROWS_TO_SPLIT: Final = 9
_STEPS: Final = (30.0, 15.0, 5.0)
"""By how many points the columns of a table are made wider and narrower to make it short."""

# Typst keeps what it laid out for its next ten compilations, a quarter of a gigabyte of reports, and one report has nothing of another's.
# Compilations of nothing, a millisecond each, make it forget sooner.
_EMPTY: Final = b'#set document(title: "Nothing")\n#set text(lang: "en")\nNothing'
_FORGOTTEN_SOONER: Final = 5

_local = threading.local()


_NOT_ASCII: Final = re.compile("[^ -~]")


class Literal(str):
    """Typst source that the one filter made; the environment lets nothing else out of a ``{{ }}``."""


def render_pdf(document: Document, evidence: bytes = b"") -> bytes:
    """Set a document as PDF: tagged, British English, with bookmarks, the same bytes on every machine and every run.

    A PDF stands alone: links lead to the ``address`` of the document, or are plain words without one. Then ``evidence``, the page that shows
    where its numbers come from, is attached.

    Raises CountyLinesError when Typst refuses: a character that the vendored font lacks, a figure without description, a
    heading that skips a level.
    """
    import typst

    attaches = bool(evidence and document.numbers and not document.address)
    try:
        pdf = _compiler().compile(
            input={"main.typ": typst_source(document, has_evidence=attaches).encode(), _ATTACHED: evidence},
            format="pdf",
            pdf_standards=["ua-1"],
            timestamp=0,
        )
    except typst.TypstError as error:
        raise CountyLinesError(
            f"The PDF of '{document.slug}' was refused: {error}. Correct the text that the message names, or add the character to the fonts."
        ) from error
    assert isinstance(pdf, bytes)
    for _ in range(_FORGOTTEN_SOONER):
        _compiler().compile(input=_EMPTY, format="pdf", pdf_standards=["ua-1"], timestamp=0)
    return pdf


def typst_source(document: Document, *, has_evidence: bool = False) -> str:
    """Write a document as one Typst source; every text in it is an escaped string literal. It needs no other file but that of its evidence, where it has one."""
    return (
        _environment()
        .get_template("report.typ.j2")
        .render(
            document=document,
            blocks=tuple((block, type(block).__name__) for block in document.blocks),
            evidence_page=evidence_address(document.slug),
            has_evidence=has_evidence,
            attached=_ATTACHED,
            attachment=f"evidence-{document.slug}.html",
            light=palette.LIGHT,
        )
    )


def typst_literal(value: Any) -> Literal:
    """Write a value as a Typst literal: text as an escaped string, runs, sequences and mappings element by element.

    Inside a Typst string only the backslash and the quote have a meaning; control characters are escaped so that the source
    stays readable. Raises TypeError for anything that is not plain data.
    """
    match value:
        case str():
            return Literal(f'"{_escaped(value)}"')
        case Number(text=text, indicator_id=identifier):
            return Literal(f"number({typst_literal(text)}, {typst_literal(quote(evidence_anchor(identifier)))})")
        case Link(text=text, address=address):
            return Literal(f"away({typst_literal(address)}, {typst_literal(text)})")
        case Sketch(svg=svg, text=text):
            return Literal(f"sketch({typst_literal(svg)}, {typst_literal(text)})")
        case Quoted(text=text):
            return typst_literal(text)
        case bool():
            return Literal(str(value).lower())
        case int() | float():
            return Literal(value)
        case tuple() | list():
            return Literal(f"({''.join(f'{typst_literal(item)}, ' for item in value)})")
        case Mapping():
            pairs = "".join(f"{typst_literal(str(name))}: {typst_literal(item)}, " for name, item in value.items())
            return Literal(f"({pairs or ':'})")
        case _:
            raise TypeError(f"{type(value).__name__} cannot be written as a Typst literal.")


def _escaped(text: str) -> str:
    """A text as it stands inside a Typst string; a chart of some ten thousand characters has thousands of quotes and few others to look at."""
    plain = text.replace("\\", "\\\\").replace('"', '\\"').replace(_NON_BREAKING_HYPHEN, "-")
    return _NOT_ASCII.sub(_visible, plain)


def _visible(found: re.Match[str]) -> str:
    character = found[0]
    return character if character.isprintable() else f"\\u{{{ord(character):x}}}"


def data_table(table: Table, size: float, *, may_split: bool) -> dict[str, Any]:
    """Lay a table out for the page: relative column widths, and the rows in side-by-side parts, each with whether it is highlighted and
    whether each of its cells stays on one line for certain: of such a row Typst need not find out the height.

    Narrow tables that stand below a chart are split into up to three parts, so that forty rows do not fill a page.
    """
    natural = [
        max([_header_width(column.header, size), *(_width(_text(row[index]), size) for row in table.rows)])
        + _CELL_PADDING
        for index, column in enumerate(table.columns)
    ]
    fitting = int((TEXT_WIDTH + _PART_GUTTER) // (sum(natural) + _PART_GUTTER))
    widths = natural if fitting else _narrowed(table, [width / _SURELY for width in natural], size)
    parts = max(1, min(_MOST_PARTS, fitting, ceil(len(table.rows) / _FEWEST_ROWS_TO_SPLIT))) if may_split else 1
    per_part = max(1, ceil(len(table.rows) / parts))
    part_width = (TEXT_WIDTH - (parts - 1) * _PART_GUTTER) / parts
    surely = [width * part_width / sum(widths) * _SURELY - _CELL_PADDING for width in widths]
    return {
        "caption": table.caption,
        "headers": tuple(column.header for column in table.columns),
        "numeric": tuple(column.numeric for column in table.columns),
        "widths": tuple(ceil(part) for part in widths),
        "parts": tuple(
            tuple(
                (
                    index in table.highlighted,
                    _on_one_line(table.rows[index], index in table.highlighted, surely, size),
                    table.rows[index],
                )
                for index in range(start, min(start + per_part, len(table.rows)))
            )
            for start in range(0, max(1, len(table.rows)), per_part)
        ),
        "note": table.source_note,
        "size": size,
    }


def _on_one_line(row: Sequence[Run], is_highlighted: bool, room: Sequence[float], size: float) -> bool:
    """Whether every cell of a row fits on one line of its column; a highlighted row is bold and has a mark before its first cell."""
    mark, weight = ("◆ ", _BOLD) if is_highlighted else ("", 1.0)
    if any(isinstance(run, Sketch) for run in row):
        return False
    texts = [mark + _text(row[0]), *map(_text, row[1:])]
    return all(_width(text, size) * weight <= available for text, available in zip(texts, room, strict=True))


def _narrowed(table: Table, natural: Sequence[float], size: float) -> list[float]:
    """Widths that fill the page where cells must break: narrow columns keep what they need as long as that is no more than an equal share
    of what is left, the others share the rest so that the table has few lines; none is narrower than its longest word."""
    kept: dict[int, float] = {}
    for index in sorted(range(len(natural)), key=natural.__getitem__):
        if natural[index] <= (TEXT_WIDTH - sum(kept.values())) / (len(natural) - len(kept)):
            kept[index] = natural[index]
    breaking = [index for index in range(len(natural)) if index not in kept]
    while True:
        rest = TEXT_WIDTH - sum(kept.values())
        wanted = sum(width for index, width in enumerate(natural) if index not in kept)
        widths = [kept.get(index, width * rest / wanted if wanted else width) for index, width in enumerate(natural)]
        too_narrow = {
            index: least
            for index, width in enumerate(widths)
            if index not in kept and width < (least := _longest_word(table, index, size))
        }
        if not too_narrow:
            return _with_few_lines(table, widths, breaking, size)
        kept |= too_narrow


def _with_few_lines(table: Table, widths: Sequence[float], breaking: Sequence[int], size: float) -> list[float]:
    """Move room between the columns whose cells break as long as the table gets shorter by it."""
    words = {
        index: [
            [_width(f"{word} ", size) for word in text.split()]
            for text in (table.columns[index].header, *(_text(row[index]) for row in table.rows))
        ]
        for index in breaking
    }
    least = {index: _longest_word(table, index, size) for index in breaking}

    @cache
    def lines(index: int, width: float) -> tuple[int, ...]:
        return tuple(_lines(cell, width * _SURELY - _CELL_PADDING) for cell in words[index])

    def length(widths: Sequence[float]) -> tuple[int, int]:
        """The lines of the table, then those of all its cells: a cell that is not the longest of its row may become so."""
        rows = list(zip(*(lines(index, widths[index]) for index in breaking), strict=True))
        return sum(map(max, rows)), sum(map(sum, rows))

    best = list(widths)
    while True:
        moved = [
            [width + step * ((index == wider) - (index == narrower)) for index, width in enumerate(best)]
            for wider, narrower in permutations(breaking, 2)
            for step in _STEPS
            if best[narrower] - step >= least[narrower]
        ]
        shortest = min(moved, key=length, default=best)
        if length(shortest) >= length(best):
            return best
        best = shortest


def _lines(words: Sequence[float], room: float) -> int:
    """Into how many lines words of these widths break."""
    lines, used = 1, 0.0
    for word in words:
        if used and used + word > room:
            lines, used = lines + 1, 0.0
        used += word
    return lines


def _longest_word(table: Table, column: int, size: float) -> float:
    texts = (table.columns[column].header, *(_text(row[column]) for row in table.rows))
    return max((_width(word, size) for text in texts for word in text.split()), default=0.0) + _CELL_PADDING


def _chart_data(figure: Figure) -> dict[str, Any]:
    """The table behind a chart, which does not repeat the source that stands under the chart."""
    assert figure.table is not None
    said = figure.source_note if figure.on_paper else ""
    more = figure.table.source_note.removeprefix(said).strip()
    return data_table(replace(figure.table, source_note=more), _DENSE_SIZE, may_split=True)


def _on_the_page(document: Document, block: Table | Figure) -> Prose:
    """Where a table or chart is that is not on paper."""
    table = block if isinstance(block, Table) else block.table
    both = table is not block and table is not None and not table.on_paper
    what = "table" if table is block else "chart and its table" if both else "chart"
    title = block.caption if isinstance(block, Table) else block.title
    return wording.on_the_page(what, title, f"{document.slug}.html", block.anchor)


def _header_width(header: str, size: float) -> float:
    """What a header needs on two lines, or its longest word."""
    return max([_width(header, size) * _ON_TWO_LINES, *(_width(word, size) for word in header.split())])


def _width(text: str, size: float) -> float:
    return width(text, size) * _SOURCE_SANS


def _text(run: Run) -> str:
    """The words of a cell; of a line that is drawn, a text of its width."""
    if isinstance(run, Sketch):
        return _AS_WIDE_AS_A_SKETCH
    return run if isinstance(run, str) else run.text


def _compiler() -> Any:
    """This thread's Typst compiler: two threads must not share one."""
    if not hasattr(_local, "compiler"):
        import typst

        fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])
        _local.compiler = typst.Compiler(root=_TEMPLATES, font_paths=fonts, ignore_system_fonts=True)
    return _local.compiler


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=False,  # the finalizer refuses whatever did not pass the typst filter
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_only_literals,
    )
    environment.globals["on_the_page"] = _on_the_page
    environment.filters["typst"] = typst_literal
    environment.filters["as_table"] = lambda table: data_table(
        table, _DENSE_SIZE if table.dense else _TABLE_SIZE, may_split=table.dense
    )
    environment.filters["as_chart_data"] = _chart_data
    return environment


def _only_literals(value: object) -> object:
    if not isinstance(value, Literal):
        raise TypeError("A Typst template may print only what passed the typst filter.")
    return value
