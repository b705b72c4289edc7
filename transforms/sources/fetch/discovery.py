"""The addresses of a source's files, as its publisher links them: matched by file name, never by heading and never made up."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote, urldefrag, urljoin, urlsplit

from transforms.errors import FetchError, RegisterError
from transforms.sources.fetch.connection import Connection
from transforms.sources.registry import Source


@dataclass(frozen=True)
class FileLink:
    """A file on a publisher's page: its name, its address, and the publisher's date of the page, if it gives one."""

    file: str
    url: str
    updated_at: str | None = None


def discover(source: Source, connection: Connection) -> list[FileLink]:
    """The files of a source that its publisher links today, in the order of the page, each address once.

    Raises RegisterError when file_pattern is no regular expression; FetchError when the page cannot be read or links no such file,
    or when one file name stands for two addresses; RefusedError when the page is not on an allowed host.
    """
    try:
        pattern = re.compile(source.discovery.file_pattern)
    except re.error as error:
        raise RegisterError(
            f"data/sources/{source.id}.toml: discovery.file_pattern is no regular expression ({error}); correct it."
        ) from error
    pages = _content_pages if source.discovery.kind == "content_api" else _landing_page
    links = list(dict.fromkeys(link for link in pages(source, connection) if pattern.fullmatch(link.file)))
    by_address = {link.url: link for link in reversed(links)}
    links = [link for link in links if by_address[link.url] is link]
    if not links:
        raise FetchError(
            f"{source.id}: {source.discovery.page} links no file whose name matches {source.discovery.file_pattern!r}; open the page and correct discovery in data/sources/{source.id}.toml."
        )
    names = [link.file for link in links]
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        raise FetchError(
            f"{source.id}: {source.discovery.page} links {doubled[0]} at more than one address, so that it cannot be known which is meant; narrow discovery.page in data/sources/{source.id}.toml."
        )
    return links


def _landing_page(source: Source, connection: Connection) -> list[FileLink]:
    page = source.discovery.page
    return links_on_page(connection.read_page(source, page), page)


def _content_pages(source: Source, connection: Connection) -> Iterator[FileLink]:
    """The files of a page in the content API; where it is a collection, also those of the documents that it lists."""
    page = source.discovery.page
    content = _content(source, page, connection)
    yield from links_in_content(content, page)
    paths = [path for document in documents_in(content) if isinstance(path := document.get("api_path"), str)]
    if len(paths) > connection.limits.pages:
        raise FetchError(
            f"{source.id}: {page} lists {len(paths)} documents, more than {connection.limits.pages}; narrow discovery.page in data/sources/{source.id}.toml."
        )
    for address in (urljoin(page, path) for path in paths):
        yield from links_in_content(_content(source, address, connection), address)


def _content(source: Source, address: str, connection: Connection) -> dict[str, Any]:
    return content_of(source, address, connection.read_page(source, address))


def content_of(source: Source, address: str, text: str) -> dict[str, Any]:
    """The fields of a page in the content API; raises FetchError for a text that is no JSON."""
    try:
        return _mapping(json.loads(text))
    except (ValueError, RecursionError) as error:
        raise FetchError(
            f"{source.id}: {address} answered no JSON; correct discovery.page in data/sources/{source.id}.toml, or set discovery.kind to landing_page."
        ) from error


def documents_in(content: dict[str, Any]) -> list[dict[str, Any]]:
    """The documents that a collection in the content API lists; none for any other page."""
    return _records(_mapping(content.get("links")).get("documents"))


def links_in_content(content: dict[str, Any], address: str) -> list[FileLink]:
    """The attachments of a page in the content API, and the links in its text, each with the page's date of publication."""
    details, published = _mapping(content.get("details")), content.get("public_updated_at")
    updated_at = published if isinstance(published, str) else None
    urls = [attachment.get("url") for attachment in _records(details.get("attachments"))]
    addresses = _absolute(address, (url for url in urls if isinstance(url, str)))
    texts = [details.get("body"), *(parts if isinstance(parts := details.get("documents"), list) else [])]
    for text in texts:
        addresses += _addresses(text, address) if isinstance(text, str) else []
    return [FileLink(link.file, link.url, updated_at) for link in _file_links(addresses)]


def links_on_page(text: str, address: str) -> list[FileLink]:
    """Everything that a web page links to and that has a file name, as absolute addresses."""
    return list(_file_links(_addresses(text, address)))


def _file_links(addresses: Iterable[str]) -> Iterator[FileLink]:
    """An address once for each file name that it carries: at the end of its path, or of a path in its query (``/file?uri=/…``)."""
    for address in addresses:
        url = urldefrag(address).url
        parts = urlsplit(url)
        paths = [unquote(parts.path.rsplit("/", 1)[-1])]
        paths += [value.rsplit("/", 1)[-1] for _, value in parse_qsl(parts.query)]
        yield from (FileLink(name, url) for name in dict.fromkeys(paths) if name)


def _addresses(text: str, address: str) -> list[str]:
    """Where the links of a page lead. The parser is libxml2's: time in proportion to the page, whatever its markup."""
    from lxml import etree

    parser = etree.HTMLParser(encoding="utf-8", no_network=True, recover=True, huge_tree=True)
    parser.feed(text.replace("\0", "").encode("utf-8", "replace"))
    try:
        page = parser.close()
    except etree.XMLSyntaxError:
        page = None
    if page is None:  # nothing in it, not even text
        return []
    bases = [base for element in page.iter("base") if (base := element.get("href"))]
    base = next(iter(_absolute(address, bases[:1])), address)
    return _absolute(base, [link for element in page.iter("a") if (link := element.get("href"))])


def _absolute(base: str, links: Iterable[str]) -> list[str]:
    found = []
    for link in links:
        try:
            found.append(urljoin(base, link.strip()))
        except ValueError:  # half an IPv6 address: whatever it is, it is no file of the publisher's
            continue
    return found


def _mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _records(value: object) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
