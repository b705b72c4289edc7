"""Pages as small grey pictures, and how far two of them differ where a person would see it."""

import base64
import subprocess
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Final

from PIL import Image, ImageChops
from playwright.sync_api import Browser

from tests.full_build import ROOT

REFERENCES: Final = Path(__file__).parent / "references"
REPORTS: Final = (
    "england-and-wales",
    "region-east-of-england",
    "policing-region-london",
    "norfolk",
    "city-of-london",
    "greater-manchester",
)
"""All kinds of reports, and the forces with the most that is missing."""

_PAGE: Final = 110
_ACROSS: Final = 6
_SCREEN: Final = 900
_COLUMN: Final = 150
_TALLEST: Final = 1600
_GREYS: Final = 8
"""Evenly spaced, so that no pixel moves by as much as a person would see."""
_TILE: Final = 6
_SEEN: Final = 20.0
"""Grey levels by which the mean of a tile has to differ for a person to see it: what other rasterisers and other digits do lies below."""


def pdf_picture(pdf: Path) -> Image.Image:
    """All pages of a PDF beside each other, small and grey. Needs Poppler."""
    command = ["pdftoppm", "-gray", "-r", "40", str(pdf)]
    pages = _pgm_pages(subprocess.run(command, capture_output=True, check=True, timeout=120).stdout)
    return _grid([_scaled(page, _PAGE) for page in pages], _ACROSS)


def html_picture(browser: Browser, page: Path) -> Image.Image:
    """A whole page as a reader of a window of 900 pixels scrolls through it, in columns, small and grey.

    The page is set in the project's own font, so that the fonts of the machine do not matter.
    """
    view = browser.new_page(viewport={"width": _SCREEN, "height": 1200}, color_scheme="light", reduced_motion="reduce")
    view.goto(page.as_uri())
    view.add_style_tag(content=_own_font())
    view.evaluate("document.fonts.ready")
    shot = Image.open(BytesIO(view.screenshot(full_page=True, animations="disabled")))
    view.close()
    strip = _scaled(shot.convert("L"), _COLUMN)
    tops = range(0, strip.height, _TALLEST)
    return _grid([strip.crop((0, top, strip.width, min(top + _TALLEST, strip.height))) for top in tops], len(tops))


def keep(picture: Image.Image, path: Path) -> None:
    """Write a picture with few greys, as small as PNG can be."""
    path.parent.mkdir(parents=True, exist_ok=True)
    step = 255 / (_GREYS - 1)
    few = picture.point([round(round(grey / step) * step) for grey in range(256)])
    few.quantize(_GREYS).save(path, optimize=True, bits=4)


def kept(path: Path) -> Image.Image:
    """A picture that was kept."""
    with Image.open(path) as picture:
        return picture.convert("L")


def difference(one: Image.Image, other: Image.Image) -> float:
    """The share of tiles that look different, from 0 to 1, of those in which either picture shows anything.

    Pictures of different sizes are compared from their upper left corners; what only one of them has is different.
    """
    wide, high = max(one.width, other.width), max(one.height, other.height)
    sides = [_tiles(_on_white(picture, wide, high)) for picture in (one, other)]
    apart = ImageChops.difference(*sides).tobytes()
    shown = sum(min(pair) < 250 for pair in zip(*(side.tobytes() for side in sides), strict=True))
    return sum(value > _SEEN for value in apart) / max(shown, 1)


def _tiles(picture: Image.Image) -> Image.Image:
    """The mean grey of each tile, so that a line which moves by a fraction of a pixel is no difference."""
    return picture.resize((-(-picture.width // _TILE), -(-picture.height // _TILE)), Image.Resampling.BOX)


def _on_white(picture: Image.Image, wide: int, high: int) -> Image.Image:
    ground = Image.new("L", (wide, high), 255)
    ground.paste(picture)
    return ground


def _scaled(picture: Image.Image, wide: int) -> Image.Image:
    return picture.resize((wide, round(picture.height * wide / picture.width)), Image.Resampling.LANCZOS)


def _grid(pictures: Sequence[Image.Image], across: int) -> Image.Image:
    wide, high = (max(getattr(picture, side) for picture in pictures) for side in ("width", "height"))
    rows = -(-len(pictures) // across)
    grid = Image.new("L", (min(across, len(pictures)) * wide, rows * high), 255)
    for place, picture in enumerate(pictures):
        grid.paste(picture, (place % across * wide, place // across * high))
    return grid


def _pgm_pages(stream: bytes) -> list[Image.Image]:
    """The pictures in a stream of raw PGM, as pdftoppm writes it: a head of three lines, then a byte a pixel."""
    pages: list[Image.Image] = []
    while stream:
        _, size, _, rest = stream.split(b"\n", 3)
        wide, high = map(int, size.split())
        pages.append(Image.frombytes("L", (wide, high), rest[: wide * high]))
        stream = rest[wide * high :]
    return pages


def _own_font() -> str:
    faces = [
        f"@font-face {{ font-family: 'Source Sans Pro'; font-weight: {weight}; src: url(data:font/ttf;base64,{_base64(name)}) }}"
        for weight, name in (("400", "Regular"), ("600 900", "Semibold"))
    ]
    return "\n".join([*faces, "* { font-family: 'Source Sans Pro' !important }"])


def _base64(name: str) -> str:
    return base64.b64encode((ROOT / "reports" / "fonts" / f"SourceSansPro-{name}.ttf").read_bytes()).decode()
