"""The contracts of single records, for one month and kind at a time, and of what is kept beside them."""

from collections.abc import Mapping

import polars as pl

from transforms.contracts.contract import Column, Contract, Rule

KINDS = ("street", "outcomes", "stop-and-search")
# The label that is counted of each kind of record that is.
DRUGS = {"street": "Drugs", "stop-and-search": "Controlled drugs"}
# The measure that counts it; others are parts of that one.
MEASURES = {"street": "police_uk_drugs_records", "stop-and-search": "police_uk_searches_for_drugs"}
# What the cells say that hold the numbers of a whole file.
RECORDS, ROWS, SET_ASIDE, UNDER_INVESTIGATION = "records kept", "rows", "set aside", "under investigation"
FEW_TYPES = "types of crime, too few for a month"
_MONTH = r"^[0-9]{4}-(?:0[1-9]|1[0-2])$"
_SLUG = r"^[a-z-]+$"

_MEANINGS = {
    "crime_key": "Hash of the publisher's identifier of the crime, equal where that is; none for anti-social behaviour; no key for every body",
    "falls_within": "Body in whose area the record is counted, as printed",
    "location": "Nearest point of the publisher's map, as printed; no address",
    "lsoa_code": "Small area (LSOA) of the point, of the 2011 edition, or of 2021 in newer months",
    "crime_type": "Category of the crime",
    "last_outcome": "What had come of the crime when the archive was made",
    "outcome": "What came of it",
    "context": "Remark of the publisher",
    "type_of_search": "Whether a person, a vehicle or both were searched",
    "searched_at": "Time of the search, UTC; months are local time",
    "part_of_operation": "Whether the search was part of a policing operation",
    "operation": "Name of the policing operation",
    "gender": "Gender as recorded",
    "age_range": "Age band as recorded",
    "self_defined_ethnicity": "Ethnicity in the person's own words, as printed",
    "officer_defined_ethnicity": "Ethnicity as the officer saw it, as printed",
    "legislation": "Power used, as printed",
    "object_of_search": "What was looked for",
    "outcome_linked_to_object": "Whether the outcome is about what was looked for",
    "more_than_outer_clothing_removed": "Whether more than outer clothing was removed",
}
_ALWAYS_FILLED = {"crime_type", "type_of_search", "searched_at"}


def incidents(kind: str, schema: Mapping[str, pl.DataType]) -> Contract:
    """The contract of one Parquet file of records; ``schema`` is its schema, as the registers make it (``record_schema``).

    A month of which no record could be kept is empty, and counts as not supplied. Points beyond the British Isles are warned of, not refused: some forces' coordinates are known to be wrong.
    """
    return Contract(
        table=f"incidents/{kind}",
        title=f"Records of kind {kind}",
        one_row_is="published record",
        columns=tuple(_column(kind, name, dtype) for name, dtype in schema.items()),
        key=("force", "line"),
        extra_rules=(
            Rule(
                "one_month",
                "ExpectColumnUniqueValueCountToBeBetween",
                {"column": "month", "min_value": 0, "max_value": 1},
                f"All records of a partition of incidents/{kind} are of one month.",
            ),
        ),
        may_be_empty=True,
    )


def _column(kind: str, name: str, dtype: pl.DataType) -> Column:
    if name == "month":
        return Column(name, dtype, "First day of the month that the file is for")
    if name == "force":
        return Column(name, dtype, "Slug of the body, from the name of its file")
    if name == "line":
        return Column(name, dtype, "Line of the record in its file, the header being line 1", minimum=1)
    if name == "longitude":
        return Column(
            name, dtype, "Longitude of the point", "degrees", nullable=True, minimum=-9, maximum=2, severity="warning"
        )
    if name == "latitude":
        return Column(
            name, dtype, "Latitude of the point", "degrees", nullable=True, minimum=49, maximum=61, severity="warning"
        )
    is_filled = name in _ALWAYS_FILLED or (kind, name) == ("outcomes", "outcome")
    return Column(name, dtype, _MEANINGS[name], nullable=not is_filled)


COUNTS = Contract(
    table="incidents/counts",
    title="Records by body, month, type and outcome",
    one_row_is="body, month, kind, type and outcome",
    columns=(
        Column("month", pl.String, "Month of the files", pattern=_MONTH, example="2018-10"),
        Column("kind", pl.String, "Kind of record", allowed=KINDS),
        Column("force", pl.String, "Slug of the body", pattern=_SLUG, example="norfolk"),
        Column("type", pl.String, "Category of crime, or object of search; empty where none is printed", nullable=True),
        Column("outcome", pl.String, "What came of it; empty where none is printed", nullable=True),
        Column("rows", pl.UInt32, "Number of records kept", unit="records", minimum=1),
        Column("first_line", pl.UInt32, "Line of the first of them in its file", minimum=1),
    ),
    key=("month", "kind", "force", "type", "outcome"),
)

ACCOUNTING = Contract(
    table="incidents/accounting",
    title="Files of records: rows read, kept and set aside",
    one_row_is="file of an archive",
    columns=(
        Column("archive", pl.String, "Name of the archive"),
        Column("file", pl.String, "Name of the file in it"),
        Column("month", pl.String, "Month of the file", pattern=_MONTH, example="2018-10"),
        Column("kind", pl.String, "Kind of record", allowed=KINDS),
        Column("force", pl.String, "Slug of the body", pattern=_SLUG, example="norfolk"),
        Column("rows_read", pl.UInt32, "Rows of the file, its header not counted", unit="rows", minimum=0),
        Column("kept", pl.UInt32, "Rows kept as records", unit="rows", minimum=0),
        Column("quarantined", pl.UInt32, "Rows set aside with a reason", unit="rows", minimum=0),
    ),
    key=("archive", "file"),
)
