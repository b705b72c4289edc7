"""The one palette, in a light and a dark version; names say what a colour is for.

Charts carry the light colours as attributes and the names as classes, so that a page can restyle them; the HTML and Typst
templates take their colours from here too. Tests hold every pair that is used to the contrast that WCAG 2.2 AA asks.
"""

from typing import Final

LIGHT: Final[dict[str, str]] = {
    "background": "#ffffff",
    "ink": "#16242b",
    "muted": "#4f606a",
    "rule": "#d3dadd",
    "axis": "#71828b",
    "accent": "#00565c",
    "accent-soft": "#e8f2f2",
    "highlight": "#a8420a",
    "highlight-soft": "#fcf0e6",
    "band-lowest": "#e6f2f1",
    "band-low": "#b9dad8",
    "band-middle": "#7fb9b6",
    "band-high": "#24757b",
    "band-highest": "#003f45",
    "on-band-lowest": "#16242b",
    "on-band-low": "#16242b",
    "on-band-middle": "#16242b",
    "on-band-high": "#ffffff",
    "on-band-highest": "#ffffff",
}

DARK: Final[dict[str, str]] = {
    "background": "#11191c",
    "ink": "#e9eff1",
    "muted": "#acbac1",
    "rule": "#34434a",
    "axis": "#84959d",
    "accent": "#62c6c6",
    "accent-soft": "#162b2c",
    "highlight": "#f5a269",
    "highlight-soft": "#33231a",
    "band-lowest": "#1b2f31",
    "band-low": "#204a4b",
    "band-middle": "#2a6a6a",
    "band-high": "#62b3b1",
    "band-highest": "#b5e6e3",
    "on-band-lowest": "#e9eff1",
    "on-band-low": "#e9eff1",
    "on-band-middle": "#ffffff",
    "on-band-high": "#0b1719",
    "on-band-highest": "#0b1719",
}

BANDS: Final = ("band-lowest", "band-low", "band-middle", "band-high", "band-highest")
"""The five fills of a map, from the lowest values to the highest."""
