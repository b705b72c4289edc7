"""How tests read a report: its key messages, sentences, figures and tables; and the areas that they read about."""

from reports import wording
from reports.document import (
    Document,
    Figure,
    Heading,
    KeyMessages,
    Number,
    Paragraph,
    Table,
)

NORFOLK, GREATER_MANCHESTER, CITY, MERSEYSIDE = "E23000024", "E23000005", "E23000034", "E23000004"
NORTH_WEST, LONDON, WALES = "E12000002", "E12000007", "W92000004"


def messages(document: Document) -> list[str]:
    block = next(block for block in document.blocks if isinstance(block, KeyMessages))
    return [wording.plain(message) for message, _ in block.messages]


def sentences(document: Document) -> list[str]:
    return [wording.plain(block.prose) for block in document.blocks if isinstance(block, Paragraph)]


def drawing(document: Document, anchor: str) -> Figure:
    return next(block for block in document.blocks if isinstance(block, Figure) and block.anchor == anchor)


def table(document: Document, anchor: str) -> Table:
    tables = [block for block in document.blocks if isinstance(block, Table)]
    tables += [block.table for block in document.blocks if isinstance(block, Figure) and block.table]
    return next(found for found in tables if found.anchor == anchor)


def places(document: Document) -> set[str]:
    """Every place in a document that a link can lead to: headings, figures and tables, those behind charts included."""
    behind = [block.table.anchor for block in document.blocks if isinstance(block, Figure) and block.table]
    return {*behind, *(block.anchor for block in document.blocks if isinstance(block, Heading | Figure | Table))}


def texts(row: tuple[str | Number, ...]) -> list[str]:
    return [run.text if isinstance(run, Number) else run for run in row]
