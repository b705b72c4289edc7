"""The contracts of the layer out: numbers that reports print, what may be compared, grades and findings."""

from dataclasses import replace

import polars as pl

from transforms.contracts.contract import Column, Contract, never_above
from transforms.contracts.tables.core import STATUSES

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
            "Residents, as printed by the publisher; of a share the offences that it is of",
            nullable=True,
            minimum=1,
        ),
        Column(
            "denominator_used",
            pl.Float64,
            "What the numerator was divided by: the offences of a share, or residents: where the publisher rounds the population that it prints, the whole number behind its rate",
            nullable=True,
            minimum=1,
        ),
        Column("denominator_edition", pl.String, "Mid-year and edition of the population", nullable=True),
        Column(
            "denominator_rule",
            pl.String,
            "Which population was used; of a share: offences",
            allowed=("as_published", "canonical", "offences", "none"),
        ),
        Column(
            "multiplier", pl.Int64, "Residents that the rate is expressed per; of a share 100 offences", nullable=True
        ),
        Column(
            "value", pl.Float64, "The rate; null with a status where no rate may be shown", nullable=True, minimum=0
        ),
        Column("lower_95", pl.Float64, "Lower 95% limit of the rate", nullable=True, minimum=0),
        Column("upper_95", pl.Float64, "Upper 95% limit of the rate", nullable=True, minimum=0),
        Column("method", pl.String, "Method of the limits", allowed=("exact", "byar", "wilson", "none")),
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

DISTRICTS = Contract(
    table="out/districts",
    title="Districts",
    one_row_is="number of a district or community safety partnership, below a police force area",
    columns=(
        *(replace(each, nullable=each.nullable or each.name == "measure_code") for each in INDICATORS.columns),
        Column("force_id", pl.String, "Police force area that the place lies in"),
    ),
    key=("indicator_id",),
    may_be_empty=True,
    extra_rules=(
        never_above("period_in_order", "period_start", "period_end", "No period ends before it starts."),
        never_above("lower_limit_below_rate", "lower_95", "value", "No lower limit is above its rate."),
        never_above("upper_limit_above_rate", "value", "upper_95", "No upper limit is below its rate."),
    ),
)

COMPARISONS = (
    "year_before",
    "since_2019",
    "month_before",
    "nation",
    "areas",
    "first_and_latest",
    "first_and_latest_year",
    "finding",
    "inspection",
    "programme",
)
"""The kinds of comparison in the ledger, in the order in which a reader asks."""

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
            allowed=COMPARISONS,
        ),
        Column("measure_id", pl.String, "Measure"),
        Column("claim_scope", pl.String, "What the comparison may be a claim about", nullable=True),
        Column("figure_id_a", pl.String, "First figure: identifier of the indicator, or what it is made of"),
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

PROFILE = Contract(
    table="out/profile",
    title="Profile of each area",
    one_row_is="measure of an area with what is said beside its newest figure",
    columns=(
        Column("area_id", pl.String, "Area"),
        Column("position", pl.Int64, "Place of the measure on page 1", minimum=1),
        Column("measure_id", pl.String, "Measure"),
        Column("indicator_id", pl.String, "Newest figure"),
        Column("period_start", pl.Date, "First day that it covers"),
        Column("period_end", pl.Date, "Last day that it covers"),
        *(
            column
            for which, words in (("year", "a year before"), ("since", "the last full year before January 2020"))
            for column in (
                Column(f"{which}_id", pl.String, f"Figure of {words}", nullable=True),
                Column(
                    f"{which}_grade",
                    pl.String,
                    f"Grade beside that of {words}",
                    nullable=True,
                    allowed=("A", "B", "C", "X"),
                ),
                Column(f"{which}_change", pl.Float64, f"Change on {words}", unit="per cent", nullable=True),
                Column(
                    f"{which}_lower_95", pl.Float64, "Lower 95% limit of that change", unit="per cent", nullable=True
                ),
                Column(
                    f"{which}_upper_95", pl.Float64, "Upper 95% limit of that change", unit="per cent", nullable=True
                ),
                Column(f"{which}_reason", pl.String, "Why it is not grade A, or why there is no change", nullable=True),
            )
        ),
        Column("nation", pl.Float64, "England and Wales in the same period, as printed", nullable=True),
        Column(
            "nation_grade", pl.String, "Grade beside England and Wales", nullable=True, allowed=("A", "B", "C", "X")
        ),
        Column("rank", pl.Int64, "Rank among police force areas, 1 is the highest rate", nullable=True, minimum=1),
        Column("rank_lower", pl.Int64, "Lower end of the 95% interval of the rank", nullable=True, minimum=1),
        Column("rank_upper", pl.Int64, "Upper end of the 95% interval of the rank", nullable=True, minimum=1),
        Column("ranked_areas", pl.Int64, "Areas that have a rank", nullable=True),
        Column("rank_reason", pl.String, "Why there is no rank", nullable=True),
    ),
    key=("area_id", "measure_id"),
)

_DROPPED = {
    "residents": "the number of residents",
    "density": "the density",
    "children": "the share of children",
    "largest_district": "the share in the largest district",
    "region": "the region",
}

FORCE_CHARACTERISTICS = Contract(
    table="out/force_characteristics",
    title="What police force areas are like",
    one_row_is="police force area with the published characteristics by which similar ones are found",
    columns=(
        Column("area_id", pl.String, "Police force area"),
        Column("area_name", pl.String, "Name of the area in tables"),
        Column("year", pl.Int64, "Mid-year of the populations", minimum=2011),
        Column("residents", pl.Float64, "Residents, the sum of the districts", unit="residents", minimum=1),
        Column("square_kilometres", pl.Float64, "Size of the area", unit="square kilometres", minimum=1),
        Column(
            "residents_per_square_kilometre",
            pl.Float64,
            "Density",
            unit="residents per square kilometre",
            minimum=1,
        ),
        Column(
            "children_share", pl.Float64, "Share of residents aged 0 to 17", unit="per cent", minimum=0, maximum=100
        ),
        Column("largest_district_id", pl.String, "District with the most residents"),
        Column(
            "largest_district_share",
            pl.Float64,
            "Share of residents living in it",
            unit="per cent",
            minimum=0,
            maximum=100,
        ),
        Column("region_id", pl.String, "Region, or Wales"),
        Column("residents_edition", pl.String, "Source and edition of the residents"),
        Column("children_edition", pl.String, "Source and edition of the residents aged 0 to 17"),
    ),
    key=("area_id",),
    may_be_empty=True,
)

SIMILAR = Contract(
    table="out/similar",
    title="Police force areas by how alike they are",
    one_row_is="police force area beside another one",
    columns=(
        Column("area_id", pl.String, "Police force area"),
        Column("other_id", pl.String, "The other one"),
        Column("distance", pl.Float64, "How unlike they are: 1 is usual of two areas taken at random", minimum=0),
        Column("rank", pl.Int64, "Place of the other one among all, 1 is the most alike", minimum=1),
        *(
            Column(f"{name}_part", pl.Float64, f"What {words} adds to five times the square of the distance", minimum=0)
            for name, words in _DROPPED.items()
        ),
        *(
            Column(f"rank_without_{name}", pl.Int64, f"Its place when {words} is left out", minimum=1)
            for name, words in _DROPPED.items()
        ),
    ),
    key=("area_id", "other_id"),
    may_be_empty=True,
)

BESIDE = Contract(
    table="out/beside",
    title="Headlines beside other areas",
    one_row_is="measure of a police force area beside one group of others in the same period",
    columns=(
        Column("area_id", pl.String, "Police force area"),
        Column("position", pl.Int64, "Place of the measure on page 1", minimum=1),
        Column("measure_id", pl.String, "Measure"),
        Column("group", pl.String, "The others", allowed=("neighbours", "similar", "region", "nation")),
        Column("others", pl.String, "Their codes"),
        Column("areas", pl.Int64, "How many they are", minimum=1),
        Column("rated", pl.Int64, "How many of them have a rate that may stand beside the figure", minimum=0),
        Column("lowest", pl.Float64, "The lowest of these rates", nullable=True, minimum=0),
        Column("highest", pl.Float64, "The highest of these rates", nullable=True, minimum=0),
        Column("grade", pl.String, "The worst grade of any of them", nullable=True, allowed=("A", "B", "C", "X")),
        Column("reasons", pl.String, "Why it is not A", nullable=True),
    ),
    key=("area_id", "measure_id", "group"),
    may_be_empty=True,
    extra_rules=(never_above("rates_in_order", "lowest", "highest", "No lowest rate is above the highest."),),
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
        Column("published", pl.String, "Day or month of the report, where it is known", nullable=True),
        Column("how_known", pl.String, "Stated on the page, or deduced; of areas of policing", nullable=True),
        Column("how_sure", pl.String, "Whose page it is; of areas of policing", nullable=True),
        Column("changed", pl.String, "What the grade was first, and when it was changed", nullable=True),
        Column("source_url", pl.String, "Page that the grade was read on", nullable=True),
    ),
    key=("grade_id",),
    extra_rules=(never_above("scale_in_order", "lower", "upper", "No grade's lowest step is above its highest."),),
)

SCOREBOARD_STATUSES = (
    "Improved",
    "Worse",
    "Mixed",
    "Changed, no verdict on direction",
    "No clear change",
    "Not comparable",
    "Context only",
    "Not measurable",
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
        Column(
            "measured_by", pl.String, "Publication that would measure the finding, or measure it further", nullable=True
        ),
    ),
    key=("indicator_id",),
)

VERDICTS = ("supported", "not supported", "not established", "not comparable", "not measurable")
"""What a claim about figures can be found to be."""

RELATIONS = ("highest", "lowest", "higher-than", "lower-than", "fell", "rose")
"""What a claim can say of figures."""

BECAUSE = (
    "no figure",
    "no rate",
    "no measure",
    "grade",
    "others without a figure",
    "chance",
    "chance not known",
    "beyond chance",
)
"""Why a verdict is what it is."""

CLAIMS = Contract(
    table="out/claims",
    title="Claims checked",
    one_row_is="claim that was made in public",
    columns=(
        Column("claim_id", pl.String, "Claim, as in the register of claims"),
        Column("said_by", pl.String, "Outlet or body that said it"),
        Column("said_on", pl.String, "Day, month or year in which it was said; null where not known", nullable=True),
        Column("words", pl.String, "What was said, in short"),
        Column("evidence", pl.String, "Where it can be read"),
        Column("area_id", pl.String, "Area that it is about"),
        Column("area_name", pl.String, "Name of that area"),
        Column("measure_id", pl.String, "Measure that it is about; null where none held here is meant", nullable=True),
        Column("relation", pl.String, "What it says of the figure", allowed=RELATIONS),
        Column("period_start", pl.Date, "First day of its period"),
        Column("period_end", pl.Date, "Last day of its period"),
        Column(
            "other_name", pl.String, "Other area: the one that it is about, or the first or next by rate", nullable=True
        ),
        Column("earlier_start", pl.Date, "First day of the earlier period", nullable=True),
        Column("earlier_end", pl.Date, "Last day of the earlier period", nullable=True),
        Column("by_more_than", pl.Float64, "Size of the change that it claims at least", unit="per cent", minimum=0),
        Column("verdict", pl.String, "What the rule finds", allowed=VERDICTS),
        Column("because", pl.String, "Why", allowed=BECAUSE),
        Column("grade", pl.String, "Worst grade looked at", nullable=True, allowed=("A", "B", "C", "X")),
        Column("reasons", pl.String, "Why it is not grade A", nullable=True),
        Column("remedy", pl.String, "What would make the figures comparable", nullable=True),
        Column("indicator_id", pl.String, "Figure of the area", nullable=True),
        Column("numerator", pl.Float64, "Its count", nullable=True),
        Column("value", pl.Float64, "Its rate", nullable=True),
        Column("multiplier", pl.Int64, "What the rate is per", nullable=True),
        Column("lower_95", pl.Float64, "Lower 95% limit of the rate", nullable=True),
        Column("upper_95", pl.Float64, "Upper 95% limit of the rate", nullable=True),
        Column("is_derived", pl.Boolean, "True where only the count was published", nullable=True),
        Column("other_indicator_id", pl.String, "Figure beside it: of the other area or period", nullable=True),
        Column("other_numerator", pl.Float64, "Count of that figure", nullable=True),
        Column("other_value", pl.Float64, "Rate of that figure", nullable=True),
        Column("change", pl.Float64, "Difference from it", unit="per cent", nullable=True),
        Column("change_lower_95", pl.Float64, "Lower 95% limit of the difference", unit="per cent", nullable=True),
        Column("change_upper_95", pl.Float64, "Upper 95% limit of the difference", unit="per cent", nullable=True),
        Column(
            "probability",
            pl.Float64,
            "Probability of the place that is claimed, among the areas that may be compared",
            nullable=True,
            minimum=0,
            maximum=1,
        ),
        Column("place", pl.Int64, "Place by rate among those with one, 1 is the largest", nullable=True, minimum=1),
        Column("placed", pl.Int64, "Areas with a rate", nullable=True, minimum=1),
        Column("place_at_most", pl.Int64, "Last place it could have, whatever was not printed", nullable=True),
        Column("without_figure", pl.Int64, "Areas of the group without a figure", minimum=0),
        Column("too_small", pl.Int64, "Areas of the group with too few residents for a rate", minimum=0),
    ),
    key=("claim_id",),
)
