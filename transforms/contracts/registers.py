"""The contract of every authored register under ``data/registers``, and the reading of a register that keeps to it.

Every column is text, and a blank is the empty text. What one register says of another (an area that must exist) is checked where they
are loaded together. The checks are plain Polars: a build must not wait for Great Expectations before it knows its own registers.
"""

from pathlib import Path

import polars as pl

from transforms.contracts.contract import Column, Contract
from transforms.contracts.tables import RELATIONS, STATUSES
from transforms.errors import RegisterError

# The eight dimensions of a comparison (transforms.comparability.scores), by the letter that reasons print.
DIMENSION_LETTERS = ("U", "D", "P", "T", "G", "C", "R", "S")
_LETTERS = f"[{''.join(DIMENSION_LETTERS)}]"


def _text(name: str, description: str, **limits: tuple[str, ...] | str | None) -> Column:
    return Column(name, pl.String, description, **limits)  # type: ignore[arg-type]


def _maybe(name: str, description: str, **limits: tuple[str, ...] | str | None) -> Column:
    return Column(name, pl.String, description, nullable=True, **limits)  # type: ignore[arg-type]


def _register(name: str, title: str, one_row_is: str, key: tuple[str, ...], *columns: Column) -> Contract:
    return Contract(f"registers/{name}", title, one_row_is, columns, key)


# How much of a row an error shows.
_SHOWN = 120
_DAY = {"pattern": r"^\d{4}-\d{2}-\d{2}$", "example": "2019-07-01"}
_NUMBER = {"pattern": r"^\d+$", "example": "1000"}
_EVIDENCE = _text("evidence", "Where it can be read")
# How sure a registered fact is: read in the publisher's own text, in another's report of it, or from memory (a hypothesis).
_SURE = _text("sure", "How sure it is", allowed=("verified", "second-hand", "unverified"))
_FROM = _maybe("valid_from", "First day on which it holds; blank where always", **_DAY)
_TO = _maybe("valid_to", "Last day on which it holds; blank where still", **_DAY)
_SOURCE, _MEASURE, _AREA = (
    _text("source_id", "Source"),
    _text("measure_id", "Measure"),
    _text("area_id", "Area"),
)
_ANY_SOURCE = _maybe("source_id", "Source; blank where every one, or none, is meant")
_ANY_MEASURE = _maybe("measure_id", "Measure; blank where none of those held is meant")
_ANY_AREA = _maybe("area_id", "Area; blank where every one, or none, is meant")
_TRUTH = ("true", "false")

REGISTERS = {
    contract.table.removeprefix("registers/"): contract
    for contract in (
        _register(
            *("adjustments", "Adjustments", "adjustment that makes figures comparable", ("adjustment_id",)),
            _text("adjustment_id", "Identifier", pattern=r"^Q\d+$", example="Q1"),
            _text("name", "Name"),
            _text("formula", "What is done"),
            _text("dimensions", "Dimensions it adjusts", pattern=f"^{_LETTERS}(;{_LETTERS})*$", example="U;P"),
            _maybe("allowed_for", "Measures it is allowed for; blank where all"),
            _SURE,
        ),
        _register(
            *("area_members", "Members of areas", "area inside another", ("parent_id", "child_id", "relation")),
            _text("parent_id", "The area around"),
            _text("child_id", "The area inside"),
            _text("relation", "Relation", allowed=("countries", "country", "policing_region", "region")),
            *(_FROM, _TO, _EVIDENCE),
        ),
        _register(
            *("area_names", "Names of areas", "name of an area", ("area_id", "name", "name_type", "source_id")),
            _AREA,
            _text("name", "Name as written"),
            _text(
                "name_type",
                "Kind of name",
                allowed=("as_published", "operating", "everyday", "abbreviation", "historical", "welsh", "asked"),
            ),
            _ANY_SOURCE,
            _text("area_basis", "What the name means", allowed=("same_area", "ambiguous_label")),
            *(_FROM, _TO, _EVIDENCE),
        ),
        _register(
            *("areas", "Areas", "area", ("area_id",)),
            _AREA,
            _text("kind", "Kind of area"),
            _text("name", "Name in reports"),
            _text("operating_name", "Name that the body uses of itself"),
            _text("slug", "Name in addresses", pattern="^[a-z0-9-]+$", example="west-midlands"),
            _maybe("tile_label", "Label on the tile map"),
            _maybe("tile_column", "Column on the tile map", **_NUMBER),
            _maybe("tile_row", "Row on the tile map", **_NUMBER),
            _maybe("note", "Remark"),
        ),
        _register(
            *("breaks", "Breaks", "break of a measure", ("break_id", "date", "measure_id", "area_id")),
            _text("break_id", "Identifier", pattern=r"^[BL]\d\d$", example="B08"),
            _text("date", "Day from which figures differ", **_DAY),
            _maybe("valid_to", "Last day over which it took hold", **_DAY),
            *(_ANY_MEASURE, _ANY_AREA),
            _text("dimension", "Dimension that it touches", allowed=DIMENSION_LETTERS),
            _text("score", "How much figures differ across it", allowed=("0", "1", "2", "3")),
            _text("label", "Label on charts"),
            _text("in_words", "Sentence for readers"),
            *(_EVIDENCE, _SURE),
        ),
        _register(
            *("claims", "Claims", "claim about figures that was made in public", ("claim_id",)),
            _text("claim_id", "Identifier", pattern="^[a-z0-9-]+$", example="norfolk-highest-2019"),
            _text("said_by", "Outlet or body that said it, never a private person"),
            _maybe(
                "said_on",
                "Day, month or year in which it was said, or published; blank where not known",
                **{"pattern": r"^\d{4}(-\d{2}(-\d{2})?)?$", "example": "2020-01-10"},
            ),
            _text("words", "What was said, in short"),
            _text("area_id", "Area; UK for the United Kingdom"),
            _ANY_MEASURE,
            _text("relation", "What it says of the figure", allowed=RELATIONS),
            _text("period_start", "First day of its period", **_DAY),
            _text("period_end", "Last day of its period", **_DAY),
            _maybe("group_id", "Region whose areas it is said among; blank for all areas of the kind"),
            _maybe("other_area_id", "The one other area"),
            _maybe("earlier_start", "First day of the earlier period", **_DAY),
            _maybe("earlier_end", "Last day of the earlier period", **_DAY),
            _maybe("by_more_than", "Change in per cent that it claims at least", **_NUMBER),
            _maybe("definition_id", "Definition of its figure, where it is not that of the measure"),
            _maybe("earlier_definition_id", "Definition of the earlier figure"),
            _EVIDENCE,
        ),
        _register(
            *("class_a_supply_subcodes", "Class A supply", "pattern of descriptions", ("description_pattern",)),
            _text("description_pattern", "Regular expression for the whole description, case folded"),
            _text("is_class_a_supply", "Whether it is supply of a Class A drug", allowed=_TRUTH),
            _text("confirmed_by_subject_expert", "Whether a subject expert confirmed it", allowed=_TRUTH),
            _EVIDENCE,
        ),
        _register(
            *("coverage_gaps", "Gaps of coverage", "gap", ("gap_id",)),
            *(_text("gap_id", "Identifier"), _SOURCE, _MEASURE, _ANY_AREA),
            _text("first_period_end", "Last day of the first period that lacks figures", **_DAY),
            _text("last_period_end", "Last day of the last period that lacks figures", **_DAY),
            *(_text("reason", "Why"), _EVIDENCE),
        ),
        _register(
            *("definitions", "Definitions", "definition", ("definition_id",)),
            _text("definition_id", "Identifier", pattern=r"^D\d\d$", example="D01"),
            _text("term", "What is defined"),
            _text("body", "Who defines it"),
            _text("says", "What it says"),
            _maybe("unit_id", "Unit counted"),
            _maybe("geography_basis", "Where it is counted"),
            _maybe("period_basis", "When it is counted"),
            _text("concept", "Concept that definitions share"),
            _SURE,
        ),
        _register(
            *("exclusions", "Exclusions", "kind of cell that is left out", ("exclusion_id",)),
            *(_text("exclusion_id", "Identifier"), _SOURCE),
            _text("column", "Column that is looked at", allowed=("area_text", "breakdown_text", "measure_text")),
            _text("pattern", "Regular expression for its text, case folded"),
            *(_text("reason", "Why"), _EVIDENCE),
        ),
        _register(
            *("finding_indicators", "Indicators of findings", "indicator", ("indicator_id",)),
            _text("indicator_id", "Identifier"),
            _text("finding_id", "Finding"),
            _text("indicator", "What it is"),
            *(_ANY_MEASURE, _ANY_SOURCE),
            _text(
                "kind",
                "How it is worked out",
                allowed=(
                    *("cells", "observations", "indicators", "share", "systematic variation", "between-area deviation"),
                    *(
                        "few in a year",
                        "ratio of years",
                        "share of local authorities",
                        "years",
                        "stated",
                        "claim",
                        "ledger",
                        "definitions",
                        "grades",
                        "not held",
                    ),
                ),
            ),
            _text("direction", "Better way", allowed=("ambiguous", "context", "down is better", "up is better")),
            _maybe("grade_cap", "Best grade it may have; blank where any", allowed=("A", "B", "C", "X")),
            _maybe("baseline", "Figure before"),
            _maybe("baseline_per", "What it is divided by"),
            _maybe("latest", "Figure since"),
            _maybe("latest_per", "What it is divided by"),
            _maybe(
                "scale",
                "Of how many a ratio of two cells is, 1 or 100; what few in a year are at most; blank for the others",
                **_NUMBER,
            ),
            _maybe(
                "needs_edition_of",
                "Source that is missing where why_not says that no edition is held; blank where it says another thing",
            ),
            _maybe("why_not", "Why there is none; of what needs an edition, said only while none is held"),
        ),
        _register(
            *("findings", "Findings", "finding of the inspection", ("finding_id",)),
            _text("finding_id", "Identifier", pattern=r"^F\d\d$", example="F01"),
            _text("finding", "What it says, in short"),
            _text("theme", "Theme"),
            _text("level", "Level of policing"),
            _text("polarity", "Praise or fault", allowed=("claim", "context", "positive", "shortcoming")),
            _text("owner", "Who can act"),
            _text("recommendation", "Whether a recommendation is known"),
            _maybe("measured_by", "Publication, with its publisher, that would measure it; blank for context"),
        ),
        _register(
            *("incident_bodies", "Bodies of incident records", "name of a police body", ("name",)),
            _text("slug", "Name in file names"),
            _text("name", "Name as printed"),
            _maybe("area_id", "Its area; blank outside England and Wales"),
            _text("crime_id_is_key", "Whether its crime identifiers name one crime", allowed=_TRUTH),
        ),
        _register(
            *("incident_columns", "Columns of incident records", "column", ("kind", "label")),
            _text("kind", "Kind of record", allowed=("outcomes", "stop-and-search", "street")),
            _maybe("label", "Header as printed; blank where none is"),
            _maybe("column", "Column it becomes; blank where it is not kept"),
            _text("role", "Role, or vocabulary of its labels"),
            _text("required", "Whether every file has it", allowed=_TRUTH),
        ),
        _register(
            *("incident_districts", "Districts of incident records", "name of a district", ("printed",)),
            _text("printed", "Name as printed"),
            _text("authority_id", "The local authority"),
            _EVIDENCE,
        ),
        _register(
            *("incident_labels", "Labels of incident records", "label", ("vocabulary", "label")),
            _text("vocabulary", "Vocabulary"),
            _maybe("label", "Label as printed"),
            _text("value", "What it means"),
            _EVIDENCE,
        ),
        _register(
            *("incident_supply", "Usual months of records", "body and kind of record", ("slug", "kind")),
            _text("slug", "Name in file names"),
            _text("kind", "Kind of record", allowed=("stop-and-search", "street")),
            _text("months", "Months at hand"),
            _text("records", "Median of their records"),
            _text("drugs", "Median of their records of drugs"),
            _EVIDENCE,
        ),
        _register(
            *("inspection_cycles", "Cycles of inspection", "cycle", ("cycle",)),
            _text("cycle", "Name"),
            _text("first_day", "First day", **_DAY),
            _text("last_day", "Last day", **_DAY),
            _text("tiers", "Number of grades", allowed=("4", "5")),
            _text("graded", "What is graded"),
            _maybe("note", "Remark"),
        ),
        _register(
            *("inspection_grades", "Grades of inspection", "grade on a scale", ("tiers", "word")),
            _text("tiers", "Number of grades", allowed=("4", "5")),
            _text("word", "Grade"),
            _text("lower", "Lower end on the common scale", allowed=("1", "2", "3", "4", "5")),
            _text("upper", "Upper end on the common scale", allowed=("1", "2", "3", "4", "5")),
        ),
        _register(
            *("local_authorities", "Local authorities", "local authority", ("authority_id",)),
            _text("authority_id", "Code", pattern=r"^[EW]\d{8}$", example="E07000146"),
            _text("name", "Name"),
            _text("tier", "Tier", allowed=("county", "single", "district")),
            _text("upper_tier_id", "Authority above, or itself"),
            _text("police_force_area_id", "Police force area"),
            _text("region_id", "Region"),
            *(_FROM, _TO),
            _maybe("ended_by", "How it ended; blank where it exists", allowed=("reorganised", "recoded")),
            _maybe("successor_ids", "What followed it"),
            _EVIDENCE,
        ),
        _register(
            *("local_authority_differences", "Explained differences", "difference"),
            ("source_id", "authority_id", "what", "printed"),
            _SOURCE,
            _text("authority_id", "Authority"),
            _text("what", "What differs", allowed=("code", "name", "police_force_area", "upper_tier")),
            _text("printed", "What the look-up prints"),
            _text("reason", "Why the register is right"),
        ),
        _register(
            *("elsewhere", "Places elsewhere", "place outside England and Wales that people ask for", ("name",)),
            _text("name", "Name as written"),
            _text("country", "Country that it is in"),
            _EVIDENCE,
        ),
        _register(
            *("headlines", "Headlines", "measure on page 1 of a report", ("measure_id",)),
            _text("position", "Its place, counted from 1", **_NUMBER),
            _text("measure_id", "Measure"),
            _text("label", "What page 1 calls it"),
        ),
        _register(
            *("localities", "Localities", "place that has a box in its force's report", ("district_code",)),
            _text("area_id", "Police force area"),
            _text("name", "Name, as publishers print it"),
            _text("district_code", "Code of the district", pattern=r"^[EW]\d{8}$", example="E07000146"),
            _text("partnership_code", "Code of the community safety partnership", pattern=r"^[EW]\d{8}$"),
            _EVIDENCE,
        ),
        _register(
            *(
                "neighbours",
                "Neighbours",
                "pair of police force areas with a common border",
                ("area_id", "neighbour_id"),
            ),
            _AREA,
            _text("neighbour_id", "The area beside it, later in the order of codes"),
            _text("border_kilometres", "Length of the common outline", pattern=r"^\d+\.\d{1,2}$", example="42.71"),
            _EVIDENCE,
        ),
        _register(
            *("partnerships", "Community safety partnerships", "community safety partnership", ("partnership_id",)),
            _text("partnership_id", "Its code", pattern=r"^(E22|W14)\d{6}$", example="E22000221"),
            _text("name", "Name, as the publisher of counts prints it"),
            _text("police_force_area_id", "Police force area that it lies in"),
            _text(
                "district_ids",
                "Districts that it covers or is a part of, by their present codes",
                pattern=r"^[EW]\d{8}(;[EW]\d{8})*$",
                example="E07000040;E07000042",
            ),
            _EVIDENCE,
        ),
        _register(
            *("land_areas", "Land areas", "size of a police force area", ("area_id",)),
            _AREA,
            _text("square_kilometres", "Square kilometres", pattern=r"^\d+\.\d$", example="5374.1"),
            _EVIDENCE,
        ),
        _register(
            *(
                "doubtful_figures",
                "Doubtful figures",
                "stretch of an area's figures in a source that are not whole",
                ("doubt_id",),
            ),
            _text("doubt_id", "Identifier"),
            _SOURCE,
            _text("area_id", "Area"),
            _text("first_day", "First day of the stretch", **_DAY),
            _text("last_day", "Last day of the stretch", **_DAY),
            _text("warning", "What is printed beside every figure with a part of it"),
            _EVIDENCE,
        ),
        _register(
            *("measure_labels", "Labels of measures", "label"),
            ("source_id", "table_pattern", "measure_pattern", "breakdown"),
            _SOURCE,
            _text("table_pattern", "Regular expression for the table's name, case folded"),
            _text("measure_pattern", "Regular expression for the label, case folded"),
            _maybe("breakdown", "Further label; blank where none"),
            _MEASURE,
        ),
        _register(
            *("measures", "Measures", "measure", ("measure_id",)),
            _MEASURE,
            _maybe("code", "Short code", pattern=r"^M\d\d\w*$", example="M01"),
            _text("name", "Name in reports"),
            _text("unit_singular", "Unit, of one"),
            _text("unit_plural", "Unit, of several"),
            _text("role", "What is done with it"),
            _maybe("multiplier", "Residents of a rate; blank without one", **_NUMBER),
            _text("definition_id", "Definition: what nobody defined cannot be compared"),
            _maybe("claim_scope", "What it may be a claim about"),
            _maybe("unit_id", "Unit counted"),
            _text("geography_basis", "Where it is counted"),
            _maybe("police_generated", "Whether police activity makes it", allowed=("yes",)),
            _maybe("part_of", "Measure that it is a part of"),
        ),
        _register(
            *("sentinels", "Sentinels", "text in place of a number", ("source_id", "value_text")),
            _SOURCE,
            _maybe("value_text", "Text as printed; blank for an empty cell"),
            _text("status", "What it says of the figure", allowed=STATUSES),
            _text("meaning", "Meaning in words"),
        ),
        _register(
            *("source_quality", "Quality of sources", "source", ("source_id",)),
            _SOURCE,
            _text("quality", "Kind", allowed=("official", "management information", "press", "unattributable")),
            _EVIDENCE,
        ),
        _register(
            *("stated_facts", "Stated facts", "fact that a publisher states in words", ("fact_id",)),
            _text("fact_id", "Identifier"),
            _text("value", "Value", pattern=r"^-?\d+(\.\d+)?$", example="7779"),
            _text("period", "Period"),
            _text("words", "What is counted"),
            *(_EVIDENCE, _SURE),
        ),
        _register(
            *("units", "Units", "unit", ("unit_id",)),
            _text("unit_id", "Unit"),
            _text("name", "Name"),
            _maybe("kin", "Units that are near it"),
            _text("comparable", "Whether its figures may be compared", allowed=("True", "False")),
        ),
    )
}


def read_authored(path: Path) -> pl.DataFrame:
    """Read a CSV file that people write, as text, blanks null; raises RegisterError with its name where it is no table from end to end."""
    name = f"data/{path.parent.name}/{path.name}"
    try:
        frame = pl.read_csv(path, infer_schema=False)
    except FileNotFoundError as error:
        raise RegisterError(f"{name} does not exist; restore the file.") from error
    except pl.exceptions.PolarsError as error:
        reason = str(error).partition("\n")[0][:_SHOWN]
        raise RegisterError(
            f"{name}: it is no table from end to end ({reason}); look for an open quote or a comma too many."
        ) from error
    header = pl.Series("row", [",".join(frame.columns)])
    lines = header.append(frame.select(pl.concat_str(pl.all(), separator=",", ignore_nulls=True).alias("row"))["row"])
    # One that is opened goes on in the next line; one that only closes stands in the text.
    is_open = lines.str.contains("\n") | (lines.str.count_matches('"', literal=True) % 2 == 1)
    for row in lines.filter(is_open.fill_null(False)).head(1):
        raise RegisterError(f"{name}: a quote is not closed in the row {row.partition(chr(10))[0][:_SHOWN]}; close it.")
    return frame


def read_register(data: Path, name: str) -> pl.DataFrame:
    """Read ``data/registers/<name>.csv``, which must keep to its contract: text columns in its order, blanks as empty text.

    Raises RegisterError as ``read_authored``, for another header, and with the row for a blank, a value out of its limits and a key that stands twice.
    """
    contract = REGISTERS[name]
    frame = read_authored(data / "registers" / f"{name}.csv").with_columns(pl.all().fill_null(""))
    wanted = [column.name for column in contract.columns]
    if frame.columns != wanted:
        raise RegisterError(
            f"{name}.csv: its columns are {', '.join(frame.columns)}, not {', '.join(wanted)}; restore the header."
        )
    broken = {
        f"the key {', '.join(contract.key)} stands twice": pl.struct(contract.key).is_duplicated(),
        **{said: wrong for column in contract.columns for said, wrong in _limits(column).items()},
    }
    found = frame.select(wrong.alias(said) for said, wrong in broken.items())
    for said in broken:
        for row in frame.filter(found[said]).head(1).iter_rows(named=True):
            raise RegisterError(
                f"{name}.csv: {said} in the row {','.join(str(value) for value in row.values())}; correct it."
            )
    return frame


def _limits(column: Column) -> dict[str, pl.Expr]:
    """What no value of a column may be, in words, and the expression that finds it."""
    value = pl.col(column.name)
    found = {} if column.nullable else {f"{column.name} is blank": value == ""}
    if column.allowed is not None:
        found[f"{column.name} is none of {', '.join(column.allowed)}"] = (value != "") & ~value.is_in(column.allowed)
    if column.pattern is not None:
        found[f"{column.name} is not written like {column.example}"] = (value != "") & ~value.str.contains(
            column.pattern
        )
    return found
