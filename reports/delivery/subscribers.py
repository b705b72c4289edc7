"""The list of subscribers: who follows which areas. It is personal data, kept outside the repository."""

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from transforms.errors import CountyLinesError

# One mailbox in ASCII, as mail servers take it everywhere; quoted local parts and comments are refused with everything else.
_ADDRESS: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?")
_KEYS: Final = {"address", "name", "areas"}
_LONGEST_NAME: Final = 100


@dataclass(frozen=True)
class Subscriber:
    """Whom to write to, and the slugs of the reports that they follow, in their own order. An address is never part of a printed form of this."""

    address: str = field(repr=False)
    name: str = field(repr=False)
    reports: tuple[str, ...]


def is_address(text: str) -> bool:
    """Whether a text is one mailbox that a letter can be sent to and nothing more."""
    return _ADDRESS.fullmatch(text) is not None and ".." not in text


def read_subscribers(content: bytes, where: str, find_report: Callable[[str], str]) -> list[Subscriber]:
    """Read a list in TOML: one ``[[subscriber]]`` each with address, name and areas.

    ``find_report`` gives the slug of the report on an area by any known name and raises CountyLinesError for an unknown one. Raises
    CountyLinesError with the place of the first entry that is not as it should be: nobody is written to before all are right.
    """
    try:
        listed = tomllib.loads(content.decode())
    except ValueError as error:  # not TOML, or not even text
        raise CountyLinesError(
            f"{where} is not TOML ({error}); compare it with docs/deploy/subscribers.toml."
        ) from error
    entries = listed.get("subscriber")
    if set(listed) != {"subscriber"} or not isinstance(entries, list):
        raise CountyLinesError(
            f"{where} must hold [[subscriber]] entries and nothing else; compare it with docs/deploy/subscribers.toml."
        )
    found = [
        _subscriber(entry, f"{where}, subscriber {number}", find_report) for number, entry in enumerate(entries, 1)
    ]
    seen: set[str] = set()
    for number, subscriber in enumerate(found, 1):
        if subscriber.address.casefold() in seen:
            raise CountyLinesError(
                f"{where}, subscriber {number}: the address is listed twice; put all its areas into one entry."
            )
        seen.add(subscriber.address.casefold())
    return found


def _subscriber(entry: Any, where: str, find_report: Callable[[str], str]) -> Subscriber:
    if not isinstance(entry, dict) or not set(entry) <= _KEYS:
        raise CountyLinesError(f"{where}: an entry has address, name and areas, and nothing else.")
    address, name, areas = entry.get("address"), entry.get("name", ""), entry.get("areas")
    if not isinstance(address, str) or not is_address(address):
        raise CountyLinesError(f"{where}: the address is not one plain e-mail address.")
    if not isinstance(name, str) or not name.isprintable() or len(name) > _LONGEST_NAME:
        raise CountyLinesError(f"{where}: the name must be one line of at most {_LONGEST_NAME} printable characters.")
    if "=?" in name:
        raise CountyLinesError(
            f"{where}: the name has '=?', by which a mail program reads something else; write it plainly."
        )
    if not isinstance(areas, list) or not areas or not all(isinstance(area, str) for area in areas):
        raise CountyLinesError(f"{where}: areas must be a list of at least one name.")
    try:
        reports = tuple(dict.fromkeys(find_report(area) for area in areas))
    except CountyLinesError as error:
        raise CountyLinesError(f"{where}: {error}") from error
    return Subscriber(address, name, reports)
