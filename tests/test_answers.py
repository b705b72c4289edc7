"""Answers about one number: the area and period that a person means, the number, and the way back to the published cell."""

from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.answers import explain, find_area, find_numbers, numbers_held, period_asked, read_period, suggest
from transforms.contracts.tables import RECORD_FILES
from transforms.errors import CountyLinesError
from transforms.harmonise import Registers
from transforms.indicators.force_totals import OF_CODES
from transforms.indicators.shares import SHARES
from transforms.sources.published import read_editions

NO_RECORD_FILES = RECORD_FILES.schema.to_frame()
YEAR_2019 = (date(2019, 1, 1), date(2019, 12, 31))


@pytest.fixture(scope="session")
def areas(registers: Registers) -> pl.DataFrame:
    """The areas that a person may ask for: local authorities are not among them."""
    return registers.areas


@pytest.mark.parametrize(
    ("said", "area_id"),
    [
        ("Norfolk", "E23000024"),
        ("norfolk", "E23000024"),
        ("  NORFOLK ", "E23000024"),
        ("Norfolk Constabulary", "E23000024"),
        ("Norfolk Police", "E23000024"),
        ("E23000024", "E23000024"),
        ("e23000024", "E23000024"),
        ("GMP", "E23000005"),
        ("greater-manchester", "E23000005"),
        ("the Met", "E23000001"),
        ("Metropolitan Police Service", "E23000001"),
        ("CoLP", "E23000034"),
        ("City of London Police", "E23000034"),
        ("Devon & Cornwall", "E23000035"),
        ("D&C", "E23000035"),
        ("Hampshire and Isle of Wight Constabulary", "E23000030"),
        ("Avon & Somerset Police", "E23000036"),
        ("Heddlu Gwent", "W15000002"),
        ("dyfed powys", "W15000004"),
        ("BTP", "BTP"),
        ("British Transport Police", "BTP"),
        ("West Midlands", "E23000014"),
        ("West Midlands Police", "E23000014"),
        ("West Midlands region", "E12000005"),
        ("west midlands policing region", "ROCUWM-AREA"),
        ("region-west-midlands", "E12000005"),
        ("East of England", "E12000006"),
        ("East of England region", "E12000006"),
        ("London", "E12000007"),
        ("London region", "E12000007"),
        ("Wales", "W92000004"),
        ("England", "E92000001"),
        ("E&W", "K04000001"),
        ("england and wales", "K04000001"),
        ("Eastern Region policing region", "ERSOU-AREA"),
        ("Eastern Region Special Operations Unit", "ERSOU"),
        ("Met", "E23000001"),
        ("The Metropolitan Police", "E23000001"),
        ("Leics", "E23000021"),
        ("Lincs Police", "E23000020"),
        ("Staffs", "E23000015"),
        ("Lancs", "E23000003"),
        ("West Mids Police", "E23000014"),
        ("Kent County Constabulary", "E23000032"),
        ("Yorks & Humber", "E12000003"),
        ("Yorkshire & Humberside", "E12000003"),
        ("East Mids", "E12000004"),
        ("Warwicks", "E23000017"),
        ("Cymru", "W92000004"),
        ("South West England", "E12000009"),
    ],
)
def test_an_area_is_found_as_people_say_it(said: str, area_id: str, areas: pl.DataFrame, registers: Registers) -> None:
    assert find_area(said, areas, registers.area_names, registers.elsewhere) == area_id


def test_every_area_is_found_by_its_code_and_its_slug(areas: pl.DataFrame, registers: Registers) -> None:
    for area_id, slug in areas.select("area_id", "slug").iter_rows():
        assert find_area(area_id, areas, registers.area_names, registers.elsewhere) == area_id
        assert find_area(slug, areas, registers.area_names, registers.elsewhere) == area_id


@pytest.mark.full
def test_every_area_is_found_by_its_own_name_but_for_one_region(areas: pl.DataFrame, registers: Registers) -> None:
    """'West Midlands' alone means the force."""
    astray = [
        (area_id, name)
        for area_id, *names in areas.select("area_id", "name", "operating_name").iter_rows()
        for name in names
        if find_area(name, areas, registers.area_names, registers.elsewhere) != area_id
    ]
    assert set(astray) == {("E12000005", "West Midlands")}


@pytest.mark.full
def test_every_known_name_is_found(areas: pl.DataFrame, registers: Registers) -> None:
    asked = registers.area_names.join(areas, on="area_id", how="semi")  # nobody asks for a local authority by name
    for area_id, name in asked.select("area_id", "name").unique().iter_rows():
        found = find_area(name, areas, registers.area_names, registers.elsewhere)
        assert found == area_id or (name, found) == ("West Midlands", "E23000014")


@pytest.mark.parametrize("said", ["", " ", "Narnia", "Northumberland", "East Sussex", "Norwich", "region", "E23000099"])
def test_an_unknown_area_is_an_error_that_shows_how_to_ask(
    said: str, areas: pl.DataFrame, registers: Registers
) -> None:
    with pytest.raises(CountyLinesError) as error:
        find_area(said, areas, registers.area_names, registers.elsewhere)
    assert f"No area is called {said!r}" in str(error.value)
    assert "for example" in str(error.value)


def test_a_misspelt_area_is_suggested_and_not_guessed(areas: pl.DataFrame, registers: Registers) -> None:
    with pytest.raises(CountyLinesError, match=r"No area is called 'Norfok'; nearest known: norfolk"):
        find_area("Norfok", areas, registers.area_names, registers.elsewhere)


def test_suggestions_name_the_areas_and_the_nearest_comes_first(areas: pl.DataFrame, registers: Registers) -> None:
    found = suggest("West Midland", areas, registers.area_names, registers.elsewhere)
    assert found.columns == ["key", "area_id", "kind", "name"]
    assert found.row(0)[:2] == ("west midlands", "E23000014")
    assert found.row(1)[:2] == ("west midlands", "E12000005")
    assert suggest("xyzzy", areas, registers.area_names, registers.elsewhere).is_empty()


def test_a_name_by_which_an_area_is_found_is_suggested_first(areas: pl.DataFrame, registers: Registers) -> None:
    found = suggest("Kent County Constabulary", areas, registers.area_names, registers.elsewhere)
    assert found.select("area_id", "name").row(0) == ("E23000032", "Kent")


@pytest.mark.parametrize("said", ["Police Scotland", "Scotland", "PSNI", "Police Service of Northern Ireland"])
def test_a_place_outside_england_and_wales_is_no_misspelling(
    said: str, areas: pl.DataFrame, registers: Registers
) -> None:
    for ask in (find_area, suggest):
        with pytest.raises(CountyLinesError, match="the figures held are of England and Wales"):
            ask(said, areas, registers.area_names, registers.elsewhere)


@pytest.mark.parametrize(
    ("said", "first", "last"),
    [
        ("YE Dec 2019", date(2019, 1, 1), date(2019, 12, 31)),
        ("ye mar 2019", date(2018, 4, 1), date(2019, 3, 31)),
        ("year ending September 2025", date(2024, 10, 1), date(2025, 9, 30)),
        ("year ending Sept 2025", date(2024, 10, 1), date(2025, 9, 30)),
        ("Year ending  June 2018", date(2017, 7, 1), date(2018, 6, 30)),
        ("year ending May 2024", date(2023, 6, 1), date(2024, 5, 31)),
        ("YE Feb 2020", date(2019, 3, 1), date(2020, 2, 29)),
        ("2023-Q1", date(2023, 1, 1), date(2023, 3, 31)),
        ("2023 q4", date(2023, 10, 1), date(2023, 12, 31)),
        ("2023Q2", date(2023, 4, 1), date(2023, 6, 30)),
        ("2023", date(2023, 1, 1), date(2023, 12, 31)),
        ("2018-01/2019-03", date(2018, 1, 1), date(2019, 3, 31)),
        ("2019-02/2020-02", date(2019, 2, 1), date(2020, 2, 29)),
        (" 2023 ", date(2023, 1, 1), date(2023, 12, 31)),
        ("2018/19", date(2018, 4, 1), date(2019, 3, 31)),
        ("2018/2019", date(2018, 4, 1), date(2019, 3, 31)),
        ("FY 2018/19", date(2018, 4, 1), date(2019, 3, 31)),
        ("12 months to March 2019", date(2018, 4, 1), date(2019, 3, 31)),
        ("April 2018 to March 2019", date(2018, 4, 1), date(2019, 3, 31)),
        ("January to March 2019", date(2019, 1, 1), date(2019, 3, 31)),
        ("30th September 2019", date(2019, 9, 30), date(2019, 9, 30)),
        ("30/09/2019", date(2019, 9, 30), date(2019, 9, 30)),
        ("2019-09-30", date(2019, 9, 30), date(2019, 9, 30)),
        ("1999/00", date(1999, 4, 1), date(2000, 3, 31)),
        ("2024/25", date(2024, 4, 1), date(2025, 3, 31)),
        ("Q1 2023", date(2023, 1, 1), date(2023, 3, 31)),
        ("Year to March 2019", date(2018, 4, 1), date(2019, 3, 31)),
        ("year ending 31 March 2019", date(2018, 4, 1), date(2019, 3, 31)),
        ("30 September 2019", date(2019, 9, 30), date(2019, 9, 30)),
        ("June 2025", date(2025, 6, 1), date(2025, 6, 30)),
        ("October 2018", date(2018, 10, 1), date(2018, 10, 31)),
        ("2018-10", date(2018, 10, 1), date(2018, 10, 31)),
        ("2020-02", date(2020, 2, 1), date(2020, 2, 29)),
        ("Dec 2019", date(2019, 12, 1), date(2019, 12, 31)),
    ],
)
def test_a_period_is_read_as_people_write_it(said: str, first: date, last: date) -> None:
    assert read_period(said) == (first, last)


@pytest.mark.parametrize(
    "said",
    [
        "",
        "2023-Q5",
        "2023-Q0",
        "YE Dez 2019",
        "YE Decoy 2019",
        "YE 13 2019",
        "YE Dec 19",
        "31 September 2019",
        "0 May 2019",
        "2018-13/2019-03",
        "2018-13",
        "2018-00",
        "2018-00/2019-03",
        "2019-03/2018-01",
        "2018/20",
        "2018/2020",
        "2019-02-30",
        "13/13/2019",
        "March to January 2019",
        "April 2019 to March 2019",
        "0000",
        "YE Dec 0000",
        "9999-Q4",
        "last year",
    ],
)
def test_anything_else_is_no_period_and_the_error_shows_some_that_are(said: str) -> None:
    with pytest.raises(CountyLinesError) as error:
        read_period(said)
    assert f"{said!r} is not a period" in str(error.value)
    for example in ("YE Dec 2019", "2023-Q1", "2023", "2018-01/2019-03", "2018/19", "June 2025", "30 September 2019"):
        assert example in str(error.value)
        read_period(example)


@settings(deadline=None, max_examples=200)
@given(
    st.text(max_size=20)
    | st.from_regex(
        r"(ye|year ending) [a-z]{3,9} \d{4}|\d{4}([ -]?q\d)?|\d{4}-\d{2}/\d{4}-\d{2}|(\d\d? )?[a-z]{3,9} \d{4}",
        fullmatch=True,
    )
)
def test_whatever_is_written_is_a_day_or_a_period_of_whole_months_or_a_plain_error(said: str) -> None:
    try:
        first, last = read_period(said)
    except CountyLinesError:
        return
    assert first == last or (first < last and first.day == (last + timedelta(days=1)).day == 1)


def test_a_number_is_found_and_the_preferred_one_comes_first(indicators: pl.DataFrame) -> None:
    rows = find_numbers(indicators, "E23000024", "drug_offences", YEAR_2019, [])
    assert [(row["edition_id"], row["denominator_rule"]) for row in rows] == [
        ("2026-04", "canonical"),
        ("ye-dec-2019", "as_published"),
        ("ye-dec-2019", "canonical"),
    ]
    assert [row["is_preferred"] for row in rows] == [True, False, False]
    assert [row["numerator"] for row in rows] == [2_772, 2_730, 2_730]


def test_a_number_is_asked_for_as_one_edition_printed_it(indicators: pl.DataFrame) -> None:
    rows = find_numbers(indicators, "E23000024", "drug_offences", YEAR_2019, [], "ye-dec-2019")
    assert {(row["numerator"], row["edition_id"]) for row in rows} == {(2_730, "ye-dec-2019")}
    with pytest.raises(CountyLinesError, match=r"No edition 'ye-mar-1900' .*; these have: 2026-04, ye-dec-2019"):
        find_numbers(indicators, "E23000024", "drug_offences", YEAR_2019, [], "ye-mar-1900")


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("drug_ofences", "No measure is called 'drug_ofences'; did you mean drug_offences"),
        ("Drug Possession Offence", "did you mean drug_possession_offences"),
        (
            "qqq",
            "No measure is called 'qqq'; give an identifier or code. countylines measures lists all that are held.",
        ),
    ],
)
def test_an_unknown_measure_is_an_error_that_names_the_nearest(
    indicators: pl.DataFrame, asked: str, words: str
) -> None:
    with pytest.raises(CountyLinesError) as error:
        find_numbers(indicators, "E23000024", asked, YEAR_2019, [])
    assert words in str(error.value)


def test_a_period_that_is_not_held_is_an_error_that_names_those_that_are(indicators: pl.DataFrame) -> None:
    with pytest.raises(CountyLinesError) as error:
        find_numbers(indicators, "E23000024", "london_linked_individuals", YEAR_2019, [])
    assert "No london_linked_individuals for Norfolk from 2019-01 to 2019-12 is held" in str(error.value)
    assert str(error.value).endswith("held: 2018-01/2019-03, 2019-05/2020-04.")


def test_an_area_without_the_measure_is_told_so(indicators: pl.DataFrame) -> None:
    with pytest.raises(CountyLinesError, match="nothing is held for this area"):
        find_numbers(indicators, "E23000001", "london_linked_individuals", YEAR_2019, [])


def test_what_is_counted_on_one_day_is_asked_for_by_its_month(indicators: pl.DataFrame) -> None:
    (row,) = find_numbers(indicators, "E23000024", "M20", read_period("2022-03/2022-03"), [])
    assert (row["period_start"], row["period_end"]) == (date(2022, 3, 31), date(2022, 3, 31))
    assert (round(row["numerator"], 3), row["lower_95"]) == (1838.093, None)
    with pytest.raises(CountyLinesError, match="is held"):
        find_numbers(indicators, "E23000024", "M20", read_period("2022"), [])


def test_the_latest_number_is_the_newest_that_all_areas_asked_for_have(indicators: pl.DataFrame) -> None:
    of_norfolk = period_asked("latest", indicators, ["E23000024"], "drug_offences")
    assert of_norfolk == read_period("YE Dec 2025")
    assert period_asked("Latest", indicators, ["E23000024"], "M08") == read_period("YE Dec 2023")
    assert period_asked("2019", indicators, ["E23000024"], "drug_offences") == read_period("2019")
    with pytest.raises(CountyLinesError, match="No london_linked_individuals is held for E23000001"):
        period_asked("latest", indicators, ["E23000001"], "london_linked_individuals")


@pytest.fixture(scope="module")
def editions(data: Path) -> pl.DataFrame:
    return read_editions(data)


def test_a_rate_is_walked_back_to_its_cells(
    indicators: pl.DataFrame, observations: pl.DataFrame, editions: pl.DataFrame, comparisons: pl.DataFrame
) -> None:
    found = explain(
        "M01.E23000024.201901-201912.ye-dec-2019.as_published",
        indicators,
        observations,
        editions,
        comparisons,
        NO_RECORD_FILES,
    )
    assert found.formula == (
        "2,730 ÷ 903,680 residents (printed as 903,700; the whole number behind the publisher's own rate) × 1,000 = 3.020981; "
        "95% limits 2.908710 to 3.136475 by Byar's approximation"
    )
    assert found.numerator.select("table", "cell", "value_text").rows() == [("Table P1", "X40", "2730")]
    assert found.denominator.select("table", "cell", "value_text").rows() == [("Table P3", "C40", "903700")]
    assert found.editions["edition_id"].to_list() == ["ye-dec-2019"]
    assert found.editions["sha256"].str.len_chars().to_list() == [64]


def test_a_number_says_what_it_may_be_compared_with(
    indicators: pl.DataFrame, observations: pl.DataFrame, editions: pl.DataFrame, comparisons: pl.DataFrame
) -> None:
    found = explain(
        indicators.filter(
            pl.col("measure_id") == "drug_offences",
            pl.col("area_id") == "E23000024",
            pl.col("period_end") == date(2019, 12, 31),
            pl.col("months") == 12,
            "is_preferred",
        )["indicator_id"].item(),
        indicators,
        observations,
        editions,
        comparisons,
        NO_RECORD_FILES,
    )
    kinds = found.comparisons.select("kind", "side", "grade").rows()
    assert {("year_before", "b", "A"), ("year_before", "a", "A")} <= set(kinds)
    assert "nation" in {kind for kind, _, _ in kinds}


def test_pairs_with_other_areas_are_counted_by_grade_and_all_are_there(
    indicators: pl.DataFrame, observations: pl.DataFrame, editions: pl.DataFrame, comparisons: pl.DataFrame
) -> None:
    number = comparisons.filter(pl.col("kind") == "areas")["figure_id_a"][0]
    found = explain(number, indicators, observations, editions, comparisons, NO_RECORD_FILES).comparisons
    named = comparisons.filter((pl.col("figure_id_a") == number) | (pl.col("figure_id_b") == number))
    assert found["pairs"].sum() == len(named)
    areas = found.filter(pl.col("kind") == "areas")
    assert areas["side"].null_count() == len(areas) < areas["pairs"].sum()


def test_a_sum_names_all_its_parts(
    indicators: pl.DataFrame, observations: pl.DataFrame, editions: pl.DataFrame, comparisons: pl.DataFrame
) -> None:
    found = explain(
        "M01.K04000001.202401-202412.ye-dec-2024.canonical",
        indicators,
        observations,
        editions,
        comparisons,
        NO_RECORD_FILES,
    )
    assert found.formula.startswith(
        "193,863 (the sum of 44 published counts) ÷ 61,806,682 residents × 1,000 = 3.136603;"
    )
    assert found.numerator["value"].sum() == 193_863
    # Of mid-2024 residents are held by police force area alone.
    assert found.denominator["area_id"].n_unique() == 43


def test_a_year_of_quarters_names_four_editions_and_the_population(
    indicators: pl.DataFrame, observations: pl.DataFrame, editions: pl.DataFrame, comparisons: pl.DataFrame
) -> None:
    found = explain(
        "M08.E23000024.202301-202312.2023-q4.canonical",
        indicators,
        observations,
        editions,
        comparisons,
        NO_RECORD_FILES,
    )
    assert found.formula.startswith("50 (the sum of 4 published counts) ÷ 931,900 residents × 100,000 = 5.365383;")
    assert found.numerator.sort("period_end")["value"].to_list() == [10, 13, 15, 12]
    assert found.editions["edition_id"].to_list() == ["2023-q1", "2023-q2", "2023-q3", "2023-q4", "ye-dec-2024"]


@pytest.mark.parametrize(
    ("indicator_id", "formula"),
    [
        ("M01.E23000005.201901-201912.ye-dec-2019.canonical", "no count: not available"),
        ("M19.E23000030.201801-201903.year-1.canonical", "no count: not published"),
        ("M01.BTP.202401-202412.ye-dec-2024.none", "3,433; no rate: no population"),
        ("M01.E23000034.202401-202412.ye-dec-2024.as_published", "569; no rate: population too small"),
    ],
)
def test_a_missing_number_says_why(
    indicator_id: str,
    formula: str,
    indicators: pl.DataFrame,
    observations: pl.DataFrame,
    editions: pl.DataFrame,
    comparisons: pl.DataFrame,
) -> None:
    assert explain(indicator_id, indicators, observations, editions, comparisons, NO_RECORD_FILES).formula == formula


def test_a_small_count_has_exact_limits(
    indicators: pl.DataFrame, observations: pl.DataFrame, editions: pl.DataFrame, comparisons: pl.DataFrame
) -> None:
    exact = indicators.filter(method="exact").row(0, named=True)
    found = explain(exact["indicator_id"], indicators, observations, editions, comparisons, NO_RECORD_FILES)
    assert found.formula.endswith("by exact Poisson limits")
    assert exact["numerator"] < 10


def test_every_number_leads_back_to_cells_that_exist(indicators: pl.DataFrame, observations: pl.DataFrame) -> None:
    named = pl.concat(
        indicators.select(pl.col(column).str.split("; ").alias("observation_id")).explode("observation_id")
        for column in ("numerator_observations", "denominator_observations")
    ).drop_nulls()
    assert named.height > 10_000
    assert named.join(observations, on="observation_id", how="anti").is_empty()


def test_the_named_cells_add_up_to_the_numbers(indicators: pl.DataFrame, observations: pl.DataFrame) -> None:
    """The cell of a total stands behind a part that its table leaves out: it adds nothing to the part."""
    printed = observations.select("observation_id", of="measure_id", printed="value")
    for total, parts in (("numerator", "numerator_observations"), ("denominator", "denominator_observations")):
        is_denominator = pl.lit(total == "denominator")
        # Drug offences are the sum of their codes, each of which is a measure of its own; so is what a share counts.
        counted = (pl.col("of") == pl.col("measure_id")) | pl.col("measure_id").is_in([*OF_CODES, *SHARES])
        sums = (
            indicators.filter(pl.col(total).is_not_null())
            .with_columns(pl.col(parts).str.split("; ").alias("observation_id"))
            .explode("observation_id")
            .join(printed, on="observation_id")
            .group_by("indicator_id", total)
            .agg(pl.col("printed").filter(counted | is_denominator).sum())
        )
        assert sums.height == indicators[total].count()
        # Full-time equivalents have decimals, which add up to the last bit only in one order.
        assert sums.filter((pl.col("printed") - pl.col(total)).abs() > 1e-6).is_empty()


def test_an_unknown_identifier_is_an_error_that_says_where_to_find_one(
    indicators: pl.DataFrame, observations: pl.DataFrame, editions: pl.DataFrame, comparisons: pl.DataFrame
) -> None:
    with pytest.raises(
        CountyLinesError, match="No number has the identifier 'M99'; copy it from a report's evidence list"
    ):
        explain("M99", indicators, observations, editions, comparisons, NO_RECORD_FILES)


@pytest.mark.parametrize(
    ("area", "measure", "period", "value"),
    [
        ("police total", "nrm_police_referrals", "2023-Q2", 938),
        ("England", "gangs_episodes", "YE Mar 2025", 8860),
    ],
)
def test_what_is_held_as_published_is_found_and_leads_to_its_cell(
    area: str,
    measure: str,
    period: str,
    value: int,
    areas: pl.DataFrame,
    registers: Registers,
    indicators: pl.DataFrame,
    observations: pl.DataFrame,
    comparisons: pl.DataFrame,
    data: Path,
) -> None:
    held = numbers_held(indicators, observations, areas)
    area_id = find_area(area, areas, registers.area_names, registers.elsewhere)
    (row,) = find_numbers(held, area_id, measure, period_asked(period, held, [area_id], measure), [])
    assert (row["numerator"], row["value"], row["status"]) == (value, None, "published count")
    found = explain(row["indicator_id"], indicators, observations, read_editions(data), comparisons, NO_RECORD_FILES)
    assert found.numerator["value"].to_list() == [value]


def test_everything_that_is_held_of_an_area_is_found(
    areas: pl.DataFrame, indicators: pl.DataFrame, observations: pl.DataFrame
) -> None:
    held = numbers_held(indicators, observations, areas)
    same = ["measure_id", "area_id", "period_start", "period_end"]
    assert observations.drop_nulls("value").join(held, on=same, how="anti").is_empty()
    assert held["indicator_id"].n_unique() == len(held)
    assert held.filter(pl.col("is_preferred")).equals(indicators.filter(pl.col("is_preferred")))


def test_what_other_editions_print_of_a_figure_is_named_with_it(
    indicators: pl.DataFrame, observations: pl.DataFrame, comparisons: pl.DataFrame, data: Path
) -> None:
    first = "M01.E23000024.201704-201803.ye-mar-2018.as_published"
    found = explain(first, indicators, observations, read_editions(data), comparisons, NO_RECORD_FILES)
    assert (found.indicator["numerator"], "2019-04" in found.indicator["vintage"]) == (1984, True)
    assert found.others.select("numerator", "edition_id").rows() == [(2019, "2019-04"), (2084, "2026-04")]
    newest = "M01.E23000024.201901-201912.ye-dec-2019.as_published"
    others = explain(newest, indicators, observations, read_editions(data), comparisons, NO_RECORD_FILES).others
    assert others.select("numerator", "edition_id").rows() == [(2772, "2026-04")]
