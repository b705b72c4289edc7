"""The contract of every table in the lake, hop by hop. Types, checks, dictionary page and tidy CSV headers all come from here."""

from collections.abc import Iterable

import polars as pl

from transforms.contracts.contract import Column, Contract, Rule, never_above

STATUSES = ("ok", "not_available", "suppressed", "not_published", "below_base", "not_comparable")

_CELL_COLUMNS = (
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
        "Cell reference as a spreadsheet shows it; for CSV files, record number and column",
        pattern=r"^[A-Z]{1,3}[1-9][0-9]*$",
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
        columns=_CELL_COLUMNS,
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
        Column("file", pl.String, "Name of the file"),
        Column(
            "file_kind",
            pl.String,
            "The publisher's own file, another's re-save of it, or figures transcribed by hand",
            allowed=("original", "re-save", "transcription"),
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

LANDING_FILES = Contract(
    table="out/landing_files",
    title="Landing folder",
    one_row_is="file in the landing folder",
    columns=(
        Column("file", pl.String, "Path below the landing folder"),
        Column("bytes", pl.Int64, "Size of the file", unit="bytes", minimum=0),
        Column(
            "sha256",
            pl.String,
            "Checksum of the file",
            pattern=r"^[0-9a-f]{64}$",
            example="sixty-four hexadecimal digits",
        ),
        Column(
            "outcome",
            pl.String,
            "Whether the file was read, has the same bytes as another, is known and no table, is a new edition that its parser refused, or was not recognised",
            allowed=("read", "copy", "set aside", "refused", "not recognised"),
        ),
        Column("source_id", pl.String, "Source register entry that the file belongs to", nullable=True),
        Column("editions", pl.String, "Editions that the file holds", nullable=True),
        Column("cells", pl.Int64, "Published figures and footnotes read from the file", minimum=0),
        Column("matched", pl.Int64, "Figures that became observations", nullable=True, minimum=0),
        Column("excluded", pl.Int64, "Figures left out for a reason that a register gives", nullable=True, minimum=0),
        Column("unmatched", pl.Int64, "Figures that nobody understands", nullable=True, minimum=0, maximum=0),
        Column("footnotes", pl.Int64, "Footnotes", nullable=True, minimum=0),
        Column("unaccounted", pl.Int64, "Cells less all of these", nullable=True, minimum=0, maximum=0),
        Column("why", pl.String, "Why figures were left out, or why the file was not read", nullable=True),
    ),
    key=("file",),
    may_be_empty=True,
)

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
        *_CELL_COLUMNS,
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
        *_CELL_COLUMNS,
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

INDICATORS = Contract(
    table="out/indicators",
    title="Indicators",
    one_row_is="number that a report may print",
    columns=(
        Column("indicator_id", pl.String, "Identifier printed beside the number; `countylines explain` takes it"),
        Column("measure_id", pl.String, "Measure"),
        Column("measure_code", pl.String, "Short code of the measure", pattern=r"^M[0-9]{2}[A-Z0-9]*$", example="M01"),
        Column("area_id", pl.String, "Area"),
        Column("area_kind", pl.String, "Sort of area"),
        Column("area_name", pl.String, "Name of the area in tables"),
        Column("period_start", pl.Date, "First day covered"),
        Column("period_end", pl.Date, "Last day covered"),
        Column("months", pl.Int32, "Length of the period", unit="months", minimum=1, maximum=36),
        Column("numerator", pl.Float64, "The count", nullable=True, minimum=0, severity="warning"),
        Column(
            "denominator",
            pl.Float64,
            "Residents, as printed by the publisher",
            unit="residents",
            nullable=True,
            minimum=1,
        ),
        Column(
            "denominator_used",
            pl.Float64,
            "Residents that the numerator was divided by: where the publisher rounds the population that it prints, the whole number behind its rate",
            unit="residents",
            nullable=True,
            minimum=1,
        ),
        Column("denominator_edition", pl.String, "Mid-year and edition of the population", nullable=True),
        Column(
            "denominator_rule", pl.String, "Which population was used", allowed=("as_published", "canonical", "none")
        ),
        Column("multiplier", pl.Int64, "Residents that the rate is expressed per", nullable=True),
        Column(
            "value", pl.Float64, "The rate; null with a status where no rate may be shown", nullable=True, minimum=0
        ),
        Column("lower_95", pl.Float64, "Lower 95% limit of the rate", nullable=True, minimum=0),
        Column("upper_95", pl.Float64, "Upper 95% limit of the rate", nullable=True, minimum=0),
        Column("method", pl.String, "Method of the limits", allowed=("exact", "byar", "none")),
        Column(
            "coverage", pl.String, "How much of the area the number covers", allowed=("complete", "partial", "none")
        ),
        Column("coverage_note", pl.String, "What is left out, in words", nullable=True),
        Column(
            "status",
            pl.String,
            "Why there is or is not a rate",
            allowed=(*STATUSES, "no_population", "population_too_small"),
        ),
        Column("source_id", pl.String, "Source of the numerator"),
        Column("edition_id", pl.String, "Edition of the numerator"),
        Column("vintage", pl.String, "Month in which that edition was published"),
        Column(
            "is_preferred",
            pl.Boolean,
            "True for the row that reports use when several editions or populations give the same number",
        ),
        Column("is_derived", pl.Boolean, "True where the publisher printed only the count and the rate is ours"),
        Column(
            "area_basis",
            pl.String,
            "Whether the printed place is the police force area",
            allowed=("same_area", "ambiguous_label"),
        ),
        Column(
            "numerator_observations", pl.String, "Observations added up in the numerator, joined by '; '", nullable=True
        ),
        Column(
            "denominator_observations",
            pl.String,
            "Observations added up in the denominator, joined by '; '",
            nullable=True,
        ),
    ),
    key=("indicator_id",),
    extra_rules=(
        never_above("period_in_order", "period_start", "period_end", "No period ends before it starts."),
        never_above("lower_limit_below_rate", "lower_95", "value", "No lower limit is above its rate."),
        never_above("upper_limit_above_rate", "value", "upper_95", "No upper limit is below its rate."),
    ),
)

RECONCILIATION = Contract(
    table="out/reconciliation",
    title="Reconciliation with published totals",
    one_row_is="comparison of our sum or rate with a published one",
    columns=(
        Column("reconciliation_id", pl.String, "Identifier of the comparison"),
        Column(
            "kind",
            pl.String,
            "What is reconciled",
            allowed=(
                "total",
                "rate",
                "population",
                "districts",
                "referrals",
                "parts",
                "authorities",
                "officers",
                "outcomes",
                "coverage",
            ),
        ),
        Column("source_id", pl.String, "Source"),
        Column("edition_id", pl.String, "Edition"),
        Column("area_id", pl.String, "Area whose total is compared"),
        Column("published", pl.Float64, "What the publisher printed"),
        Column("computed", pl.Float64, "What our parts give"),
        Column("difference", pl.Float64, "Computed less published"),
        Column("tolerance", pl.Float64, "Largest difference that counts as agreement", minimum=0),
        Column("agrees", pl.Boolean, "Whether the difference is within the tolerance"),
        Column("in_words", pl.String, "The comparison as a sentence"),
    ),
    key=("reconciliation_id",),
    extra_rules=(
        Rule(
            "totals_agree",
            "ExpectColumnValuesToBeInSet",
            {"column": "agrees", "value_set": [True]},
            "Our sums and rates reproduce what the publisher printed.",
        ),
    ),
)

COVERAGE = Contract(
    table="out/coverage",
    title="Coverage",
    one_row_is="police force area in one period of one edition of a counted measure",
    columns=(
        Column("source_id", pl.String, "Source"),
        Column("edition_id", pl.String, "Edition"),
        Column("measure_id", pl.String, "Measure"),
        Column("area_id", pl.String, "Police force area"),
        Column("area_name", pl.String, "Name of the area in tables"),
        Column("period_start", pl.Date, "First day covered"),
        Column("period_end", pl.Date, "Last day covered"),
        Column("present", pl.Boolean, "Whether the edition has a value for the force"),
        Column("gap_id", pl.String, "Entry of the register of gaps that explains why not", nullable=True),
        Column("reason", pl.String, "Why the value is missing", nullable=True),
        Column("accounted_for", pl.Boolean, "Whether the value is there, or its absence is explained"),
    ),
    key=("source_id", "edition_id", "measure_id", "area_id", "period_start", "period_end"),
    extra_rules=(
        Rule(
            "every_force_or_a_known_gap",
            "ExpectColumnValuesToBeInSet",
            {"column": "accounted_for", "value_set": [True]},
            "Every police force area has a value in every period, or the register of gaps says why not.",
        ),
    ),
)

PLAUSIBILITY = Contract(
    table="out/plausibility",
    title="Plausibility",
    one_row_is="figure beside what it should be like",
    columns=(
        Column("plausibility_id", pl.String, "Identifier of the comparison"),
        Column("source_id", pl.String, "Source"),
        Column("edition_id", pl.String, "Edition"),
        Column("measure_id", pl.String, "Measure"),
        Column("area_id", pl.String, "Area"),
        Column("period_start", pl.Date, "First day covered"),
        Column("period_end", pl.Date, "Last day covered"),
        Column("value", pl.Float64, "The figure"),
        Column("compared_with", pl.Float64, "The same months a year before", nullable=True),
        Column("lower", pl.Float64, "Smallest figure that is not odd"),
        Column("upper", pl.Float64, "Largest figure that is not odd"),
        Column(
            "like_year_before", pl.Boolean, "Whether a count is between half and double the year before", nullable=True
        ),
        Column(
            "population_in_range",
            pl.Boolean,
            "Whether a population is one that England and Wales can have",
            nullable=True,
        ),
        Column("in_words", pl.String, "The comparison as a sentence"),
    ),
    key=("plausibility_id",),
    extra_rules=(
        Rule(
            "population_in_range",
            "ExpectColumnValuesToBeInSet",
            {"column": "population_in_range", "value_set": [True]},
            "The 43 police force areas together have between 59 and 64 million residents (before mid-2018: 58).",
        ),
        Rule(
            "like_the_year_before",
            "ExpectColumnValuesToBeInSet",
            {"column": "like_year_before", "value_set": [True]},
            "A force's count is between half and double that of the same months a year before, where either is twenty or more.",
            severity="warning",
        ),
    ),
)

REVISIONS = Contract(
    table="out/revisions",
    title="Revisions",
    one_row_is="published value of a figure that several editions print",
    columns=(
        Column("measure_id", pl.String, "Measure"),
        Column("area_id", pl.String, "Area"),
        Column("area_name", pl.String, "Name of the area in tables"),
        Column("period_start", pl.Date, "First day covered"),
        Column("period_end", pl.Date, "Last day covered"),
        Column("place", pl.Int32, "Place of the edition in the order of publication, from 1", minimum=1),
        Column("source_id", pl.String, "Source"),
        Column("edition_id", pl.String, "Edition that prints the value"),
        Column(
            "vintage", pl.String, "Month in which it was published", pattern=r"^[0-9]{4}-[0-9]{2}$", example="2020-04"
        ),
        Column("value", pl.Float64, "The figure in this edition", minimum=0, severity="warning"),
        Column("edition_before", pl.String, "The edition before it that prints the same figure", nullable=True),
        Column("value_before", pl.Float64, "The figure in that edition", nullable=True),
        Column("change", pl.Float64, "This figure less the one before", nullable=True),
        Column("change_since_first", pl.Float64, "This figure less the first one published"),
        Column("observation_id", pl.String, "Where the figure stands in what was published"),
    ),
    key=("measure_id", "area_id", "period_start", "period_end", "place"),
    extra_rules=(never_above("period_in_order", "period_start", "period_end", "No period ends before it starts."),),
    may_be_empty=True,
)

COMPARABILITY = Contract(
    table="out/comparability",
    title="Comparability ledger",
    one_row_is="comparison of two figures, made or refused",
    columns=(
        Column("comparison_id", pl.String, "Identifier of the comparison: its kind and the two figures"),
        Column(
            "kind",
            pl.String,
            "What is compared",
            allowed=("areas", "nation", "year_before", "first_and_latest", "first_and_latest_year"),
        ),
        Column("measure_id", pl.String, "Measure"),
        Column("claim_scope", pl.String, "What the comparison may be a claim about", nullable=True),
        Column("figure_id_a", pl.String, "First figure: identifier of the indicator"),
        Column("figure_id_b", pl.String, "Second figure"),
        Column("area_id_a", pl.String, "Area of the first figure"),
        Column("area_id_b", pl.String, "Area of the second figure"),
        Column("period_start_a", pl.Date, "First day that the first figure covers"),
        Column("period_end_a", pl.Date, "Last day that the first figure covers"),
        Column("period_start_b", pl.Date, "First day that the second figure covers"),
        Column("period_end_b", pl.Date, "Last day that the second figure covers"),
        *(
            Column(
                name,
                pl.Int32,
                f"Difference of {what}: 0 the same, 1 made the same, 2 different or not known, 3 another thing",
                minimum=0,
                maximum=3,
            )
            for name, what in (
                ("U", "unit"),
                ("D", "definition"),
                ("P", "population"),
                ("T", "period"),
                ("G", "geography"),
                ("C", "coverage"),
                ("R", "recording"),
                ("S", "source"),
            )
        ),
        Column(
            "grade",
            pl.String,
            "A direct, B adjusted, C side by side only, X not comparable",
            allowed=("A", "B", "C", "X"),
        ),
        Column("reasons", pl.String, "Scores above 0, with the registered breaks behind them", nullable=True),
        Column("adjustments", pl.String, "What was done so that the figures can be compared", nullable=True),
        Column("remedy", pl.String, "What would make the figures comparable", nullable=True),
        Column(
            "noted", pl.String, "Registered breaks that change nothing but belong beside the comparison", nullable=True
        ),
        Column("allowed", pl.String, "What may be said"),
    ),
    key=("comparison_id",),
)

INSPECTION_GRADES = Contract(
    table="out/inspection_grades",
    title="Inspection grades",
    one_row_is="grade of one force for one pillar or question in one inspection cycle",
    columns=(
        Column("grade_id", pl.String, "source/edition/table/cell: where the grade stands in what was published"),
        Column("area_id", pl.String, "Police force area"),
        Column("area_name", pl.String, "Name of the area in tables"),
        Column("cycle", pl.String, "Inspection cycle"),
        Column("inspected_in", pl.String, "Cycle in which the question was inspected; a grade may be carried over"),
        Column("first_day", pl.Date, "First day of the cycle"),
        Column("last_day", pl.Date, "Last day of the cycle"),
        Column("question", pl.String, "Pillar or question"),
        Column("tiers", pl.Int32, "Words on the scale of the cycle", minimum=4, maximum=5),
        Column("word", pl.String, "The grade; null where there is none", nullable=True),
        Column(
            "lower",
            pl.Int32,
            "Lowest step of the common scale that the word can mean",
            nullable=True,
            minimum=1,
            maximum=5,
        ),
        Column(
            "upper",
            pl.Int32,
            "Highest step of the common scale that the word can mean",
            nullable=True,
            minimum=1,
            maximum=5,
        ),
        Column("reason", pl.String, "Why there is no grade", nullable=True),
        Column("source_url", pl.String, "Page that the grade was read on", nullable=True),
    ),
    key=("grade_id",),
    extra_rules=(never_above("scale_in_order", "lower", "upper", "No grade's lowest step is above its highest."),),
)

SCOREBOARD_STATUSES = (
    "Improved",
    "Worse",
    "No clear change",
    "Mixed",
    "Not measurable from public data",
    "Not comparable",
)

SCOREBOARD = Contract(
    table="out/scoreboard",
    title="Scoreboard of the findings of January 2020",
    one_row_is="indicator of a finding",
    columns=(
        Column("indicator_id", pl.String, "Identifier of the indicator"),
        Column("finding_id", pl.String, "Finding", pattern=r"^F[0-9]{2}$", example="F11"),
        Column("finding", pl.String, "What was found, in our words"),
        Column("theme", pl.String, "Theme"),
        Column("level", pl.String, "Level of policing"),
        Column("polarity", pl.String, "Positive, shortcoming, context or claim"),
        Column("owner", pl.String, "Who it is addressed to"),
        Column("recommendation", pl.String, "State of the recommendation's wording"),
        Column("indicator", pl.String, "What stands for the finding"),
        Column(
            "direction",
            pl.String,
            "What would be better, fixed before looking",
            allowed=("up is better", "down is better", "ambiguous", "context"),
        ),
        Column("source_id", pl.String, "Source that the values come from, or would have to come from", nullable=True),
        *(
            column
            for when, what in (("baseline", "Earlier"), ("latest", "Latest"))
            for column in (
                Column(when, pl.Float64, f"{what} value", nullable=True),
                Column(f"{when}_period", pl.String, "Its period", nullable=True),
                Column(f"{when}_lower_95", pl.Float64, "Its lower 95% limit, where it has one", nullable=True),
                Column(f"{when}_upper_95", pl.Float64, "Its upper 95% limit, where it has one", nullable=True),
            )
        ),
        Column("change", pl.Float64, "Change in per cent, where the grade allows one", unit="per cent", nullable=True),
        Column("lower_95", pl.Float64, "Lower 95% limit of the change", unit="per cent", nullable=True),
        Column("upper_95", pl.Float64, "Upper 95% limit of the change", unit="per cent", nullable=True),
        Column("grade", pl.String, "Comparability of baseline and latest", nullable=True, allowed=("A", "B", "C", "X")),
        Column("reasons", pl.String, "Why not A", nullable=True),
        Column(
            "says",
            pl.String,
            "What the indicator alone says",
            allowed=("better", "worse", "changed", "no clear change", "context", "not measurable", "not comparable"),
        ),
        Column("why_not", pl.String, "What is missing", nullable=True),
        Column("evidence", pl.String, "Cells behind the values, joined by '; '", nullable=True),
        Column("status", pl.String, "Status of the finding by the rule", allowed=SCOREBOARD_STATUSES),
    ),
    key=("indicator_id",),
)
