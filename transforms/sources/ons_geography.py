"""Parser of the look-ups between districts, upper-tier authorities and police force areas, and of boundaries.

These are geography, not figures: the cells serve to check the register of local authorities and never become observations. The
geometry of boundaries is drawn in reports, and nothing is worked out from it.
"""

import itertools
import json
import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, Final

import polars as pl

from transforms.contracts.tables.raw import BOUNDARIES, LATITUDES, LONGITUDES
from transforms.errors import LayoutError
from transforms.sources.grid import LETTERS, Parsed, csv_grid
from transforms.sources.registry import Edition, Source
from transforms.sources.tidy import tidy_cells

_POLYGONS: Final = pl.List(pl.List(pl.List(pl.List(pl.Float64))))
_FEATURE: Final = pl.Schema(
    [
        ("feature", pl.Int64()),
        ("area_id", pl.String()),
        ("label_longitude", pl.Float64()),
        ("label_latitude", pl.Float64()),
        ("outline", _POLYGONS),
    ]
)
_LABEL_POINT: Final = frozenset({"LONG", "LAT"})
_CODE: Final = re.compile(r"PFA\d\dCD")
_FEWEST_POINTS: Final = 4


def parse(content: bytes, edition: Edition, data: Path) -> Parsed:
    """Cells of a look-up: area_code_text and area_text are the smaller area, measure_text and value_text the larger one's column and content.

    A CSV may begin with a byte order mark. Of a GeoJSON file only the properties of the features are read, as a table whose first row is
    their names. Raises LayoutError as ``tidy_cells``, and for a file that is not a collection of features with the same properties.
    """
    grid = _properties(content, edition) if has_boundaries(edition) else csv_grid(content, edition)
    return tidy_cells(grid, edition, data)


def has_boundaries(edition: Edition) -> bool:
    """Whether the file of an edition has geometry beside codes and names."""
    return edition.file.endswith(".geojson")


def newest_boundaries(source: Source, held: Collection[str]) -> Edition | None:
    """The newest edition of boundaries among the editions held (their ids); None where none is."""
    editions = [edition for edition in source.editions if edition.id in held and has_boundaries(edition)]
    return max(editions, key=lambda edition: edition.vintage, default=None)


def boundaries(content: bytes, edition: Edition, forces: Collection[str]) -> pl.DataFrame:
    """The outlines of police force areas as points in degrees (WGS 84): the contract BOUNDARIES.

    Areas are in the order of the file, rings and points as the file has them, the last point of a ring being its first again. ``forces``
    are the codes of all police force areas. Raises LayoutError, naming the feature, for a file that is not a collection of polygons,
    a code that is unknown or comes twice, a police force area without a feature, a ring that is not closed, and a place that is
    not in England or Wales.
    """
    features = enumerate(_features(content, edition), start=1)
    areas = pl.concat([_FEATURE.to_frame(), *(_area(feature, number, edition) for number, feature in features)])
    _refuse(areas, ~pl.col("area_id").is_in(sorted(forces)), "is no police force area that the project knows", edition)
    _refuse(areas, ~pl.col("area_id").is_first_distinct(), "comes a second time", edition)
    if missing := sorted(set(forces) - set(areas["area_id"])):
        raise LayoutError(
            f"{edition.source_id} {edition.id}: no feature has the code {', '.join(missing)}; fetch a file with all police force areas."
        )
    _refuse(
        areas, _is_elsewhere("label_longitude", "label_latitude"), "has no label point in England or Wales", edition
    )
    _refuse(areas, pl.col("outline").list.len() == 0, "has no polygon", edition)
    polygons = areas.explode("outline")
    _refuse(polygons, pl.col("outline").list.len().fill_null(0) == 0, "has a polygon without a ring", edition)
    rings = polygons.explode("outline").with_columns(pl.int_range(1, pl.len() + 1).over("area_id").alias("ring"))
    too_few = pl.col("outline").list.len().fill_null(0) < _FEWEST_POINTS
    _refuse(rings, too_few, f"has a ring of fewer than {_FEWEST_POINTS} points: ring {{ring}}", edition)
    is_open = pl.col("outline").list.first() != pl.col("outline").list.last()
    points = (
        rings.with_columns(is_open.alias("is_open"))
        .explode("outline")
        .select(
            *("feature", "area_id", "ring", "is_open", "label_longitude", "label_latitude"),
            pl.int_range(1, pl.len() + 1).over("area_id", "ring").alias("point"),
            pl.col("outline").list.get(0, null_on_oob=True).alias("longitude"),
            pl.col("outline").list.get(1, null_on_oob=True).alias("latitude"),
        )
    )
    where = "has a point that is not in England or Wales: ring {ring}, point {point} ({longitude}, {latitude})"
    _refuse(points, _is_elsewhere("longitude", "latitude"), where, edition)
    _refuse(points, pl.col("is_open"), "has a ring that does not end where it begins: ring {ring}", edition)
    return points.select(
        pl.lit(edition.source_id).alias("source_id"),
        pl.lit(edition.id).alias("edition_id"),
        *(pl.col(name).cast(dtype) for name, dtype in list(BOUNDARIES.schema.items())[2:]),
    )


def _area(feature: Mapping[str, Any], number: int, edition: Edition) -> pl.DataFrame:
    """One feature as one row of _FEATURE; ``outline`` is its polygons, each a list of rings, each a list of points."""
    properties, geometry = feature["properties"], feature.get("geometry", {})
    code = next((value for name, value in properties.items() if _CODE.fullmatch(name)), None)
    where = f"{edition.source_id} {edition.id}: feature {number} ({code})"
    try:
        polygons = {"Polygon": lambda inner: [inner], "MultiPolygon": list}[geometry["type"]](geometry["coordinates"])
        has_label = not _LABEL_POINT.isdisjoint(properties)
        longitude, latitude = (properties.get("LONG"), properties.get("LAT")) if has_label else _middle(polygons)
        values = (number, code, longitude, latitude, polygons)
        return pl.DataFrame(
            [pl.Series(name, [value], dtype) for (name, dtype), value in zip(_FEATURE.items(), values, strict=True)]
        )
    except (LookupError, TypeError, ValueError, OverflowError, pl.exceptions.PolarsError) as error:
        raise LayoutError(
            f"{where} has no code, no label point or no polygon that can be read ({_first_line(error)}); fetch the file again."
        ) from error


def _middle(polygons: list[Any]) -> tuple[float | None, float | None]:
    """The centre of gravity of the largest outer ring, where a file has no point for the label; nothing without an area."""
    largest = (0.0, 0.0, 0.0)
    for polygon in polygons:
        edges = [(x, y, then_x, then_y) for (x, y, *_), (then_x, then_y, *_) in itertools.pairwise(polygon[0])]
        crossed = [(x * then_y - then_x * y, x + then_x, y + then_y) for x, y, then_x, then_y in edges]
        area = sum(cross for cross, _, _ in crossed)
        if abs(area) > abs(largest[0]):
            largest = (area, sum(cross * x for cross, x, _ in crossed), sum(cross * y for cross, _, y in crossed))
    area, along, up = largest
    return (along / (3 * area), up / (3 * area)) if area else (None, None)


def _refuse(frame: pl.DataFrame, is_wrong: pl.Expr, said: str, edition: Edition) -> None:
    """Raise LayoutError for the first row that is wrong; ``said`` may name columns in braces."""
    wrong = frame.filter(is_wrong.fill_null(value=True))
    if len(wrong):
        row = wrong.row(0, named=True)
        raise LayoutError(
            f"{edition.source_id} {edition.id}: feature {row['feature']} ({row['area_id']}) {said.format(**row)}; look at the file, or fetch it again."
        )


def _is_elsewhere(longitude: str, latitude: str) -> pl.Expr:
    return ~(pl.col(longitude).is_between(*LONGITUDES) & pl.col(latitude).is_between(*LATITUDES))


def _first_line(error: Exception) -> str:
    return repr(error).partition("\\n")[0]


def _features(content: bytes, edition: Edition) -> list[dict[str, Any]]:
    """The features of a GeoJSON collection, each with its properties as a dictionary."""
    try:
        found = json.loads(content)["features"]
        return [{**feature, "properties": dict(feature["properties"].items())} for feature in found]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise LayoutError(
            f"{edition.source_id} {edition.id}: the file is not a GeoJSON collection of features ({error!r}); fetch the file again."
        ) from error


def _properties(content: bytes, edition: Edition) -> pl.DataFrame:
    features = [feature["properties"] for feature in _features(content, edition)]
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
