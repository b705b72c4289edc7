"""How commands fit what they print into a terminal: sentences wrapped at words, tables cut at words. What goes into a file or pipe is left as it is."""

import shutil
import sys
import textwrap
from collections.abc import Iterable, Sequence
from typing import Any

import click

# A column of a table narrower than this says nothing any more, and is left out.
_NARROWEST = 14
_GAP = "  "


def say(text: str) -> None:
    """Print lines; in a terminal each is wrapped at words, what follows set in by two more blanks."""
    width = _width()
    click.echo(text if width is None else "\n".join(wrapped(line, width) for line in text.split("\n")))


def wrapped(line: str, width: int) -> str:
    """One line in as many as it takes, none of them broken inside a word."""
    indent = line[: len(line) - len(line.lstrip())]
    return "\n".join(
        textwrap.wrap(
            line,
            width,
            subsequent_indent=f"{indent}  ",
            break_long_words=False,
            break_on_hyphens=False,
            drop_whitespace=True,
        )
        or [line]
    )


def say_table(headers: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Print rows in columns, one line a row: in a terminal as many columns as fit, from the first, the longest texts cut at words."""
    texts = [["-" if cell is None else str(cell) for cell in row] for row in rows]
    lines, left_out = in_columns(headers, texts, _width())
    click.echo("\n".join(lines))
    if left_out:
        click.echo(wrapped(f"Not shown, for want of room: {', '.join(left_out)}; --json has all.", _width() or 80))


def in_columns(headers: Sequence[str], rows: Sequence[Sequence[str]], width: int | None) -> tuple[list[str], list[str]]:
    """The lines of a table no wider than ``width``, and the columns that found no room. The first column is never cut: it is what is asked for next."""
    table = [list(headers), *map(list, rows)]
    widths = [max(len(line[place]) for line in table) for place in range(len(headers))]
    shown = len(widths)
    if width is not None:
        least = [widths[0], *(min(natural, _NARROWEST) for natural in widths[1:])]
        while shown > 1 and _across(least[:shown]) > width:
            shown -= 1
        widths = widths[:shown]
        while _across(widths) > width and max(widths[1:], default=0) > _NARROWEST:
            widest = max(range(1, shown), key=lambda place: widths[place])
            widths[widest] -= 1
    lines = [
        _GAP.join(cut(text, size).ljust(size) for text, size in zip(line, widths, strict=False)).rstrip()
        for line in table
    ]
    return lines, list(headers[shown:])


def cut(text: str, width: int) -> str:
    """A text that is too long, cut after a word, with an ellipsis; one long word is cut where it must be."""
    return (
        text
        if len(text) <= width
        else textwrap.shorten(text, width, placeholder="…")
        if " " in text[:width]
        else f"{text[: width - 1]}…"
    )


def _across(widths: Sequence[int]) -> int:
    return sum(widths) + len(_GAP) * (len(widths) - 1)


def _width() -> int | None:
    """The width of the terminal; None where nobody looks at one."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None
