"""All of a document's own words, and the refusal of those that break a wording rule."""

from reports.document import Block, Callout, Document, Figure, Heading, KeyMessages, Links, Paragraph, Table
from reports.wording.words import plain
from reports.wording_rules import lint
from transforms.errors import CountyLinesError


def own_words(document: Document) -> str:
    """All words of a document that are ours, cells of tables included: quotations of publishers are left out."""
    return "\n".join(
        [document.title, document.subtitle, *(text for block in document.blocks for text in _words(block))]
    )


def refuse_forbidden_words(document: Document) -> Document:
    """Return the document, or raise CountyLinesError naming phrase, sentence, rule and what to write instead.

    These are the words that the PDF is set from; the finished HTML is looked at again when it is written.
    """
    if found := lint(own_words(document)):
        raise CountyLinesError(
            f"The report {document.slug} says {'; '.join(found)}; mend the sentence in reports/wording.py."
        )
    return document


def _words(block: Block) -> list[str]:
    match block:
        case Heading(text=text):
            return [text]
        case Paragraph(prose=prose):
            return [plain(prose)]
        case KeyMessages(messages=messages):
            return [plain(message) for message, _ in messages]
        case Callout(title=title, points=points):
            return [title, *(plain(point) for point in points)]
        case Table(caption=caption, columns=columns, rows=rows, source_note=note):
            headers = [column.header for column in columns]
            cells = ["\n".join(plain((cell,)) for cell in row) for row in rows]
            return [caption, *headers, *cells, note]
        case Figure(title=title, description=description, source_note=note, table=table):
            return [title, description, note, *(_words(table) if table else [])]
        case Links(title=title, items=items):
            return [title, *(f"{text}\n{note}" for text, _, note in items)]
        case _:
            return []
