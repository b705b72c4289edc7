"""From a printed area name to an area, exactly: one normalisation, then look-ups in the register, no fuzzy matching."""

import difflib

import polars as pl

# What publishers glue to names: "[note 4]", "7,8", " 8", "(R)", "(2006)", "^". Stripped from the end, and kept as marks.
_DEBRIS = r"(?:\s*(?:\[[^\]]*\]|\((?:r|\d{4})\)|\^|\d{1,2}(?:\s*,\s*\d{1,2})*))+$"
_TOTAL_PREFIX = r"^\*?total\s+"
_POLICE_WORD = r"\s+(?:police service|police|constabulary)$|^heddlu\s+"


def fold(text: pl.Expr) -> pl.Expr:
    """Fold case, width, blanks, dashes, full stops and '&' away, so that two spellings of one name become one key."""
    return (
        text.str.normalize("NFKC")
        .str.to_lowercase()
        .str.replace_all("&", " and ", literal=True)
        .str.replace_all(".", "", literal=True)
        .str.replace_all(r"[‐‑‒–—-]", " ")
        .str.replace_all("’", "'", literal=True)
        .str.replace_all(r"\s+", " ")
        .str.strip_chars()
        .str.normalize("NFKC")  # again: what the full stop kept apart may have become one character
    )


def without_debris(folded: pl.Expr) -> pl.Expr:
    """A folded name without footnote marks, revision marks and '*Total ' in front."""
    return folded.str.replace(_DEBRIS, "").str.replace(_TOTAL_PREFIX, "").str.strip_chars()


def note_marks(text: pl.Expr) -> pl.Expr:
    """The footnote marks glued to a printed name, joined by commas: 'Essex12' → '12', 'Leicestershire [note 4]' → 'note 4'; else null.

    A year in brackets is no mark: 'British Transport Police(2006)' has none.
    """
    marks = (
        text.str.normalize("NFKC")
        .str.to_lowercase()
        .str.extract(f"({_DEBRIS})")
        .str.replace_all(r"\(\d{4}\)", "")
        .str.extract_all(r"note \d+|\d{1,2}")
        .list.join(",")
    )
    return pl.when(marks.str.len_chars() > 0).then(marks)


def without_police_word(name: pl.Expr) -> pl.Expr:
    """The last resort of §name resolution: ', city of' moved to the front, one trailing 'police' or 'constabulary' dropped."""
    return name.str.replace(r"^(.*), city of$", "city of $1").str.replace(_POLICE_WORD, "").str.strip_chars()


def keys(text: pl.Expr) -> dict[str, pl.Expr]:
    """The keys under which a printed name is looked up, strictest first. The order matters: 'British Transport Police' must be found whole."""
    folded = fold(text)
    return {
        "as printed": folded,
        "without footnote marks": without_debris(folded),
        "without the word police": without_police_word(without_debris(folded)),
    }


def name_table(areas: pl.DataFrame, area_names: pl.DataFrame) -> pl.DataFrame:
    """Every known name of every area, folded: key, area_id, kind, source_id ('' where any source may use it)."""
    official = pl.concat(
        [areas.select("area_id", pl.col(column).alias("name")) for column in ("name", "operating_name")]
    )
    return (
        pl.concat(
            [
                area_names.select("area_id", "name", "source_id"),
                official.select("area_id", "name", pl.lit("").alias("source_id")),
            ]
        )
        .with_columns(fold(pl.col("name")).alias("key"))
        .join(areas.select("area_id", "kind"), on="area_id")
        .select("key", "area_id", "kind", "source_id")
        .unique()
        .sort("key", "area_id", "source_id")
    )


def nearest(text: str, names: pl.DataFrame, count: int = 3) -> list[str]:
    """The known names nearest to a text, for a person to choose from; a build never uses them. ``names`` has columns key, area_id."""
    folded = pl.select(without_debris(fold(pl.lit(text)))).item()
    return difflib.get_close_matches(folded, names["key"].unique().sort().to_list(), n=count, cutoff=0.5)
