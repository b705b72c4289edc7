"""Numbers that anyone can look up, found again in what the project computes from the published cells."""

from datetime import date

import polars as pl
import pytest

from transforms.contracts.tables import INDICATORS

from .look_ups import ENGLAND_AND_WALES, MANCHESTER, NORFOLK, NORTH_WEST, as_published, only

EDITION_END = {
    "ye-mar-2018": date(2018, 3, 31),
    "ye-dec-2018": date(2018, 12, 31),
    "ye-mar-2019": date(2019, 3, 31),
    "ye-sep-2019": date(2019, 9, 30),
    "ye-dec-2019": date(2019, 12, 31),
    "ye-dec-2024": date(2024, 12, 31),
    "ye-jun-2025": date(2025, 6, 30),
}


def test_the_table_keeps_its_contract(indicators: pl.DataFrame) -> None:
    assert indicators.schema == INDICATORS.schema
    assert indicators["indicator_id"].is_unique().all()


# Drug offences, as printed in Table P1 or C2 of each edition.
@pytest.mark.parametrize(
    ("edition", "area", "offences"),
    [
        ("ye-mar-2018", "E23000024", 1_984),
        ("ye-mar-2019", "K04000001", 151_471),
        ("ye-mar-2019", "E23000024", 2_421),
        ("ye-mar-2019", "E23000025", 1_344),
        ("ye-mar-2019", "E23000004", 8_639),
        ("ye-mar-2019", "E23000005", 5_435),
        ("ye-mar-2019", "BTP", 2_305),
        ("ye-dec-2019", "E23000024", 2_730),
        ("ye-dec-2019", "K04000001", 170_197),
        ("ye-dec-2024", "K04000001", 193_863),
        ("ye-dec-2024", "BTP", 3_433),
        ("ye-dec-2024", "E23000024", 2_045),
        ("ye-dec-2024", "E23000025", 1_424),
        ("ye-dec-2024", "E23000004", 12_283),
        ("ye-dec-2024", "E23000005", 15_228),
        ("ye-dec-2024", "E23000035", 4_651),
        ("ye-dec-2024", "E23000034", 569),
    ],
)
def test_drug_offences_of_a_year(edition: str, area: str, offences: int, indicators: pl.DataFrame) -> None:
    found = indicators.filter(
        edition_id=edition, area_id=area, measure_id="drug_offences", period_end=EDITION_END[edition]
    )
    assert set(found["numerator"]) == {offences}


# Norfolk: answer in the House of Commons, 6 February 2007. Greater Manchester: consultation page of the city council, 2021;
# later revisions of up to three per cent are known.
@pytest.mark.parametrize(
    ("area", "year", "offences", "tolerance"),
    [
        ("E23000024", 2003, 1_392, 0.02),
        ("E23000024", 2004, 1_508, 0.02),
        ("E23000024", 2005, 1_602, 0.02),
        ("E23000024", 2006, 1_821, 0.02),
        ("E23000005", 2017, 4_184, 0.03),
        ("E23000005", 2018, 4_801, 0.03),
        ("E23000005", 2019, 5_432, 0.03),
    ],
)
def test_drug_offences_as_others_knew_them(
    area: str, year: int, offences: int, tolerance: float, indicators: pl.DataFrame
) -> None:
    row = indicators.filter(
        area_id=area, measure_id="drug_offences", period_end=date(year, 3, 31), months=12, is_preferred=True
    )
    assert row["numerator"].item() == pytest.approx(offences, rel=tolerance)


def test_norfolk_in_2019_as_published(indicators: pl.DataFrame) -> None:
    row = as_published(indicators, "ye-dec-2019", NORFOLK)
    assert (row["numerator"], row["denominator"], row["denominator_used"]) == (2_730, 903_700, 903_680)
    assert row["value"] == pytest.approx(3.020981, abs=1e-6)
    assert row["denominator_edition"] == "mid-2018, ons_pfa_tables ye-dec-2019"
    assert (row["is_preferred"], row["is_derived"], row["method"], row["coverage"]) == (
        False,
        False,
        "byar",
        "complete",
    )


def test_norfolk_in_2019_is_like_the_country_without_greater_manchester(indicators: pl.DataFrame) -> None:
    norfolk, country = (as_published(indicators, "ye-dec-2019", area) for area in (NORFOLK, ENGLAND_AND_WALES))
    assert country["value"] == pytest.approx(3.022863, abs=1e-6)
    assert norfolk["lower_95"] < country["value"] < norfolk["upper_95"]


def test_every_printed_rate_is_reproduced(observations: pl.DataFrame, indicators: pl.DataFrame) -> None:
    printed = observations.filter(
        (pl.col("measure_id") == "drug_offence_rate_published") & pl.col("value").is_not_null()
    ).select("edition_id", "area_id", printed_rate="value")
    ours = indicators.filter(denominator_rule="as_published").select("edition_id", "area_id", "value")
    both = printed.join(ours, on=["edition_id", "area_id"], how="left")
    assert both.height == 322
    assert both.filter(~((pl.col("value") - pl.col("printed_rate")).abs() <= 1e-6).fill_null(False)).is_empty()


def test_england_and_wales_is_43_forces_and_british_transport_police(indicators: pl.DataFrame) -> None:
    year = indicators.filter(edition_id="ye-dec-2024", denominator_rule="as_published")
    forces = year.filter(area_kind="police_force_area")
    assert (forces.height, forces["numerator"].sum()) == (43, 190_430)
    transport = only(indicators, edition_id="ye-dec-2024", area_id="BTP")
    country = as_published(indicators, "ye-dec-2024", ENGLAND_AND_WALES)
    assert country["numerator"] == 190_430 + transport["numerator"] == 193_863
    assert country["numerator_observations"].count(";") + 1 == 44
    england, wales = (as_published(indicators, "ye-dec-2024", area) for area in ("E92000001", "W92000004"))
    assert england["numerator"] + wales["numerator"] == 190_430
    assert country["value"] == pytest.approx(3.185668715595421, abs=1e-9)


# Printed are residents of mid-2018, rounded to 100; in the year 2019 lies mid-2019.
@pytest.mark.parametrize(
    ("rule", "area", "offences", "residents"),
    [
        ("as_published", ENGLAND_AND_WALES, 170_197, 56_303_200),
        ("as_published", NORTH_WEST, 16_627, 4_479_500),
        ("canonical", ENGLAND_AND_WALES, 170_197, 56_469_829),
        ("canonical", NORTH_WEST, 16_627, 4_515_308),
    ],
)
def test_greater_manchester_is_left_out_of_both_sides_in_2019(
    rule: str, area: str, offences: int, residents: int, indicators: pl.DataFrame
) -> None:
    row = only(indicators, edition_id="ye-dec-2019", area_id=area, denominator_rule=rule)
    assert (row["numerator"], row["denominator"]) == (offences, residents)
    assert (row["coverage"], row["coverage_note"]) == ("partial", "leaves out Greater Manchester: no figure held")
    assert "ye-dec-2019/Table P1/X16" not in row["numerator_observations"]


def test_a_change_across_the_edge_of_coverage_is_there_to_be_seen(indicators: pl.DataFrame) -> None:
    """The North West 'fell' from March to December 2019 because a force is missing, and the rows say so."""
    before, after = (as_published(indicators, edition, NORTH_WEST) for edition in ("ye-mar-2019", "ye-dec-2019"))
    assert (before["numerator"], after["numerator"]) == (19_376, 16_627)
    assert (before["coverage"], after["coverage"]) == ("complete", "partial")


def test_greater_manchester_itself_is_missing_in_2019_and_not_zero(indicators: pl.DataFrame) -> None:
    row = only(indicators, edition_id="ye-dec-2019", area_id=MANCHESTER)
    assert (row["numerator"], row["value"], row["status"], row["coverage"]) == (None, None, "not_available", "none")


def test_a_region_without_greater_manchester_is_complete(indicators: pl.DataFrame) -> None:
    partial = indicators.filter(
        pl.col("area_kind") != "police_force_area", measure_id="drug_offences", coverage="partial"
    )
    assert set(partial["area_id"]) == {ENGLAND_AND_WALES, "E92000001", NORTH_WEST, "NWROCU-AREA"}


def test_table_c2_does_not_count_british_transport_police_and_says_so(indicators: pl.DataFrame) -> None:
    row = only(indicators, edition_id="ye-jun-2025", area_id=ENGLAND_AND_WALES)
    assert row["coverage_note"] == "does not count British Transport Police: not in the table"
