"""The block vocabulary: the only thing that products build and renderers know.

Plain frozen data, no rendering, no arithmetic, no sentences: those belong to ``render``, ``transforms`` and ``wording``.
"""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Number:
    """A formatted number that can be walked back: ``text`` as the reader sees it, ``indicator_id`` as ``countylines explain`` takes it."""

    text: str
    indicator_id: str


@dataclass(frozen=True)
class Link:
    """Words that lead to an address: of a publisher's page, or relative to the report."""

    text: str
    address: str


@dataclass(frozen=True)
class Sketch:
    """A small line in a cell, as SVG of ``figures.spark``, with the words that stand for it."""

    svg: str
    text: str


@dataclass(frozen=True)
class Quoted:
    """Words that are not ours, such as the name of a file that somebody sent, as they stand: no wording rule is held against them."""

    text: str


Run = str | Number | Link | Sketch | Quoted
Prose = tuple[Run, ...]


@dataclass(frozen=True)
class Heading:
    """A section heading; level 2 is a section, level 3 a part of it (level 1 is the document's title). ``anchor`` is unique in a document."""

    level: Literal[2, 3]
    text: str
    anchor: str


@dataclass(frozen=True)
class Paragraph:
    """Running text; a note is in the size of what stands under tables."""

    prose: Prose
    is_note: bool = False


@dataclass(frozen=True)
class KeyMessages:
    """The sentences that a reader takes away, one a measure, each with the anchor of the table or figure that it rests on."""

    messages: tuple[tuple[Prose, str], ...]


@dataclass(frozen=True)
class Callout:
    """A titled box of sentences or points: what this report can and cannot tell, or a caveat on what follows."""

    title: str
    kind: Literal["information", "caveat"]
    points: tuple[Prose, ...]


@dataclass(frozen=True)
class TableColumn:
    """A column of a table: its header and whether it holds numbers (set right) or words (set left)."""

    header: str
    numeric: bool = False


@dataclass(frozen=True)
class Table:
    """A table whose first cell in each row names the row. ``source_note`` says where the figures come from and is required.

    ``highlighted`` holds the indices of rows that are about the report's own area. ``dense`` sets a long table that is looked things up
    in, not read, in smaller type on paper, side by side where that fits. Where ``on_paper`` is false, the PDF only says where the table is.
    """

    anchor: str
    caption: str
    columns: tuple[TableColumn, ...]
    rows: tuple[tuple[Run, ...], ...]
    source_note: str
    highlighted: frozenset[int] = frozenset()
    dense: bool = False
    on_paper: bool = True


@dataclass(frozen=True)
class Figure:
    """A chart as SVG at page width, with the words that replace it and the table behind it.

    ``table`` is None where the values stand in the table of another figure of the document; the source note then says which. Where
    ``on_paper`` is false, the PDF only says where the chart is; its table may be on paper all the same.
    """

    anchor: str
    title: str
    description: str
    svg: str
    table: Table | None
    source_note: str
    on_paper: bool = True


@dataclass(frozen=True)
class Quotation:
    """Words of a publisher, verbatim, with where they stand."""

    text: str
    citation: str


@dataclass(frozen=True)
class Links:
    """A titled list of places to go on to. Each item is its text, its address relative to the page, and a note (may be empty)."""

    title: str
    items: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class Places:
    """A search for the report on a place. Each item is the name of a place, the address of the report, and its area. HTML only."""

    items: tuple[tuple[str, str, str], ...]


Block = Heading | Paragraph | KeyMessages | Callout | Table | Figure | Quotation | Links | Places


@dataclass(frozen=True)
class Document:
    """One report. ``status_line`` and ``id`` stand in the footer of each page, ``particulars`` (a word and what it says) on the cover.

    ``address`` is where readers find the folder of the reports, if it is known: a PDF that was mailed can lead there, and nowhere else.

    ``id`` is a hash of what the report says and shows, which whoever has it made fills in last; ``id_of`` is the word before it.
    """

    slug: str
    title: str
    subtitle: str
    period: str
    status_line: str
    blocks: tuple[Block, ...]
    particulars: tuple[tuple[str, str], ...] = ()
    address: str = ""
    home: str = "index.html"
    id: str = ""
    id_of: Literal["Report", "Build"] = "Report"

    @property
    def numbers(self) -> tuple[Number, ...]:
        """Every number in the document in reading order, repeats included."""
        return tuple(run for block in self.blocks for run in _runs(block) if isinstance(run, Number))


@dataclass(frozen=True)
class Page:
    """A page around the reports: the index, data quality, the data dictionary. HTML only."""

    slug: str
    title: str
    lead: str
    build_id: str
    status_line: str
    blocks: tuple[Block, ...]
    home: str | None = "index.html"


def _runs(block: Block) -> list[Run]:
    match block:
        case Paragraph(prose):
            return list(prose)
        case KeyMessages(messages):
            return [run for message, _ in messages for run in message]
        case Callout(points=points):
            return [run for point in points for run in point]
        case Table(rows=rows):
            return [run for row in rows for run in row]
        case Figure(table=Table(rows=rows)):
            return [run for row in rows for run in row]
        case _:
            return []
