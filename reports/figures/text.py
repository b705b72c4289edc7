"""How wide a text will be, and how it folds into lines. An estimate, because each reader's browser has its own sans-serif."""

import re
from functools import lru_cache
from typing import Any, Final

from transforms.errors import CountyLinesError

SMALL: Final = 11.0
"""The smallest text in a chart, in units of its 680-unit width."""
TEXT: Final = 12.0
STRONG: Final = 13.0

_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_EM_BY_CHARACTERS: Final = (
    ("ijl'’‘|", 0.24),
    (" .,:;!ft[]()/IrJ-·", 0.33),
    ("ckszvxy", 0.5),
    ('–“”"*°', 0.5),
    ("ABEKPSVXY&", 0.67),
    ("CDHNRUG", 0.73),
    ("OQ", 0.78),
    ("mMw", 0.84),
    ("W@%—→", 1.0),
)
_OTHER_EM: Final = 0.56
_SEMIBOLD: Final = 1.1
_WIDE_FONT: Final = 1.12
"""DejaVu Sans, which many Linux desktops give for sans-serif, is so much wider than Arial."""


class _Ems(dict[str, float]):
    """The width of each character in ems, of those that are not listed the same."""

    def __missing__(self, character: str) -> float:
        return _OTHER_EM


_EM: Final = _Ems((character, em) for characters, em in _EM_BY_CHARACTERS for character in characters)


def width(text: str, size: float, *, bold: bool = False) -> float:
    """Estimate the width of a text in units, from the wide side of the common sans-serif fonts: Arial's widths with a margin for wider ones."""
    return _ems(text) * _WIDE_FONT * size * (_SEMIBOLD if bold else 1.0)


@lru_cache(maxsize=50_000)
def _ems(text: str) -> float:
    """The width of a text in ems. Remembered: the words of a table are asked for at every width that its columns are tried at."""
    return sum(map(_EM.__getitem__, text))


def fold(text: str, available: float, size: float, *, bold: bool = False) -> tuple[str, ...]:
    """Fold a text at its spaces into lines no wider than ``available`` units; nothing is cut.

    A name that is too wide for one line may break after its hyphen, a county's before its last syllable "shire". Raises CountyLinesError when a
    word still does not fit.
    """
    lines: list[str] = []
    for word in (piece for part in text.split() for piece in _pieces(part, available, size, bold)):
        joined = f"{lines[-1]} {word}" if lines else word
        if lines and width(joined, size, bold=bold) <= available:
            lines[-1] = joined
        elif width(word, size, bold=bold) <= available:
            lines.append(word)
        else:
            raise CountyLinesError(
                f"The word '{word}' of the label '{text}' is wider than the {available:.0f} units that the chart has for it; use a shorter label."
            )
    return tuple(lines)


def _pieces(word: str, available: float, size: float, bold: bool) -> tuple[str, ...]:
    if width(word, size, bold=bold) <= available:
        return (word,)
    if "-" in word:
        first, _, rest = word.partition("-")
        return (f"{first}-", rest)
    stem = word.removesuffix("shire")
    return (word,) if stem == word else (f"{stem}-", "shire")


def printable(value: Any) -> Any:
    """Put a space for each character that neither XML nor HTML can hold, not even escaped; anything but text passes."""
    return type(value)(_FORBIDDEN.sub(" ", value)) if isinstance(value, str) and _FORBIDDEN.search(value) else value
