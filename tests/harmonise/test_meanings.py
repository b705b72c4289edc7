"""What a label, a period and a symbol mean, cell by cell."""

from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.harmonise import Harmonised, Registers
from transforms.harmonise.meanings import with_measure, with_period, with_value

from .places import HO, MOPAC, NRM, ONS


def value_of(text: str | None, sentinels: pl.DataFrame, source: str = ONS) -> tuple[float | None, str | None]:
    cell = pl.DataFrame({"source_id": [source], "value_text": [text]}, schema_overrides={"value_text": pl.String})
    row = with_value(cell, sentinels).row(0, named=True)
    return row["value"], row["status"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("144741", 144741.0),
        ("14,133 ", 14133.0),
        ("1,234,567", 1234567.0),
        ("2.578467006198613", 2.578467006198613),
        ("0", 0.0),
        ("-21", -21.0),
        ("6.0854727E7", 60854727.0),
    ],
)
def test_a_number_is_read_as_publishers_write_it(text: str, value: float, registers: Registers) -> None:
    assert value_of(text, registers.sentinels) == (value, "ok")


@pytest.mark.parametrize(
    ("source", "text", "status"),
    [
        (ONS, "..", "not_available"),
        (ONS, " .. ", "not_available"),
        (ONS, "+", "suppressed"),
        (ONS, "[u1]", "suppressed"),
        (MOPAC, None, "not_published"),
        (MOPAC, "", "not_published"),
    ],
)
def test_a_symbol_is_missing_for_a_reason_and_never_zero(
    source: str, text: str | None, status: str, registers: Registers
) -> None:
    assert value_of(text, registers.sentinels, source) == (None, status)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (ONS, None),
        (ONS, ""),
        (ONS, "."),
        (ONS, "-"),
        (ONS, "NA"),
        (ONS, "[x]"),
        (ONS, "see note"),
        (ONS, "12,34"),
        (ONS, "1.234,5"),
        (ONS, "1 234"),
        (ONS, "16~"),
        (ONS, "1e999"),
        (ONS, "nan"),
        (ONS, "١٢"),
        (MOPAC, ".."),
        (HO, "+"),
    ],
)
def test_anything_else_has_no_meaning(source: str, text: str | None, registers: Registers) -> None:
    assert value_of(text, registers.sentinels, source) == (None, None)


@settings(deadline=None, max_examples=30)
@given(texts=st.lists(st.text() | st.from_regex(r"[-+]?[\d,.]{1,12}([eE][-+]?\d{1,4})?", fullmatch=True), min_size=1))
def test_every_text_is_a_finite_number_or_nothing(texts: list[str], registers: Registers) -> None:
    cells = pl.DataFrame({"source_id": [HO] * len(texts), "value_text": texts})
    read = with_value(cells, registers.sentinels)
    assert read["value_text"].to_list() == texts
    assert read.filter((pl.col("status") == "ok") != pl.col("value").is_finite().fill_null(False)).is_empty()


@settings(deadline=None, max_examples=30)
@given(count=st.integers(-999_999_999, 999_999_999))
def test_thousands_commas_change_no_number(count: int, registers: Registers) -> None:
    assert value_of(f"{count:,}", registers.sentinels) == value_of(str(count), registers.sentinels) == (count, "ok")


def measure_of(labels: pl.DataFrame, **texts: Any) -> str | None:
    columns = ("source_id", "table", "measure_text", "breakdown_text")
    cell = pl.DataFrame({column: [texts.get(column)] for column in columns}, schema=dict.fromkeys(columns, pl.String))
    measure: str | None = with_measure(cell, labels)["measure_id"].item()
    return measure


@pytest.mark.parametrize(
    ("source", "table", "label", "breakdown", "measure"),
    [
        (ONS, "Table P1", "Drug offences", None, "drug_offences"),
        (ONS, "Table P1 ", "Drug\noffences", None, "drug_offences"),
        (ONS, "Table P1", "DRUG OFFENCES4,5", None, "drug_offences"),
        (ONS, "Table P1", "Drug offences [note 3]", None, "drug_offences"),
        (ONS, "Table P3", "Drug offences", None, "drug_offence_rate_published"),
        (ONS, "Table P3", "Population figures (mid-2018)", None, "resident_population"),
        (ONS, "Table P3", "Population figures (mid-2018)5", None, "resident_population"),
        (ONS, "Table C2", "Drug offences", None, "drug_offences"),
        (ONS, "Table C2", "Drug offences", "E22000180 | City of London", "drug_offences"),
        (HO, "rec-crime-pfa", "Drug offences", None, "drug_offences"),
        (NRM, "any", "People", None, "nrm_police_referrals"),
        (NRM, "any", "People", "Criminal | Child (17 or under)", "nrm_police_child_criminal_referrals"),
        (NRM, "any", "People", "Labour & Criminal | Child (17 or under)", "nrm_police_child_criminal_referrals"),
        (NRM, "any", "People", "Criminal | Adult (18 or over)", "nrm_police_adult_criminal_referrals"),
        (NRM, "any", "People", "Criminal | Not specified or unknown", "nrm_police_referrals_not_specified"),
        (NRM, "any", "People", "Not specified or unknown | Child (17 or under)", "nrm_police_referrals_not_specified"),
        (NRM, "any", "People", "Labour | Child (17 or under)", "nrm_police_other_referrals"),
        (MOPAC, "any", "individuals_linked", "county/force", "london_linked_individuals"),
    ],
)
def test_a_label_means_a_measure_of_its_table(
    source: str, table: str, label: str, breakdown: str | None, measure: str, registers: Registers
) -> None:
    texts = {"source_id": source, "table": table, "measure_text": label, "breakdown_text": breakdown}
    assert measure_of(registers.measure_labels, **texts) == measure


@pytest.mark.parametrize(
    ("source", "table", "label", "breakdown"),
    [
        (ONS, "Table P1", "Trafficking of drugs", None),
        (ONS, "Table P1", "Possession of drugs", None),
        (ONS, "Table P1", "Other drug offences", None),
        (ONS, "Table P1", "Drug offences (percentage change)", None),
        (ONS, "Table P1", "Population figures (mid-2018)", None),
        (ONS, "Table P10", "Drug offences", None),
        (ONS, "Table P3", "Household figures (mid-2018)", None),
        (ONS, "Table C2", "Drug offences", "E22000221 | King's Lynn and West Norfolk"),
        (HO, "rec-crime-pfa", "Drug offences", "Possession of cannabis"),
        (NRM, "any", "People", "Criminal exploitation"),
        (NRM, "any", "People", "Criminal | Child"),
        (MOPAC, "any", "individuals_linked", None),
        (MOPAC, "any", "individuals_linked", "town"),
    ],
)
def test_a_part_is_never_taken_for_the_total(
    source: str, table: str, label: str, breakdown: str | None, registers: Registers
) -> None:
    texts = {"source_id": source, "table": table, "measure_text": label, "breakdown_text": breakdown}
    assert measure_of(registers.measure_labels, **texts) is None


def period_of(measure_id: str, edition: tuple[date, date] | None, **texts: str) -> tuple[date | None, date | None]:
    cell = pl.DataFrame(
        {
            "source_id": ["synthetic"],
            "edition_id": ["one"],
            "measure_id": [measure_id],
            "measure_text": [texts.get("measure_text")],
            "period_text": [texts.get("period_text")],
        },
        schema_overrides={"measure_text": pl.String, "period_text": pl.String},
    )
    editions = pl.DataFrame(
        {"source_id": ["synthetic"], "edition_id": ["one"], "edition_start": [None], "edition_end": [None]},
        schema_overrides={"edition_start": pl.Date, "edition_end": pl.Date},
    )
    if edition:
        start, end = edition
        editions = editions.with_columns(pl.lit(start).alias("edition_start"), pl.lit(end).alias("edition_end"))
    found: tuple[date | None, date | None] = with_period(cell, editions).select("period_start", "period_end").row(0)
    return found


def test_a_population_is_of_the_mid_year_in_its_own_label() -> None:
    year_2019 = (date(2019, 1, 1), date(2019, 12, 31))
    mid_2018 = date(2018, 6, 30)
    label = "Population figures (mid-2018)5"
    assert period_of("resident_population", year_2019, measure_text=label) == (mid_2018, mid_2018)
    assert period_of("resident_population", year_2019, measure_text="Mid-2018") == (mid_2018, mid_2018)
    assert period_of("resident_population", year_2019, measure_text="Population figures") == (None, None)
    assert period_of("resident_population", (mid_2018, mid_2018), measure_text="Population") == (mid_2018, mid_2018)


def test_an_edition_of_one_period_gives_it() -> None:
    fifteen_months = (date(2018, 1, 1), date(2019, 3, 31))
    assert period_of("london_linked_individuals", fifteen_months, period_text="Jan 2018 - Apr 2019") == fifteen_months


def test_a_last_day_stands_for_twelve_months() -> None:
    assert period_of("drug_offences", None, period_text="31-03-2018") == (date(2017, 4, 1), date(2018, 3, 31))
    assert period_of("drug_offences", None, period_text="31/03/2018") == (date(2017, 4, 1), date(2018, 3, 31))
    assert period_of("drug_offences", None, period_text="31-12-2016") == (date(2016, 1, 1), date(2016, 12, 31))
    assert period_of("drug_offences", None, period_text="2018-03-31") == (date(2017, 4, 1), date(2018, 3, 31))


def test_a_financial_year_is_twelve_months_to_march() -> None:
    assert period_of("drug_offences", None, period_text="2017/18") == (date(2017, 4, 1), date(2018, 3, 31))
    assert period_of("drug_offences", None, period_text="1999-00") == (date(1999, 4, 1), date(2000, 3, 31))


@pytest.mark.parametrize(
    "text",
    ["30-12-2017", "31-01-2018", "2018-03-30", "03-31-2018", "03/31/2018", "30/12/2017", "2017/19", "", "31-11-2018"],
)
def test_a_day_that_ends_no_quarter_is_no_period(text: str) -> None:
    assert period_of("drug_offences", None, period_text=text) == (None, None)


def test_the_symbols_in_the_published_tables_became_missing_values(harmonised: Harmonised) -> None:
    """Greater Manchester 2019 and Lancashire's arrests ('..'), the City of London's rates ('+', '[u1]'), two ranked places without a number, two forces without seizures, Greater Manchester 2019 in a copy, and parts without searches or arrests."""
    of_police = ~pl.col("source_id").str.starts_with("dfe_")
    missing = harmonised.observations.filter(pl.col("value").is_null() & of_police)
    found = missing.group_by("value_text", "status").len().sort("len").rows()
    assert sorted(found, key=str) == sorted(
        [
            ("..", "not_available", 6 + 1),
            ("+", "suppressed", 5),
            ("[u1]", "suppressed", 1),
            ("NA", "not_available", 786 + 60),
            (None, "not_available", 2 * 2 + 1),
            (None, "not_published", 2),
        ],
        key=str,
    )
    assert harmonised.observations.filter(pl.col("value").is_not_null())["status"].unique().to_list() == ["ok"]


def test_the_symbols_of_local_authorities_became_missing_values(harmonised: Harmonised) -> None:
    """Not collected, suppressed, unreliable, not applicable, and two zeros of Hampshire that are corrected."""
    missing = harmonised.observations.filter(pl.col("value").is_null() & pl.col("source_id").str.starts_with("dfe_"))
    assert set(missing.select("source_id", "value_text", "status").rows()) == {
        ("dfe_children_in_need", "x", "not_published"),
        ("dfe_children_in_need", "c", "suppressed"),
        ("dfe_children_in_need", "u", "not_available"),
        ("dfe_children_in_need", "z", "not_available"),
        ("dfe_children_in_need", "0", "not_available"),
        ("dfe_child_population", "x", "not_available"),
        ("dfe_children_in_need_episodes", "x", "not_published"),
        ("dfe_children_in_need_episodes", "c", "suppressed"),
        ("dfe_children_in_need_episodes", "u", "not_available"),
        ("dfe_children_in_need_referrals", "x", "not_published"),
        ("dfe_children_in_need_referrals", "c", "suppressed"),
        ("dfe_children_in_need_referrals", "u", "not_available"),
        ("dfe_children_looked_after", "c", "suppressed"),
        ("dfe_children_looked_after", "z", "not_available"),
        ("dfe_exclusions", "x", "suppressed"),
    }
