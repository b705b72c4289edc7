"""The contracts of the layer out that hold what was checked: totals, coverage, plausibility, revisions, the landing folder."""

import polars as pl

from transforms.contracts.contract import Column, Contract, Rule, never_above

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

RECORD_FILES = Contract(
    table="core/record_files",
    title="Files of records",
    one_row_is="file of records in one archive",
    columns=(
        Column("edition_id", pl.String, "Edition that the archive is"),
        Column("archive", pl.String, "Name of the archive"),
        Column("file", pl.String, "Name of the file in it"),
        Column("month", pl.String, "Month of the file", pattern=r"^[0-9]{4}-[0-9]{2}$", example="2018-10"),
        Column("kind", pl.String, "Kind of record", allowed=("street", "outcomes", "stop-and-search")),
        Column("force", pl.String, "Slug of the body", pattern=r"^[a-z-]+$", example="norfolk"),
        Column("area_id", pl.String, "Its area; none outside England and Wales", nullable=True),
        Column(
            "place",
            pl.Int64,
            "Of the editions with this month of the body, which in the order of publication",
            minimum=1,
        ),
        Column("rows", pl.Int64, "Rows of the file, its header not counted", unit="rows", minimum=0),
        Column("kept", pl.Int64, "Rows kept as records", unit="rows", minimum=0),
        Column("set_aside", pl.Int64, "Rows set aside for a reason", unit="rows", minimum=0),
        Column(
            "replaced", pl.Int64, "Rows in the place of which those of a later archive are kept", unit="rows", minimum=0
        ),
        Column("out_of_scope", pl.Int64, "Rows of a body outside England and Wales", unit="rows", minimum=0),
        Column("unaccounted", pl.Int64, "Rows less all of these", unit="rows", minimum=0, maximum=0),
        Column("set_aside_why", pl.String, "Reasons for which rows were set aside, with their number", nullable=True),
        Column("replaced_by", pl.String, "Archive that stands for this month of the body", nullable=True),
        Column("decided_by", pl.String, "Why that one stands", nullable=True),
        Column("changed", pl.String, "What is another number there", nullable=True),
        Column("counted", pl.Int64, "Records of drugs", unit="records", nullable=True, minimum=0),
        Column("usual_records", pl.Float64, "Records that are usual for the body in a month", nullable=True, minimum=0),
        Column("usual_counted", pl.Float64, "Records of drugs that are usual for it", nullable=True, minimum=0),
        Column("not_supplied", pl.String, "Why the month has no figure", nullable=True),
        Column("warning", pl.String, "What to know before the figure is used", nullable=True),
    ),
    key=("edition_id", "file"),
    may_be_empty=True,
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
                "cohort",
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
        Column("lower", pl.Float64, "Smallest figure that is not odd beside the year before", nullable=True),
        Column("upper", pl.Float64, "Largest figure that is not odd beside the year before", nullable=True),
        Column(
            "like_year_before", pl.Boolean, "Whether a count is between half and double the year before", nullable=True
        ),
        Column(
            "just_before",
            pl.Float64,
            "The last period of the same length in the year before, or else this one in the edition before",
            nullable=True,
        ),
        Column("just_before_is", pl.String, "Which period or edition that is", nullable=True),
        Column("like_just_before", pl.Boolean, "Whether a count is between half and double that figure", nullable=True),
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
