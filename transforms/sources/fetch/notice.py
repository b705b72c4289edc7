"""Whether a publisher offers something new, by conditional requests: nothing is downloaded but a page that has changed."""

import hashlib
import json
import re
from dataclasses import dataclass, replace
from pathlib import Path

from transforms.sources.fetch.connection import UNKNOWN, Connection, Validators
from transforms.sources.fetch.discovery import content_of, documents_in, links_in_content, links_on_page
from transforms.sources.fetch.editions import read_records
from transforms.sources.registry import Source


@dataclass(frozen=True)
class Seen:
    """What was last seen of a source: its page's version, a digest of what the page links, and its newest file's address and version."""

    page: Validators = UNKNOWN
    links: str | None = None
    file: str | None = None
    version: Validators = UNKNOWN


def look(source: Source, seen: Seen, editions: Path, connection: Connection) -> tuple[bool, Seen]:
    """Whether the publisher of a source offers something that was not there when it was last ``seen``, and what is seen now.

    New is a page that links other files (or, of a collection, lists other documents or later dates), or a newest fetched file whose
    server calls it another version. Two requests at most, each conditional where the server names versions. ``editions`` is the store.
    Raises FetchError, or RefusedError for an address that the source does not allow.
    """
    text, page = connection.read_page_if_changed(source, source.discovery.page, seen.page)
    now = replace(seen, page=page, links=seen.links if text is None else _digest(source, text))
    if now.links != seen.links:
        # The file's version is recorded by the fetch that follows; until then there is nothing to compare.
        return True, replace(now, file=None, version=UNKNOWN)
    newest = next((record for record in reversed(read_records(editions)) if record.source_id == source.id), None)
    if newest is None:
        return False, now
    recorded = Validators(newest.etag, newest.last_modified)
    known = seen.version if seen.file == newest.url else recorded
    if not known.condition:  # a server that names no version: only the fetch itself, by the calendar, can tell
        return False, now
    version = connection.version_now(source, newest.url, known)
    return version != known, replace(now, file=newest.url, version=version)


def _digest(source: Source, text: str) -> str:
    """SHA-256 over what a page offers of a source: matching links and, of a collection, its documents with their dates."""
    page, pattern = source.discovery.page, re.compile(source.discovery.file_pattern)
    documents: list[list[object]] = []
    if source.discovery.kind == "content_api":
        content = content_of(source, page, text)
        links = links_in_content(content, page)
        documents = [[each.get("api_path"), each.get("public_updated_at")] for each in documents_in(content)]
    else:
        links = links_on_page(text, page)
    offered = sorted({link.url for link in links if pattern.fullmatch(link.file)})
    return hashlib.sha256(json.dumps([offered, documents]).encode()).hexdigest()
