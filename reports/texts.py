"""The words of a report without its layout: kept beside it for mail and machines, and compared between two builds."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Any, Final

import polars as pl

from reports.document import Block, Callout, Document, Figure, Heading, KeyMessages, Paragraph
from reports.wording import plain

FOLDER: Final = "texts"
"""The folder of these files, beside the reports."""

CHANGES: Final = pl.Schema(
    {
        "reports": pl.String,
        "section": pl.String,
        "is_key_message": pl.Boolean,
        "before": pl.String,
        "after": pl.String,
        "change": pl.String,
    }
)

_SENTENCE_END: Final = re.compile(r"(?<=[.!?])\s+(?=\S)")
_NAMED: Final = 3


def texts_address(slug: str) -> str:
    """The file with the words of a report, relative to the report."""
    return f"{FOLDER}/{slug}.json"


def texts_of(document: Document) -> dict[str, Any]:
    """The words of a report: slug, title, subtitle, period, its id, key messages, and sections with their sentences.

    Sections are in reading order. Tables, links and quotations are left out: their content is compared as figures and cells.
    """
    sections: list[dict[str, Any]] = [{"heading": "", "sentences": []}]
    for block in document.blocks:
        if isinstance(block, Heading):
            sections.append({"heading": block.text, "sentences": []})
        sections[-1]["sentences"] += [sentence for text in _texts(block) for sentence in _SENTENCE_END.split(text)]
    return {
        "slug": document.slug,
        "title": document.title,
        "subtitle": document.subtitle,
        "period": document.period,
        "id": document.id,
        "status": document.status_line,
        "key_messages": [
            plain(message)
            for block in document.blocks
            if isinstance(block, KeyMessages)
            for message, _ in block.messages
        ],
        "sections": [section for section in sections if section["sentences"]],
    }


def texts_json(document: Document) -> bytes:
    """The words of a report as a file."""
    return json.dumps(texts_of(document), ensure_ascii=False, indent=1).encode()


def _texts(block: Block) -> list[str]:
    match block:
        case Paragraph(prose=prose):
            return [plain(prose)]
        case Callout(points=points):
            return [plain(point) for point in points]
        case Figure(title=title, description=description):
            return [title, description]
        case _:
            return []


def text_changes(before: Iterable[Mapping[str, Any]], after: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    """The sentences that differ between the reports of two builds (CHANGES), each as `texts_of` gives it.

    The same change in many reports is one row, with the titles of the first and the number of the others. ``change`` is new,
    withdrawn or changed.
    """
    old, new = ({texts["slug"]: texts for texts in side} for side in (before, after))
    found: dict[tuple[str, bool, str | None, str | None], list[str]] = {}
    for slug in sorted(old.keys() | new.keys()):
        title = (new.get(slug) or old[slug])["title"].rpartition(": ")[2]
        sides = [_by_section(side.get(slug)) for side in (old, new)]
        for place in dict.fromkeys([*sides[1], *sides[0]]):
            for pair in _pairs(sides[0].get(place, []), sides[1].get(place, [])):
                found.setdefault((*place, *pair), []).append(title)
    rows = [
        (_named(titles), section, is_key, was, now, _change(was, now))
        for (section, is_key, was, now), titles in found.items()
    ]
    return pl.DataFrame(rows, schema=CHANGES, orient="row")


def _by_section(texts: Mapping[str, Any] | None) -> dict[tuple[str, bool], list[str]]:
    if texts is None:
        return {}
    sections: dict[tuple[str, bool], list[str]] = {("Key messages", True): list(texts["key_messages"])}
    for section in texts["sections"]:
        sections.setdefault((section["heading"], False), []).extend(section["sentences"])
    return sections


def _pairs(before: Sequence[str], after: Sequence[str]) -> Iterable[tuple[str | None, str | None]]:
    """The sentences that are not in both, in order; those that replace each other stand together."""
    for tag, start, end, new_start, new_end in SequenceMatcher(a=before, b=after, autojunk=False).get_opcodes():
        if tag != "equal":
            yield from zip_longest(before[start:end], after[new_start:new_end])


def _change(before: str | None, after: str | None) -> str:
    return "new" if before is None else "withdrawn" if after is None else "changed"


def _named(titles: Sequence[str]) -> str:
    more = len(titles) - _NAMED
    return "; ".join(titles[:_NAMED]) + (f"; and {more} more reports" if more > 0 else "")
