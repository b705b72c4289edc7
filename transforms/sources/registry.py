"""Reads the source register, ``data/sources/<id>.toml``. Nothing here opens a published file."""

import dataclasses
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from transforms.errors import RegisterError

FILE_KINDS = ("original", "re-save", "derived", "transcription")
REACHES = ("observations", "raw")
LAYOUTS = ("original", "re-save", "derived", "documentation")
DISCOVERIES = ("landing_page", "content_api", "manual")
PRINTED = "the words of the file"
PROPERTIES = "the properties of the file"
FILE_NAME = "the name of the file"
TIMETABLE = "the publisher's timetable"
VINTAGE_BASES = (PRINTED, PROPERTIES, FILE_NAME, TIMETABLE, "the publisher's notice", "what the file holds")
"""What the month of publication of an edition can rest on; the first that there is stands before those after it."""
_OPTIONAL = {"period_start", "period_end", "period_words", "period_note", "published", "vintage_basis", "written"}
_SOURCE_OPTIONAL = {"reaches", "original_awaited"}
_ADDED_HERE = {"source_id", "layout_of", "vintage_note", "is_read"}


@dataclass(frozen=True)
class Publisher:
    """Who publishes a source, and whether that is a public body."""

    name: str
    official: bool


@dataclass(frozen=True)
class Discovery:
    """How a person or `countylines fetch` finds the files: never by making up an address.

    ``kind`` is 'landing_page' (links on a web page), 'content_api' (attachments in the publisher's JSON) or 'manual' (read by hand);
    ``file_pattern`` is matched against the file's name, and ``hosts`` are the only hosts that files may come from.
    """

    kind: str
    page: str
    file_pattern: str
    hosts: tuple[str, ...]


@dataclass(frozen=True)
class Edition:
    """One published file, or one publication inside a file that holds several.

    ``file`` is relative to the landing folder; ``published`` says whether its cells are kept under ``data/published``; an edition
    without is read only where the landing folder holds its file. ``vintage`` is the month of publication, YYYY-MM, ``vintage_basis`` what
    that rests on (VINTAGE_BASES), ``vintage_note`` which other date was not believed, and why, ``written`` the
    newest day that an archive states for its files; ``period_words`` is the period as the file or its publisher prints it, by which the rows of an edition are found in a file that holds several. ``layout_of`` is
    another edition whose layout rows describe this one: of an edition that no layout row names. ``is_read`` is false of an edition whose
    file in the landing folder was refused: what is published of it is used.
    """

    source_id: str
    id: str
    title: str
    file: str
    file_kind: str
    vintage: str
    period_start: date | None = None
    period_end: date | None = None
    period_words: str | None = None
    period_note: str | None = None
    published: bool = True
    vintage_basis: str = TIMETABLE
    vintage_note: str | None = None
    written: str | None = None
    layout_of: str | None = None
    is_read: bool = True


@dataclass(frozen=True)
class Publication:
    """When a file was published: the month, YYYY-MM, what that rests on (VINTAGE_BASES), and which date was not believed, with the reason."""

    month: str
    basis: str
    note: str | None = None


def dated(edition: Edition, publication: Publication) -> Edition:
    """The edition with a month of publication, and what that rests on."""
    return dataclasses.replace(
        edition, vintage=publication.month, vintage_basis=publication.basis, vintage_note=publication.note
    )


@dataclass(frozen=True)
class Source:
    """One register entry: who publishes what, under which terms and definition, and which editions the project knows.

    ``layout_checked_against`` says whether the parser was proven on the publisher's own file, on somebody's re-save of it, on a table derived from it, or only
    written from documentation, and ``layout_edition`` on which edition; ``parser`` is 'none' where no layout is known; ``reaches`` is
    'raw' for words, look-ups and overlapping figures that are kept as cells and never become observations; ``original_awaited`` is true where
    registers say what the publisher's own file holds, of which only somebody's re-save was read so far; ``release_months`` are the months in which it appears.
    """

    id: str
    code: str
    title: str
    summary: str
    publisher: Publisher
    status: str
    licence_in: str
    licence_out: str
    attribution: str
    landing_page: str
    format: str
    geography: str
    cadence: str
    release_months: tuple[int, ...]
    revision_policy: str
    layout_checked_against: str
    layout_edition: str
    discovery: Discovery
    definition_id: str
    known_breaks: tuple[str, ...]
    may_claim: tuple[str, ...]
    may_not_claim: tuple[str, ...]
    area_kinds: tuple[str, ...]
    parser: str
    editions: tuple[Edition, ...]
    reaches: str = "observations"
    original_awaited: bool = False


def load_source(data: Path, source_id: str) -> Source:
    """Read one entry of the source register below the ``data`` folder.

    Raises RegisterError, naming file and key, for a file that is absent or not TOML, a key that is missing or unknown, a value of
    the wrong type, an unknown kind of file, a vintage that is not a month, half a period, or two editions with one id.
    """
    path = data / "sources" / f"{source_id}.toml"
    try:
        entry = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise RegisterError(
            f"data/sources/{path.name} does not exist; write the register entry of {source_id}."
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RegisterError(f"data/sources/{path.name} is not TOML ({error}); correct it.") from error
    _check_keys(path, "", entry, _fields(Source) - {"editions", *_SOURCE_OPTIONAL}, {"edition", *_SOURCE_OPTIONAL})
    _check_types(path, "", entry, Source)
    _check_keys(path, "publisher.", entry["publisher"], _fields(Publisher))
    _check_types(path, "publisher.", entry["publisher"], Publisher)
    _check_keys(path, "discovery.", entry["discovery"], _fields(Discovery))
    _check_types(path, "discovery.", entry["discovery"], Discovery)
    for key, value, vocabulary in (
        ("layout_checked_against", entry["layout_checked_against"], LAYOUTS),
        ("discovery.kind", entry["discovery"]["kind"], DISCOVERIES),
        ("reaches", entry.get("reaches", "observations"), REACHES),
    ):
        if value not in vocabulary:
            raise RegisterError(
                f"data/sources/{path.name}: the key {key} is {value!r}; it must be one of {', '.join(vocabulary)}."
            )
    if entry["id"] != path.stem:
        raise RegisterError(
            f"data/sources/{path.name}: the key id is {entry['id']!r}; it must be the name of the file."
        )
    values: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in entry.items() if key != "edition"
    }
    values["publisher"] = Publisher(**entry["publisher"])
    values["discovery"] = Discovery(**{**entry["discovery"], "hosts": tuple(entry["discovery"]["hosts"])})
    return Source(**values, editions=tuple(_edition(path, item) for item in _distinct(path, entry.get("edition", []))))


def load_sources(data: Path) -> dict[str, Source]:
    """Read the whole source register below the ``data`` folder, by id, in the order of the file names; raises as ``load_source``."""
    return {path.stem: load_source(data, path.stem) for path in sorted((data / "sources").glob("*.toml"))}


def _edition(path: Path, entry: Mapping[str, Any]) -> Edition:
    where = f"edition {entry.get('id', '(without id)')}: "
    wanted = _fields(Edition) - _ADDED_HERE
    _check_keys(path, where, entry, wanted - _OPTIONAL, _OPTIONAL)
    _check_types(path, where, entry, Edition)
    if entry["file_kind"] not in FILE_KINDS:
        raise RegisterError(
            f"data/sources/{path.name}: {where}the key file_kind is {entry['file_kind']!r}; it must be one of {', '.join(FILE_KINDS)}."
        )
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", entry["vintage"]):
        raise RegisterError(
            f"data/sources/{path.name}: {where}the key vintage is {entry['vintage']!r}; write a month as YYYY-MM."
        )
    if entry.get("vintage_basis", TIMETABLE) not in VINTAGE_BASES:
        raise RegisterError(
            f"data/sources/{path.name}: {where}the key vintage_basis is {entry['vintage_basis']!r}; it must be one of {', '.join(VINTAGE_BASES)}."
        )
    if ("period_start" in entry) != ("period_end" in entry):
        raise RegisterError(
            f"data/sources/{path.name}: {where}give both of the keys period_start and period_end, or neither."
        )
    return Edition(source_id=path.stem, **entry)


def _distinct(path: Path, editions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    ids = [edition.get("id") for edition in editions]
    doubled = sorted({str(edition_id) for edition_id in ids if ids.count(edition_id) > 1})
    if doubled:
        raise RegisterError(
            f"data/sources/{path.name}: the edition id {', '.join(doubled)} is used twice; give each edition its own."
        )
    return editions


def _fields(record: type) -> set[str]:
    return {field.name for field in dataclasses.fields(record)}


def _check_keys(
    path: Path, where: str, entry: Mapping[str, Any], needed: set[str], optional: set[str] | None = None
) -> None:
    missing = sorted(needed - set(entry))
    unknown = sorted(set(entry) - needed - (optional or set()))
    for what, keys in (("lacks", missing), ("has the unknown key", unknown)):
        if keys:
            raise RegisterError(
                f"data/sources/{path.name}: {where}{what} {', '.join(keys)}; correct the register entry."
            )


def _check_types(path: Path, where: str, entry: Mapping[str, Any], record: type) -> None:
    """Text, true or false, dates and lists of text, as the fields of ``record`` are declared."""
    fits: dict[Any, Callable[[object], bool]] = {
        str: lambda value: isinstance(value, str) and value.strip() != "",
        bool: lambda value: isinstance(value, bool),
        date | None: lambda value: type(value) is date,
        str | None: lambda value: isinstance(value, str) and value.strip() != "",
        tuple[str, ...]: lambda value: isinstance(value, list) and all(isinstance(item, str) for item in value),
        tuple[int, ...]: lambda value: isinstance(value, list) and all(isinstance(item, int) for item in value),
        Publisher: lambda value: isinstance(value, dict),
        Discovery: lambda value: isinstance(value, dict),
        tuple[Edition, ...]: lambda value: isinstance(value, list) and all(isinstance(item, dict) for item in value),
    }
    declared = {
        "edition" if field.name == "editions" else field.name: field.type for field in dataclasses.fields(record)
    }
    for key, value in entry.items():
        if not fits[declared[key]](value):
            raise RegisterError(
                f"data/sources/{path.name}: {where}the key {key} holds {value!r}, which is empty or of the wrong type."
            )
