"""The contracts of the layer core: areas, observations, and what became of every other cell."""

import polars as pl

from transforms.contracts.contract import Column, Contract, Rule, never_above
from transforms.contracts.tables.raw import CELL_COLUMNS

STATUSES = ("ok", "not_available", "suppressed", "not_published", "below_base", "not_comparable")

AREAS = Contract(
    table="core/areas",
    title="Areas",
    one_row_is="area",
    columns=(
        Column(
            "area_id",
            pl.String,
            "ONS code where one exists, else our own identifier",
            pattern=r"^(?:[EWK][0-9]{8}|[A-Z][A-Z-]+)$",
            example="E23000024",
        ),
        Column(
            "kind",
            pl.String,
            "What sort of area or body it is",
            allowed=(
                "police_force_area",
                "region",
                "country",
                "countries",
                "policing_region",
                "regional_organised_crime_unit",
                "non_territorial_force",
                "published_total",
                "local_authority",
                "district",
            ),
        ),
        Column("name", pl.String, "Name used in tables (the ONS name for police force areas)"),
        Column("operating_name", pl.String, "Name used in prose"),
        Column("slug", pl.String, "Name used in file names", pattern=r"^[a-z0-9-]+$", example="norfolk"),
        Column(
            "region_id",
            pl.String,
            "Statistical region (E12…) or Wales that a police force area or local authority lies in",
            nullable=True,
        ),
        Column(
            "policing_region_id",
            pl.String,
            "Policing region (regional organised crime unit area, or London) of a police force area",
            nullable=True,
        ),
        Column(
            "tile_label",
            pl.String,
            "Name of a police force area on the tile map, short where the name is long",
            nullable=True,
        ),
        Column("tile_column", pl.Int32, "Column of the tile map, from the west", nullable=True, minimum=0, maximum=9),
        Column("tile_row", pl.Int32, "Row of the tile map, from the north", nullable=True, minimum=0, maximum=9),
    ),
    key=("area_id",),
)

OBSERVATIONS = Contract(
    table="core/observations",
    title="Observations",
    one_row_is="published cell with its meaning",
    columns=(
        Column("observation_id", pl.String, "source/edition/table/cell: where the figure stands in what was published"),
        Column("source_id", pl.String, "Source register entry"),
        Column("edition_id", pl.String, "Edition of the source"),
        Column("table", pl.String, "Sheet or table name as published"),
        Column("cell", pl.String, "Cell reference"),
        Column("area_id", pl.String, "Area that the printed name and code mean"),
        Column("area_kind", pl.String, "Sort of area"),
        Column("measure_id", pl.String, "Measure that the printed label means"),
        Column(
            "definition_id",
            pl.String,
            "Definition of the measure that this source uses",
            pattern=r"^D[0-9]{2}$",
            example="D23",
            nullable=True,
        ),
        Column(
            "part",
            pl.String,
            "Which part of the area's figure this is, where the publisher prints parts and no total",
            example="Section 1 (PACE) | White | White British",
            nullable=True,
        ),
        Column("period_start", pl.Date, "First day that the figure covers"),
        Column("period_end", pl.Date, "Last day that the figure covers; the same as the first for a population"),
        Column(
            "value",
            pl.Float64,
            "The figure; null where the publisher gives none",
            nullable=True,
            minimum=0,
            severity="warning",
        ),
        Column("status", pl.String, "Why there is or is not a value", allowed=STATUSES),
        Column(
            "vintage",
            pl.String,
            "Month in which the edition was published, for choosing between editions",
            pattern=r"^[0-9]{4}-[0-9]{2}$",
            example="2020-04",
        ),
        Column("value_text", pl.String, "What the cell says, as stored", nullable=True),
        Column("area_text", pl.String, "Area name as printed"),
        Column(
            "note_marks", pl.String, "Footnote marks that were glued to the area name, joined by commas", nullable=True
        ),
        Column("area_match", pl.String, "How the area was found: code and name, source name, or any known name"),
        Column(
            "area_basis",
            pl.String,
            "Whether the printed place is the police force area, or may be a smaller place of the same name",
            allowed=("same_area", "ambiguous_label"),
        ),
        Column("correction_id", pl.String, "Correction applied to this cell, if any", nullable=True),
        Column("source_url", pl.String, "Page that a hand-transcribed figure was read on", nullable=True),
    ),
    key=("observation_id",),
    extra_rules=(never_above("period_in_order", "period_start", "period_end", "No period ends before it starts."),),
)

EXCLUDED = Contract(
    table="core/excluded",
    title="Excluded cells",
    one_row_is="published cell left out for a stated reason",
    columns=(
        *CELL_COLUMNS,
        Column("reason", pl.String, "Why the cell is left out"),
        Column("rule", pl.String, "The register row that says so"),
    ),
    key=("source_id", "edition_id", "table", "cell"),
    may_be_empty=True,
)

UNMATCHED = Contract(
    table="core/unmatched",
    title="Unmatched cells",
    one_row_is="published cell that no register explains",
    columns=(
        *CELL_COLUMNS,
        Column("what", pl.String, "What could not be understood", allowed=("area", "measure", "period", "value")),
        Column("text", pl.String, "The text that nothing explains"),
        Column("candidates", pl.String, "The three nearest known names", nullable=True),
    ),
    key=("source_id", "edition_id", "table", "cell", "what"),
    extra_rules=(
        Rule(
            "nothing_unmatched",
            "ExpectTableRowCountToEqual",
            {"value": 0},
            "Every area, measure, period and symbol in every cell is understood.",
        ),
    ),
    may_be_empty=True,
)

NOTES = Contract(
    table="core/notes",
    title="Publishers' footnotes by area",
    one_row_is="footnote on one area's row in one table",
    columns=(
        Column("source_id", pl.String, "Source register entry"),
        Column("edition_id", pl.String, "Edition of the source"),
        Column("table", pl.String, "Sheet whose row carries the mark"),
        Column("area_id", pl.String, "Area whose row carries the mark"),
        Column("mark", pl.String, "The mark as printed"),
        Column(
            "note_cell",
            pl.String,
            "Where the footnote's text stands; empty when the file held does not contain it",
            nullable=True,
        ),
        Column(
            "text", pl.String, "The footnote, verbatim; empty when the file held does not contain it", nullable=True
        ),
    ),
    key=("source_id", "edition_id", "table", "area_id", "mark"),
)
