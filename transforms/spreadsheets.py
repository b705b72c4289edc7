"""Text that no spreadsheet runs."""

from typing import Final

import polars as pl

# A cell that begins with one of these is a formula, or becomes one, in some spreadsheet; the wide forms do where they are typed.
_FORMULA: Final = r"^'*[=+\-@\t\r\n＝＋－＠]"
_ESCAPED: Final = r"^'+[=+\-@\t\r\n＝＋－＠]"

FORMULA_NOTE: Final = (
    "A text that begins with =, +, -, @, a tab or a line end, or with apostrophes and one of these, has one apostrophe more in front, so that no "
    "spreadsheet runs it: take one away to have the text as it was. Numbers are never changed."
)


def without_formulas(frame: pl.DataFrame) -> pl.DataFrame:
    """The same frame with an apostrophe before each text that a spreadsheet would take for a formula; see `FORMULA_NOTE`."""
    return frame.with_columns(
        pl.when(text.str.contains(_FORMULA)).then(pl.concat_str(pl.lit("'"), text)).otherwise(text).alias(name)
        for name, text in _texts(frame)
    )


def with_formulas(frame: pl.DataFrame) -> pl.DataFrame:
    """What `without_formulas` was given, to the letter."""
    return frame.with_columns(
        pl.when(text.str.contains(_ESCAPED)).then(text.str.slice(1)).otherwise(text).alias(name)
        for name, text in _texts(frame)
    )


def _texts(frame: pl.DataFrame) -> list[tuple[str, pl.Expr]]:
    return [(name, pl.col(name)) for name, dtype in frame.schema.items() if dtype == pl.String]
