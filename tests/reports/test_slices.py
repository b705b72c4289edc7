"""A report says of its slice what it says of the whole tables, and only what it says makes it another."""

from dataclasses import replace

import polars as pl
import pytest

from reports.numbers import ReportData
from reports.products import products
from reports.slices import Slices, report_from_slice
from transforms.evidence import evidence

NORFOLK, NATION = "E23000024", "K04000001"
FRAMES = ("indicators", "cells", "editions", "comparisons")

pytestmark = pytest.mark.full


@pytest.fixture(scope="module")
def slices(report_data: ReportData) -> Slices:
    return Slices(report_data)


def area_ids(data: ReportData) -> list[str]:
    return products.reported(data.areas)["area_id"].to_list()


def different(before: ReportData, after: ReportData) -> set[str]:
    """The names of the areas whose reports read other rows."""
    old, new = Slices(before), Slices(after)
    return {before.area(area_id)["name"] for area_id in area_ids(before) if old.key(area_id) != new.key(area_id)}


def test_each_of_the_64_reports_made_from_its_slice_is_that_made_from_whole_tables(slices: Slices) -> None:
    data = slices.data
    assert len(area_ids(data)) == 64
    for area_id in area_ids(data):
        report, part = report_from_slice(slices, area_id)
        assert report == products.report(data, area_id), area_id
        numbers = list(dict.fromkeys(number.indicator_id for number in report.numbers))
        from_part = evidence(
            numbers, part.indicators, part.observations, part.editions, part.comparability, part.record_files
        )
        from_all = evidence(
            numbers, data.indicators, data.observations, data.editions, data.comparability, data.record_files
        )
        assert all(getattr(from_part, name).equals(getattr(from_all, name)) for name in FRAMES), area_id


def test_a_slice_is_a_small_part_of_the_tables(slices: Slices) -> None:
    part = slices.of(NORFOLK)
    assert len(part.observations) < len(slices.data.observations) / 3
    assert set(part.indicators.filter(measure_id="nrm_police_referrals")["area_id"]) == {NORFOLK}


def test_another_number_of_referrals_changes_the_reports_on_the_force_its_two_regions_and_the_nation(
    report_data: ReportData,
) -> None:
    force = report_data.area(NORFOLK)
    touched = [NORFOLK, force["region_id"], force["policing_region_id"], NATION]
    changed = pl.col("area_id").is_in(touched) & (pl.col("measure_id") == "nrm_police_referrals")
    more = report_data.indicators.with_columns(
        numerator=pl.when(changed).then(pl.col("numerator") + 1).otherwise("numerator")
    )
    assert different(report_data, replace(report_data, indicators=more)) == {
        report_data.area(area_id)["name"] for area_id in touched
    }


def test_another_number_of_drug_offences_changes_every_report_since_each_compares_with_it(
    report_data: ReportData,
) -> None:
    changed = (pl.col("area_id") == NORFOLK) & (pl.col("measure_id") == "drug_offences")
    more = report_data.indicators.with_columns(
        numerator=pl.when(changed).then(pl.col("numerator") + 1).otherwise("numerator")
    )
    assert len(different(report_data, replace(report_data, indicators=more))) == len(
        {report_data.area(area_id)["name"] for area_id in area_ids(report_data)}
    )


def test_another_cell_behind_a_number_changes_the_report_that_prints_it(report_data: ReportData) -> None:
    """Its place in the publisher's file stands on the page of evidence."""
    behind = report_data.indicators.filter(area_id=NORFOLK, measure_id="nrm_police_referrals")[
        "numerator_observations"
    ][0]
    moved = report_data.observations.with_columns(
        cell=pl.when(pl.col("observation_id") == behind.split("; ")[0]).then(pl.lit("Z99")).otherwise("cell")
    )
    assert "Norfolk" in different(report_data, replace(report_data, observations=moved))


def test_a_force_s_own_warnings_change_its_report_and_the_national_one(report_data: ReportData) -> None:
    less = replace(report_data, plausibility=report_data.plausibility.filter(pl.col("area_id") != NORFOLK))
    assert different(report_data, less) == {"Norfolk", "England and Wales"}


@pytest.mark.parametrize("table", ["coverage", "reconciliation"])
def test_what_stands_in_the_national_report_or_on_the_pages_alone_changes_no_report_on_an_area(
    report_data: ReportData, table: str
) -> None:
    less = replace(report_data, **{table: getattr(report_data, table).head(1)})
    assert different(report_data, less) == {"England and Wales"}


def test_the_build_id_and_the_sizes_of_files_change_no_report(report_data: ReportData) -> None:
    sized = [
        replace(report_data, build_id=name, downloads={"norfolk.xlsx": size}) for name, size in (("a", 1), ("b", 2))
    ]
    assert different(*sized) == set()
    assert different(sized[0], replace(sized[0], downloads={})) != set()
