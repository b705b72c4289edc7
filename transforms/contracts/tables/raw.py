"""The contracts of the layer raw: cells as published, and the files that they were read from."""

from collections.abc import Iterable

import polars as pl

from transforms.contracts.contract import Column, Contract, Rule
from transforms.sources.registry import FILE_KINDS, VINTAGE_BASES

# England and Wales in degrees with a margin: a place beyond is an error, or is not in degrees.
LONGITUDES = (-7.0, 3.0)
LATITUDES = (49.0, 56.5)

CELL_COLUMNS = (
    Column(
        "source_id",
        pl.String,
        "The source register entry that the cell comes from",
        pattern=r"^[a-z0-9_]+$",
        example="ons_pfa_tables",
    ),
    Column(
        "edition_id",
        pl.String,
        "The edition (one published file) that the cell comes from",
        pattern=r"^[a-z0-9-]+$",
        example="ye-dec-2019",
    ),
    Column("table", pl.String, "Sheet or table name exactly as published, trailing blanks included"),
    Column(
        "cell",
        pl.String,
        "Cell reference as a spreadsheet shows it; for CSV files, record number and column; for Parquet tables, row and name of the column",
        pattern=r"^(?:[A-Z]{1,3}[1-9][0-9]*|row:[1-9][0-9]* column:[^/;\r\n]+)$",
        example="W38",
    ),
    Column(
        "kind",
        pl.String,
        "A figure or grade, or a note: a publisher's footnote, or the remark beside a hand-gathered figure",
        allowed=("figure", "note"),
    ),
    Column(
        "area_code_text",
        pl.String,
        "Area code exactly as printed; empty where the publisher prints none",
        nullable=True,
    ),
    Column("area_text", pl.String, "Area name exactly as printed, footnote marks and blanks included", nullable=True),
    Column(
        "measure_text",
        pl.String,
        "Column or row label of the figure exactly as printed; for a note, its mark",
        nullable=True,
    ),
    Column(
        "breakdown_text",
        pl.String,
        "Further labels that narrow the figure (district, exploitation type, age), joined by ' | '",
        nullable=True,
    ),
    Column("period_text", pl.String, "Period label exactly as printed", nullable=True),
    Column(
        "value_text",
        pl.String,
        "The figure, symbol or footnote exactly as stored in the file; empty for a blank cell",
        nullable=True,
    ),
    Column(
        "source_url",
        pl.String,
        "Page that a hand-transcribed figure was read on; empty where the edition itself is the evidence",
        nullable=True,
    ),
)


def cells(source_id: str, edition_ids: Iterable[str] = ()) -> Contract:
    """The contract of the raw table of one source: published cells, nothing renamed, cleaned or dropped, of each named edition."""
    return Contract(
        table=f"raw/{source_id}",
        title=f"Published cells of {source_id}",
        one_row_is="published cell",
        columns=CELL_COLUMNS,
        key=("edition_id", "table", "cell"),
        extra_rules=tuple(
            Rule(
                f"edition_{edition_id.replace('-', '_')}_has_cells",
                "ExpectColumnDistinctValuesToContainSet",
                {"column": "edition_id", "value_set": [edition_id]},
                f"The edition {edition_id} of {source_id} has cells.",
            )
            for edition_id in edition_ids
        ),
    )


EDITIONS = Contract(
    table="raw/editions",
    title="Editions",
    one_row_is="published file, exactly as received",
    columns=(
        Column("source_id", pl.String, "Source register entry"),
        Column("edition_id", pl.String, "Edition of the source"),
        Column("title", pl.String, "What the publisher calls it, in words"),
        Column("publisher", pl.String, "Who published it"),
        Column(
            "vintage", pl.String, "Month in which it was published", pattern=r"^[0-9]{4}-[0-9]{2}$", example="2020-04"
        ),
        Column("vintage_basis", pl.String, "What that month rests on", allowed=VINTAGE_BASES),
        Column("vintage_note", pl.String, "Which other date was not believed, and why", nullable=True),
        Column("file", pl.String, "Name of the file"),
        Column(
            "file_kind",
            pl.String,
            "The publisher's own file, another's re-save of it, a table derived from such a file, or figures transcribed by hand",
            allowed=FILE_KINDS,
        ),
        Column(
            "sha256",
            pl.String,
            "Checksum of the file",
            pattern=r"^[0-9a-f]{64}$",
            example="sixty-four hexadecimal digits",
        ),
        Column("bytes", pl.Int64, "Size of the file", unit="bytes", minimum=1),
        Column(
            "retrieved_at",
            pl.String,
            "Day on which this copy was first read",
            pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
            example="2026-11-24",
        ),
    ),
    key=("source_id", "edition_id"),
)

BOUNDARIES = Contract(
    table="raw/police_force_area_boundaries",
    title="Boundaries of police force areas",
    one_row_is="point of a ring of the outline of a police force area",
    columns=(
        Column("source_id", pl.String, "Source register entry"),
        Column("edition_id", pl.String, "Edition of the source"),
        Column("area_id", pl.String, "Police force area", pattern=r"^[EW][0-9]{8}$", example="E23000024"),
        Column(
            "ring",
            pl.Int32,
            "Which ring of the area, counted from one; a ring that lies within another is a hole in it",
            minimum=1,
        ),
        Column("point", pl.Int32, "Which point of the ring, counted from one; the last is the first again", minimum=1),
        Column(
            "longitude",
            pl.Float64,
            "Longitude (WGS 84)",
            unit="degrees",
            minimum=LONGITUDES[0],
            maximum=LONGITUDES[1],
            source_labels=("geometry",),
        ),
        Column(
            "latitude",
            pl.Float64,
            "Latitude (WGS 84)",
            unit="degrees",
            minimum=LATITUDES[0],
            maximum=LATITUDES[1],
            source_labels=("geometry",),
        ),
        Column(
            "label_longitude",
            pl.Float64,
            "Longitude of the publisher's point for a label, the same on every row of an area",
            unit="degrees",
            source_labels=("LONG",),
        ),
        Column(
            "label_latitude",
            pl.Float64,
            "Latitude of the publisher's point for a label, the same on every row of an area",
            unit="degrees",
            source_labels=("LAT",),
        ),
    ),
    key=("area_id", "ring", "point"),
)
