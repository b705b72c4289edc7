"""Why a figure that somebody asks for is missing. Files of records here are synthetic."""

import polars as pl
import pytest

from tests.harmonise.test_supply import BODIES, USUAL, of_file
from transforms.answers import find_numbers, numbers_held, period_asked, read_period
from transforms.errors import CountyLinesError
from transforms.harmonise import Harmonised, Registers
from transforms.harmonise.supply import record_files
from transforms.indicators import coverage
from transforms.missing import why_missing

GREATER_MANCHESTER, LANCASHIRE, DYFED_POWYS, NORFOLK = "E23000005", "E23000003", "W15000004", "E23000024"
# A year of Norfolk that is whole but for August, and one stray file of Greater Manchester.
FILES = [
    *(of_file("2022", f"2022-{month:02}", 3500, 160) for month in range(1, 13) if month != 8),
    of_file("2022", "2022-08", 164, 2),
    of_file("2022", "2022-08", 14, 0, force="greater-manchester"),
]


@pytest.fixture(scope="module")
def gaps(harmonised: Harmonised, areas: pl.DataFrame, registers: Registers) -> pl.DataFrame:
    """out/coverage of the figures that are kept."""
    return coverage(harmonised.observations, areas, registers.measures, registers.coverage_gaps)


@pytest.fixture(scope="module")
def files() -> pl.DataFrame:
    """core/record_files of those above."""
    cells = pl.DataFrame(
        [row for file in FILES for row in file],
        schema=["edition_id", "table", "measure_text", "value_text"],
        orient="row",
    ).with_columns(kind=pl.lit("figure"), breakdown_text=pl.lit(None, pl.String))
    edition = pl.DataFrame(
        {"edition_id": ["2022"], "archive": ["2022.zip"], "published": ["2023-02"], "dated": [None]},
        schema_overrides={"dated": pl.String},
    )
    return record_files(cells, edition, USUAL, BODIES)


@pytest.mark.parametrize(
    ("area_id", "measure_id", "period", "why"),
    [
        (
            GREATER_MANCHESTER,
            "police_uk_drugs_records",
            "August 2022",
            [
                "2022-08-greater-manchester-street.csv of 2022.zip gives no figure, supplied in part: 14 records where the smallest force "
                "supplies about 700.",
                "Greater Manchester Police has supplied nothing to the street-level open data since July 2019.",
            ],
        ),
        (
            NORFOLK,
            "police_uk_drugs_records",
            "2022",
            [
                "2022-08-norfolk-street.csv of 2022.zip gives no figure, supplied in part: 164 records where about 3,500 are usual.",
            ],
        ),
        (
            NORFOLK,
            "police_uk_drugs_records_caution",
            "2022-08",
            [
                "2022-08-norfolk-street.csv of 2022.zip gives no figure, supplied in part: 164 records where about 3,500 are usual.",
            ],
        ),
        (
            NORFOLK,
            "police_uk_searches_for_drugs",
            "August 2022",
            ["No archive that is held has a file of records of this body in that time."],
        ),
        (NORFOLK, "police_uk_drugs_records", "July 2022", []),
        (
            GREATER_MANCHESTER,
            "drug_offences",
            "YE Dec 2019",
            [
                "Greater Manchester Police changed its computer system in July 2019 and supplied no recorded crime for some months."
            ],
        ),
        (
            LANCASHIRE,
            "arrests_for_drug_offences",
            "2017/18",
            ["Lancashire Constabulary supplied no arrests for the year ending March 2018."],
        ),
        (
            DYFED_POWYS,
            "class_a_seizures",
            "Year to March 2018",
            ["The copies of the tables that are held leave out the forces of Wales."],
        ),
        (
            "E23000035",
            "drug_offences",
            "YE Mar 2023",
            [
                "Devon and Cornwall Police changed its computer system in November 2022 and supplied no recorded crime for a time; it is present again "
                "in the year ending December 2024."
            ],
        ),
        (NORFOLK, "drug_offences", "YE Dec 2019", []),
        (NORFOLK, "nrm_police_referrals", "2031-Q1", []),
    ],
)
def test_the_reason_for_which_a_figure_is_missing_is_known(
    area_id: str,
    measure_id: str,
    period: str,
    why: list[str],
    gaps: pl.DataFrame,
    files: pl.DataFrame,
    registers: Registers,
) -> None:
    found = why_missing(area_id, measure_id, read_period(period), registers.measures, gaps, files, registers.breaks)
    assert found == why


def test_a_month_that_was_not_supplied_is_an_error_with_the_name_of_the_force_and_the_reason(
    gaps: pl.DataFrame,
    files: pl.DataFrame,
    indicators: pl.DataFrame,
    observations: pl.DataFrame,
    areas: pl.DataFrame,
    registers: Registers,
) -> None:
    held = numbers_held(indicators, observations, areas)
    period = period_asked("August 2022", held, [GREATER_MANCHESTER], "police_uk_drugs_records")
    asked = GREATER_MANCHESTER, "police_uk_drugs_records", period
    why = why_missing(*asked, registers.measures, gaps, files, registers.breaks)
    with pytest.raises(CountyLinesError) as error:
        find_numbers(held, *asked, why)
    assert "No police_uk_drugs_records for Greater Manchester from 2022-08 to 2022-08 is held" in str(error.value)
    assert "supplied in part: 14 records where the smallest force supplies about 700." in str(error.value)


def test_a_file_that_lies_by_itself_is_named_once(
    files: pl.DataFrame, gaps: pl.DataFrame, registers: Registers
) -> None:
    alone = files.with_columns(pl.col("file").alias("archive"))
    asked = NORFOLK, "police_uk_drugs_records", read_period("August 2022")
    assert why_missing(*asked, registers.measures, gaps, alone, registers.breaks) == [
        "2022-08-norfolk-street.csv gives no figure, supplied in part: 164 records where about 3,500 are usual."
    ]
