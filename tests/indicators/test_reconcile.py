"""Our sums and rates beside what was printed: all agree, and one wrong figure makes exactly its own totals disagree."""

import polars as pl
import pytest

from transforms import indicators as formulas
from transforms.contracts.tables import RECONCILIATION
from transforms.harmonise import Harmonised, Registers
from transforms.indicators import reconcile

pytestmark = pytest.mark.full


@pytest.fixture(scope="module")
def reconciled(
    harmonised: Harmonised, indicators: pl.DataFrame, areas: pl.DataFrame, registers: Registers
) -> pl.DataFrame:
    return reconcile(harmonised.observations, harmonised.excluded, indicators, areas, registers)


def again(
    observations: pl.DataFrame, excluded: pl.DataFrame, areas: pl.DataFrame, registers: Registers
) -> pl.DataFrame:
    """The reconciliation of altered observations."""
    computed = formulas.indicators(
        observations, areas, registers.area_members, registers.measures, registers.local_authorities
    )
    return reconcile(observations, excluded, computed, areas, registers)


def test_everything_that_was_printed_is_reproduced(reconciled: pl.DataFrame) -> None:
    assert reconciled.schema == RECONCILIATION.schema
    assert reconciled["agrees"].all()
    assert dict(reconciled.group_by("kind").len().rows()) == {
        "total": 204,
        "rate": 322,
        "population": 107,
        "districts": 42,
        "referrals": 19,
        "parts": 19,
        "authorities": 1102,
        "officers": 14,
        "outcomes": 84,
        "coverage": 38,
        "cohort": 1,
    }


def test_comparisons_say_what_they_compare(reconciled: pl.DataFrame) -> None:
    sentences = dict(reconciled.select("reconciliation_id", "in_words").rows())
    assert (
        sentences["total.ons_pfa_tables.ye-dec-2024.K04000001"]
        == "England and Wales: 44 parts add up to the printed total"
    )
    assert sentences["total.ons_pfa_tables.ye-dec-2019.E12000002"] == "North West: 4 parts add up to the printed total"


ONE_MORE = {
    "a force's count": (
        "ons_pfa_tables/ye-dec-2019/Table P1/X40",
        {
            "total.ons_pfa_tables.ye-dec-2019": {"E12000006", "E92000001", "K04000001"},
            "rate.ons_pfa_tables.ye-dec-2019": {"E23000024", "E12000006", "E92000001", "K04000001"},
            "population.ons_pfa_tables.ye-dec-2019": {"E23000024", "E12000006", "E92000001", "K04000001"},
        },
    ),
    "a printed total": ("ons_pfa_tables/ye-mar-2019/Table P1/X35", {"total.ons_pfa_tables.ye-mar-2019": {"E12000006"}}),
    "a printed rate": (
        "ons_pfa_tables/ye-dec-2019/Table P3/AB40",
        {"rate.ons_pfa_tables.ye-dec-2019": {"E23000024"}, "population.ons_pfa_tables.ye-dec-2019": {"E23000024"}},
    ),
    "a force's row beside its districts": (
        "ons_pfa_tables/ye-jun-2025/Table C2/Z253",
        {"districts.ons_pfa_tables.ye-jun-2025": {"E23000024"}},
    ),
    "a first responder": (
        "ho_nrm_police_first_responder/2023-q1/referrals_by_police_first_responder/G52735",
        {
            "referrals.ho_nrm_police_first_responder.2023-q1": {"NRM-POLICE-TOTAL"},
            "parts.ho_nrm_police_first_responder.2023-q1": {"K04000001"},
        },
    ),
    "children of a first responder": (
        "ho_nrm_police_first_responder/2022-q2/referrals_by_police_first_responder/G46904",
        {"parts.ho_nrm_police_first_responder.2022-q2": {"K04000001"}},
    ),
}


@pytest.mark.parametrize(("cell", "affected"), ONE_MORE.values(), ids=ONE_MORE)
def test_one_more_in_one_cell_disagrees_where_it_should_and_nowhere_else(
    cell: str, affected: dict[str, set[str]], harmonised: Harmonised, areas: pl.DataFrame, registers: Registers
) -> None:
    here = pl.col("observation_id") == cell
    of_source = harmonised.observations.filter(source_id=cell.split("/")[0])
    assert of_source.select(here.sum()).item() == 1
    altered = of_source.with_columns(pl.col("value") + here.cast(pl.Float64))
    broken = again(altered, harmonised.excluded, areas, registers).filter(~pl.col("agrees"))
    assert set(broken["reconciliation_id"]) == {f"{what}.{area}" for what, hit in affected.items() for area in hit}


IN_ENGLAND = "authorities.dfe_children_in_need.2025-ye-mar-2025"


@pytest.mark.parametrize(
    ("cell", "more", "disagree"),
    [
        (
            "ho_police_workforce_tables/30-sep-2019/Table_7/C38",
            1,
            {"officers.ho_police_workforce_tables.30-sep-2019.K04000001.Table_7.C"},
        ),
        (
            "police_uk_archive/2018-10-to-2018-11-street/2018-10-norfolk-street.csv/K34",
            1,
            {"outcomes.police_uk_archive.2018-10-to-2018-11-street.E23000024.police_uk_drugs_records"},
        ),
        # Five may be the rounding of the region; the sum of England lacks authorities without a figure and is not compared.
        ("dfe_children_in_need/2025-ye-mar-2025/c3_factors_identified_at_end_of_assessment/AX95", 1, set[str]()),
        (
            "dfe_children_in_need/2025-ye-mar-2025/c3_factors_identified_at_end_of_assessment/AX95",
            11,
            {f"{IN_ENGLAND}.E12000006.child_criminal_exploitation_episodes"},
        ),
    ],
)
def test_a_part_that_is_too_large_disagrees_with_its_whole(
    cell: str, more: int, disagree: set[str], harmonised: Harmonised, areas: pl.DataFrame, registers: Registers
) -> None:
    here = pl.col("observation_id") == cell
    of_source = harmonised.observations.filter(source_id=cell.split("/")[0])
    assert of_source.select(here.sum()).item() == 1
    altered = of_source.with_columns(pl.col("value") + more * here.cast(pl.Float64))
    broken = again(altered, harmonised.excluded, areas, registers).filter(~pl.col("agrees"))
    assert set(broken["reconciliation_id"]) == disagree


def test_a_child_in_one_authority_more_disagrees_with_its_region_and_with_england(
    harmonised: Harmonised, areas: pl.DataFrame, registers: Registers
) -> None:
    children = harmonised.observations.filter(source_id="dfe_child_population")
    norfolk = (pl.col("area_id") == "E10000020") & (pl.col("edition_id") == "2024-mid-2024")
    altered = children.with_columns(pl.col("value") + norfolk.cast(pl.Float64))
    broken = again(altered, harmonised.excluded, areas, registers).filter(~pl.col("agrees"))
    assert broken.select("area_id", "difference").sort("area_id").rows() == [("E12000006", 1.0), ("E92000001", 1.0)]


def test_a_breakdown_of_referrals_outside_england_and_wales_is_not_added_to_the_total(
    harmonised: Harmonised, areas: pl.DataFrame, registers: Registers
) -> None:
    """The full tables keep children referred for criminal exploitation too: a part of the total that stands beside it."""
    quarter = pl.col("edition_id") == "2023-q1"
    of_source = harmonised.observations.filter(quarter, source_id="ho_nrm_police_first_responder")
    left_out = harmonised.excluded.filter(quarter, source_id="ho_nrm_police_first_responder")
    children = left_out.with_columns(pl.lit("Criminal | Child (17 or under) | Total").alias("breakdown_text"))
    total_of_children = of_source.filter(area_kind="published_total").with_columns(
        pl.lit("nrm_police_child_criminal_referrals").alias("measure_id")
    )
    rows = again(pl.concat([of_source, total_of_children]), pl.concat([left_out, children]), areas, registers).filter(
        kind="referrals"
    )
    assert rows.select("edition_id", "agrees").rows() == [("2023-q1", True)]


def test_one_more_in_a_district_disagrees_with_its_force(
    harmonised: Harmonised, indicators: pl.DataFrame, areas: pl.DataFrame, registers: Registers
) -> None:
    lynn = (pl.col("breakdown_text").str.contains("King's Lynn") & (pl.col("source_id") == "ons_pfa_tables")).fill_null(
        False
    )
    assert harmonised.excluded.select(lynn.sum()).item() == 1
    printed = harmonised.excluded.filter(lynn)["value_text"].item()
    altered = harmonised.excluded.with_columns(
        pl.when(lynn).then(pl.lit(str(int(printed) + 1))).otherwise(pl.col("value_text")).alias("value_text")
    )
    broken = reconcile(harmonised.observations, altered, indicators, areas, registers).filter(~pl.col("agrees"))
    assert broken.select("reconciliation_id", "difference").rows() == [
        ("districts.ons_pfa_tables.ye-jun-2025.E23000024", 1.0)
    ]


@pytest.mark.parametrize(
    ("source", "edition", "table"),
    [
        ("ho_nrm_police_first_responder", "2023-q1", "referrals_by_police_first_responder"),
        ("ons_pfa_tables", "ye-dec-2024", "Table P1"),
    ],
)
def test_a_force_that_is_no_longer_in_a_table_is_missed(
    source: str, edition: str, table: str, harmonised: Harmonised, areas: pl.DataFrame, registers: Registers
) -> None:
    norfolk = (pl.col("edition_id") == edition) & (pl.col("table") == table) & (pl.col("area_id") == "E23000024")
    of_source = harmonised.observations.filter(source_id=source)
    assert of_source.select((norfolk & pl.col("part").is_null()).sum()).item() == 1
    rows = again(of_source.filter(~norfolk), harmonised.excluded, areas, registers)
    missed = rows.filter(pl.col("kind") == "coverage", ~pl.col("agrees"))
    assert missed.select("edition_id", "published", "computed").rows() == [(edition, 43.0, 42.0)]
    assert "Norfolk is not in" in missed["in_words"].item()


def test_a_third_edition_of_one_mid_year_is_compared_with_the_one_before_it(
    harmonised: Harmonised, areas: pl.DataFrame, registers: Registers
) -> None:
    """A synthetic edition: the figures of December 2019 published once more."""
    third = harmonised.observations.filter(edition_id="ye-dec-2019").with_columns(
        pl.lit("synthetic-third").alias("edition_id"),
        pl.lit("2020-07").alias("vintage"),
        pl.col("observation_id").str.replace("ye-dec-2019", "synthetic-third"),
    )
    observations = pl.concat([harmonised.observations.filter(source_id="ons_pfa_tables"), third])
    rows = again(observations, harmonised.excluded, areas, registers)
    assert rows["reconciliation_id"].is_unique().all()
    of_third = rows.filter(kind="population", edition_id="synthetic-third")
    assert of_third["in_words"].str.ends_with("the same in ye-dec-2019 and synthetic-third").all()
    assert of_third.height == 53


def test_residents_are_compared_between_editions_that_cover_the_same_forces(
    harmonised: Harmonised, areas: pl.DataFrame, registers: Registers
) -> None:
    """A synthetic edition before that of September 2019, with Greater Manchester: its sums have residents that the later one's lack."""
    printed = harmonised.observations.filter(source_id="ons_pfa_tables", edition_id="ye-sep-2019")
    measures = ["drug_offences", "resident_population", "drug_offence_rate_published"]
    known = {
        (area, measure): value
        for area, measure, value in printed.filter(pl.col("measure_id").is_in(measures))
        .select("area_id", "measure_id", "value")
        .iter_rows()
    }
    more, residents = 5_000.0, 2_812_569.0
    whole = {("E23000005", measures[0]): more, ("E23000005", measures[1]): round(residents, -2)}
    whole["E23000005", measures[2]] = more / residents * 1000
    for area in ("E12000002", "E92000001", "K04000001"):
        count = known[area, measures[0]] + more
        people = round(known[area, measures[0]] / known[area, measures[2]] * 1000) + residents
        whole |= {(area, measures[0]): count, (area, measures[1]): round(people, -2)}
        whole[area, measures[2]] = count / people * 1000
    values = pl.DataFrame(
        [(*key, value) for key, value in whole.items()], schema=["area_id", "measure_id", "whole"], orient="row"
    )
    earlier = (
        printed.join(values, on=["area_id", "measure_id"], how="left", maintain_order="left")
        .with_columns(
            pl.coalesce("whole", "value").alias("value"),
            pl.when(pl.col("whole").is_not_null()).then(pl.lit("ok")).otherwise("status").alias("status"),
            pl.lit("synthetic-whole").alias("edition_id"),
            pl.lit("2019-10").alias("vintage"),
            pl.col("observation_id").str.replace("ye-sep-2019", "synthetic-whole"),
        )
        .drop("whole")
    )
    observations = pl.concat([harmonised.observations.filter(source_id="ons_pfa_tables"), earlier])
    rows = again(observations, harmonised.excluded, areas, registers)
    assert rows.filter(~pl.col("agrees")).is_empty()
    compared = rows.filter(pl.col("in_words").str.ends_with("in synthetic-whole and ye-sep-2019"), kind="population")
    assert "E23000024" in compared["area_id"].to_list()
    assert not {"E12000002", "E92000001", "K04000001"} & set(compared["area_id"])
