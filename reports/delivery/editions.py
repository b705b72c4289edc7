"""Published editions: the manifest and citation of each, the page that lists them, and the Atom feed."""

import hashlib
import json
import re
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

from reports import formats, wording
from reports.document import Block, Heading, Links, Page, Paragraph
from transforms.errors import CountyLinesError

LONDON: Final = ZoneInfo("Europe/London")
TITLE: Final = "County lines indicators for England and Wales"
_AUTHORS: Final = "County lines contributors"
_LICENCE: Final = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
_ATOM: Final = "http://www.w3.org/2005/Atom"
# What XML 1.0 cannot hold, not even as a reference: most controls, halves of surrogate pairs, and two characters that are none.
_NOT_IN_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Feeds are read again and again; whoever wants an older edition finds it in the list.
_IN_FEED: Final = 20


@dataclass(frozen=True)
class Edition:
    """A published edition. ``id`` is its folder, build id and hash of content; ``released`` has a time zone; ``summary`` are the national key messages."""

    id: str
    released: datetime
    summary: tuple[str, ...]


def manifest(edition: Edition, files: Mapping[str, bytes]) -> bytes:
    """The manifest as JSON: the edition, and path, size in bytes and SHA-256 of each file, sorted by path."""
    listed = [
        {"path": path, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for path, content in sorted(files.items())
    ]
    described = {
        "edition": edition.id,
        "released": edition.released.isoformat(),
        "title": TITLE,
        "summary": list(edition.summary),
    }
    return json.dumps({**described, "files": listed}, ensure_ascii=False, indent=1).encode()


def citation(edition: Edition, manifest_file: bytes, address: str) -> bytes:
    """How to cite the edition, in the Citation File Format 1.2.0: its address for good, and the checksum of its manifest, which has those of all files.

    ``manifest_file`` is the manifest as it is published; a text in JSON is one in YAML too.
    """
    checksum = hashlib.sha256(manifest_file).hexdigest()
    described = {
        "cff-version": "1.2.0",
        "type": "dataset",
        "message": "Cite this edition as below; the checksum says which one it is.",
        "title": TITLE,
        "abstract": wording.STATUS_LINE,
        "authors": [{"name": _AUTHORS}],
        "date-released": edition.released.astimezone(LONDON).date().isoformat(),
        "version": edition.id,
        "license-url": _LICENCE,
        "url": edition_address(edition, address),
        "identifiers": [
            {"type": "other", "value": f"sha256:{checksum}", "description": "SHA-256 of manifest.json of this edition"}
        ],
    }
    return "".join(f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in described.items()).encode()


def editions_json(editions: Sequence[Edition]) -> bytes:
    """Every published edition in the order of publication, so that the last is the one that readers see."""
    listed = [
        {"edition": edition.id, "released": edition.released.isoformat(), "summary": list(edition.summary)}
        for edition in editions
    ]
    return json.dumps({"current": editions[-1].id, "editions": listed}, ensure_ascii=False, indent=1).encode()


def read_editions(content: bytes, where: str) -> list[Edition]:
    """What `editions_json` wrote; raises CountyLinesError, naming the place, for anything else."""
    try:
        found = [
            Edition(entry["edition"], datetime.fromisoformat(entry["released"]), tuple(entry["summary"]))
            for entry in json.loads(content)["editions"]
        ]
    except (ValueError, KeyError, TypeError) as error:
        raise CountyLinesError(f"{where} is not a list of editions; restore it from a backup.") from error
    if not found or any(edition.released.tzinfo is None for edition in found):
        raise CountyLinesError(
            f"{where} names no edition, or one without the time zone of its release; restore it from a backup."
        )
    return found


def newest_first(editions: Iterable[Edition]) -> list[Edition]:
    """Editions by time of release, the newest first."""
    return sorted(editions, key=lambda edition: (edition.released, edition.id), reverse=True)


def editions_page(editions: Sequence[Edition], address: str) -> Page:
    """The page that leads to the newest edition and to all before it; ``address`` is where they are published, without a slash at its end."""
    newest, *others = newest_first(editions)
    earlier: tuple[Block, ...] = ()
    if others:
        earlier = (
            Heading(2, "Earlier editions", "earlier"),
            Links("Earlier editions, the newest first", tuple(_link(edition, address) for edition in others)),
        )
    return Page(
        slug="editions",
        title=TITLE,
        lead="The newest edition, and every edition before it, as each was published.",
        build_id=newest.id.partition("-")[0],
        status_line=wording.STATUS_LINE,
        home=None,
        blocks=(
            Heading(2, "Newest edition", "newest"),
            *(Paragraph((message,)) for message in newest.summary),
            Links("Newest edition", (_link(newest, address),)),
            *earlier,
        ),
    )


def _link(edition: Edition, address: str) -> tuple[str, str, str]:
    return (f"Edition of {moment(edition.released)}", edition_address(edition, address), f"build {edition.id}")


def edition_address(edition: Edition, address: str, page: str = "index.html") -> str:
    """Where a page of an edition stays for good."""
    return f"{address}/editions/{edition.id}/{page}"


def moment(time: datetime) -> str:
    """A time for readers, in London: '26 November 2026 at 09:30'."""
    local = time.astimezone(LONDON)
    return f"{formats.day(local.date())} at {local:%H:%M}"


def feed(editions: Sequence[Edition], address: str) -> bytes:
    """An Atom feed (RFC 4287) of the newest editions; the same editions give the same bytes."""
    newest = newest_first(editions)[:_IN_FEED]
    ElementTree.register_namespace("", _ATOM)
    root = ElementTree.Element(f"{{{_ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": "en-GB"})
    _child(root, "id", f"{address}/feed.xml")
    _child(root, "title", TITLE)
    _child(root, "updated", newest[0].released.isoformat())
    _child(_child(root, "author"), "name", "countylines")
    _child(root, "link", rel="self", type="application/atom+xml", href=f"{address}/feed.xml")
    _child(root, "link", rel="alternate", type="text/html", href=f"{address}/index.html")
    _child(root, "rights", wording.STATUS_LINE)
    for edition in newest:
        entry = _child(root, "entry")
        # Not the address, which may move: an identifier of an entry must never change (RFC 4287, 4.2.6).
        _child(entry, "id", uuid.uuid5(uuid.NAMESPACE_OID, f"countylines {edition.id}").urn)
        _child(entry, "title", f"Edition of {moment(edition.released)}")
        _child(entry, "updated", edition.released.isoformat())
        _child(entry, "published", edition.released.isoformat())
        _child(entry, "link", rel="alternate", type="text/html", href=edition_address(edition, address))
        _child(entry, "summary", " ".join(edition.summary))
    ElementTree.indent(root)
    content: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return content


def _child(parent: ElementTree.Element, name: str, text: str | None = None, **attributes: str) -> ElementTree.Element:
    element = ElementTree.SubElement(parent, f"{{{_ATOM}}}{name}", attributes)
    element.text = None if text is None else _NOT_IN_XML.sub(" ", text)
    return element
