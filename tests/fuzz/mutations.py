"""What may happen to a file on its way here, by accident or on purpose: bytes, lines, cells, and the parts of a packed file.

Every choice comes from one source of chance, so that the same chance makes the same damage: hypothesis's, or the bytes of a fuzzer.
"""

import gzip
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

T = TypeVar("T")


class Chance(Protocol):
    """Where choices come from."""

    def integer(self, least: int, most: int) -> int: ...


TEXTS = (
    *(
        "",
        " ",
        "..",
        "-",
        "[x]",
        "*",
        "c",
        "z",
        "N/A",
        "#REF!",
        "NaN",
        "inf",
        "-inf",
        "null",
        "None",
        "\ufeff",
        "\x00",
        "\x1b[31m",
    ),
    *("0", "-1", "1e308", "1e999", "9" * 40, "0x1F", "١٢٣", "12,345", "1.5.2", "-0", "99999999999999999999"),
    *("2019", "20-1", "2024/25", "2024/99", "31/02/2019", "Q9", "9999-99", "year ending 0000"),
    *(
        "'",
        '"',
        '""',
        ",",
        ";",
        "\t",
        "\r",
        "\n",
        "\r\n",
        "=1+1",
        "@SUM(A1)",
        "{{7*7}}",
        "<script>",
        "#panic()",
        "\\u{0}",
        "]]>",
        "&x;",
    ),
    *(
        "\u202eabc",
        "\u2066",
        "é",
        "e\u0301",
        "\U0001f4a3",
        "a" * 5000,
        "(note 99)",
        "[note 99999999999]",
        "Norfolk1,2,3",
        "Norfolk",
    ),
)
PIECES = (
    *("\x00", "\xff", "\xef\xbb\xbf", '"', "\n", "\r", ",", "<", "&", "</", "-->", "<![CDATA["),
    *(
        '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
        "&b;",
        '<!DOCTYPE x SYSTEM "file:///etc/passwd">',
    ),
    *(
        'r="XFD1048576"',
        'r="A0"',
        'r="1048577"',
        'r=""',
        'r="AAAA1"',
        't="s"',
        't="zz"',
        "<v>4294967295</v>",
        "<v>-1</v>",
        "<v></v>",
    ),
    *(
        'table:number-columns-repeated="2147483647"',
        'table:number-rows-repeated="-1"',
        'office:value="x"',
        'office:value-type="date"',
    ),
    *('ref="A1:XFD1048576"', 'count="4294967295"', 'uniqueCount="4294967295"', 's="99999"', 'name=""', 'sheetId="0"'),
)


def mutated(content: bytes, chance: Chance) -> bytes:
    """The file with one to four kinds of damage, inside its packing where it has one."""
    for _ in range(chance.integer(1, 4)):
        content = _once(content, chance)
    return content


def _once(content: bytes, chance: Chance) -> bytes:
    if content.startswith(b"PK") and chance.integer(0, 5):
        return _in_zip(content, chance)
    if content.startswith(b"\x1f\x8b") and chance.integer(0, 5):
        try:
            return gzip.compress(_plain(gzip.decompress(content), chance), 1, mtime=0)
        except (OSError, EOFError, zlib.error):
            return _bytes(content, chance)
    return _plain(content, chance)


def _plain(content: bytes, chance: Chance) -> bytes:
    return _one(chance, (_bytes, _lines, _cell, _cell, _cell))(content, chance)


def _one(chance: Chance, of: Sequence[T]) -> T:
    return of[chance.integer(0, len(of) - 1)]


def _bytes(content: bytes, chance: Chance) -> bytes:
    """Some bytes flipped, cut out, cut off, put in or doubled."""
    at = chance.integer(0, len(content))
    until = min(len(content), at + chance.integer(0, 64))
    middle = _one(
        chance,
        (
            bytes(byte ^ (1 << chance.integer(0, 7)) for byte in content[at:until][:4]) + content[at:until][4:],
            b"",
            content[at:until] * 2,
            _one(chance, PIECES).encode("latin-1") + content[at:until],
        ),
    )
    return content[:at] if not chance.integer(0, 9) else content[:at] + middle + content[until:]


def _lines(content: bytes, chance: Chance) -> bytes:
    """A line doubled, lost, moved to the end or cut in two; or the line ends of another system."""
    end = b"\r" if b"\n" not in content else b"\n"
    lines = content.split(end)
    at = chance.integer(0, min(len(lines) - 1, 200))
    line = lines[at]
    match chance.integer(0, 5):
        case 0:
            lines[at:at] = [line] * chance.integer(1, 3)
        case 1:
            del lines[at]
        case 2:
            lines.append(lines.pop(at))
        case 3:
            lines[at : at + 1] = [line[: len(line) // 2], line[len(line) // 2 :]]
        case 4:
            lines = lines[: at + 1]
        case _:
            return content.replace(end, _one(chance, (b"\r", b"\r\n", b"\n\n", b"\x00")))
    return end.join(lines)


def _cell(content: bytes, chance: Chance) -> bytes:
    """One cell of a line replaced, added or lost; quotes are left to chance."""
    end = b"\r" if b"\n" not in content else b"\n"
    lines = content.split(end)
    at = chance.integer(0, min(len(lines) - 1, 200))
    cells = lines[at].split(b",")
    place = chance.integer(0, len(cells) - 1)
    match chance.integer(0, 6):
        case 0:
            cells.insert(place, _one(chance, TEXTS).encode())
        case 1:
            del cells[place]
        case 2:
            cells[place : place + 1] = [cells[place]] * chance.integer(2, 900)
        case _:
            cells[place] = _one(chance, TEXTS).encode()
    lines[at] = b",".join(cells)
    return end.join(lines)


def _in_zip(content: bytes, chance: Chance) -> bytes:
    """A part of an archive damaged, renamed, doubled, lost or huge, or its directory untrue; an archive that is broken is broken further."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = [(name, archive.read(name)) for name in archive.namelist()]
    except (
        zipfile.BadZipFile,
        zlib.error,
        NotImplementedError,
        EOFError,
        OSError,
        RuntimeError,
        ValueError,
        UnicodeError,
    ):
        return _bytes(content, chance)
    if not parts:
        return _bytes(content, chance)
    at = chance.integer(0, len(parts) - 1)
    sheets = [place for place, (name, _) in enumerate(parts) if re.search("sheet|content|csv", name, re.IGNORECASE)]
    if sheets and chance.integer(0, 2):
        at = _one(chance, sheets)
    name, part = parts[at]
    match chance.integer(0, 9):
        case 0:
            parts[at] = (_one(chance, ("", "x", "../" + name, name.upper(), (name * 20)[:1000], "\u202e" + name)), part)
        case 1:
            parts.append((name, part))
        case 2:
            del parts[at]
        case 3:
            parts[at] = (name, part + b" " * 5_000_000)
        case 4:
            return _untrue_directory(_zipped(parts), chance)
        case 5 if not name.endswith(".csv"):
            parts[at] = (name, _attribute(part, chance))
        case _:
            damage = (
                _plain
                if name.endswith(".csv")
                else _one(chance, (_text_node, _text_node, _attribute, _element, _bytes))
            )
            parts[at] = (name, damage(part, chance))
    return _zipped(parts)


def _zipped(parts: Sequence[tuple[str, bytes]]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, part in parts:
            info = zipfile.ZipInfo(name[:1000])  # its date is that of the format's beginning, not today's
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, part)
    return content.getvalue()


def _untrue_directory(content: bytes, chance: Chance) -> bytes:
    """One field of an entry of the central directory replaced: method, flags, sizes, lengths, offset."""
    entries = [found.start() for found in re.finditer(rb"PK\x01\x02", content)]
    at = _one(chance, entries) + _one(chance, (8, 10, 16, 20, 24, 28, 30, 42))
    value = _one(chance, (0, 1, 9, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF, len(content)))
    return content[:at] + value.to_bytes(4, "little") + content[at + 4 :]


def _replaced(part: bytes, pattern: bytes, chance: Chance, make: Callable[[bytes], bytes]) -> bytes:
    found = list(re.finditer(pattern, part))[:2000]
    if not found:
        return _bytes(part, chance)
    match = _one(chance, found)
    return part[: match.start()] + make(match[0]) + part[match.end() :]


def _text_node(part: bytes, chance: Chance) -> bytes:
    text = _one(chance, TEXTS).replace("&", "&amp;").replace("<", "&lt;").encode()
    return _replaced(part, rb">[^<>]*</", chance, lambda found: b">" + text + b"</")


def _attribute(part: bytes, chance: Chance) -> bytes:
    piece = _one(chance, (*PIECES, *TEXTS)).encode("utf-8", "replace")
    new = piece if b'="' in piece else b'x="' + piece.replace(b'"', b"").replace(b"<", b"") + b'"'
    if chance.integer(0, 1):
        value = new.partition(b"=")[2] if b'="' in new else b'""'
        return _replaced(part, rb'[\w:]+="[^"]*"', chance, lambda found: found.partition(b"=")[0] + b"=" + value)
    return _replaced(part, rb'[\w:]+="[^"]*"', chance, lambda found: new)


def _element(part: bytes, chance: Chance) -> bytes:
    """An element doubled, lost, or its name another's."""
    choice = chance.integer(0, 2)
    return _replaced(
        part,
        rb"<[\w:]+[^<>]*>(?:[^<>]*</[\w:]+>)?",
        chance,
        lambda found: (found * 2, b"", re.sub(rb"^<[\w:]+", b"<y", found))[choice],
    )
