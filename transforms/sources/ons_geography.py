"""Parser of the look-ups between districts, upper-tier authorities and police force areas, and of the properties of their boundaries.

These are geography, not figures: the cells serve to check the register of local authorities and never become observations.
"""

import json
from pathlib import Path

import polars as pl

from transforms.errors import LayoutError
from transforms.sources.grid import LETTERS, Parsed, csv_grid
from transforms.sources.registry import Edition
from transforms.sources.tidy import tidy_cells


def parse(content: bytes, edition: Edition, data: Path) -> Parsed:
    """Cells of a look-up: area_code_text and area_text are the smaller area, measure_text and value_text the larger one's column and content.

    A CSV may begin with a byte order mark. Of a GeoJSON file only the properties of the features are read, as a table whose first row is
    their names. Raises LayoutError as ``tidy_cells``, and for a file that is not a collection of features with the same properties.
    """
    grid = _properties(content, edition) if edition.file.endswith(".geojson") else csv_grid(content, edition)
    return tidy_cells(grid, edition, data)


def _properties(content: bytes, edition: Edition) -> pl.DataFrame:
    try:
        features = [dict(feature["properties"].items()) for feature in json.loads(content)["features"]]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise LayoutError(
            f"{edition.source_id} {edition.id}: the file is not a GeoJSON collection of features ({error!r}); fetch the file again."
        ) from error
    names = list(features[0]) if features else []
    for number, feature in enumerate(features, start=1):
        if list(feature) != names:
            raise LayoutError(
                f"{edition.source_id} {edition.id}: feature {number} has the properties {', '.join(feature)} where the first has "
                f"{', '.join(names)}; look at the file."
            )
    if not 0 < len(names) <= len(LETTERS):
        raise LayoutError(
            f"{edition.source_id} {edition.id}: the first feature has {len(names):,} properties; look at the file."
        )
    rows = [names, *([str(value) for value in feature.values()] for feature in features)]
    schema = dict.fromkeys(LETTERS[: len(names)], pl.String)
    return pl.DataFrame(rows, schema=schema, orient="row").with_row_index("row", offset=1)
