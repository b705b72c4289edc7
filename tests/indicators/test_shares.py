"""Shares of offences from landed files to the figure: synthetic workbooks in the documented layouts, none of whose counts was published."""

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.sources.home_office_files import Outcomes, outcomes, read, recorded_crime, subcodes
from tests.sources.workbooks import DATA
from transforms.contracts import RECORD_FILES
from transforms.evidence import evidence
from transforms.harmonise import Harmonised, load_registers
from transforms.harmonise.registers import areas_frame
from transforms.indicators import indicators

NORFOLK, SUFFOLK, EAST, NATION = "E23000024", "E23000025", "E12000006", "K04000001"
YEAR_2024 = date(2024, 3, 31)
# Of one quarter: 12 charged of 40 recorded; 15 charged of 45 closed, where two not yet assigned do not count.
NORFOLK_OUTCOMES: Outcomes = {
    ("92A", "1"): (12, 15),
    ("92A", "0"): (9, 2),
    ("92A", "14"): (19, 30),
    ("106", "1"): (1, 0),
    ("106", "18"): (4, 3),
}
SUFFOLK_OUTCOMES: Outcomes = {("92A", "1"): (1, 1), ("92A", "16"): (9, 7), ("106", "18"): (2, 2)}
BOTH = {"Norfolk": NORFOLK_OUTCOMES, "Suffolk": SUFFOLK_OUTCOMES}


def computed(result: Harmonised, data: Path = DATA) -> pl.DataFrame:
    registers = load_registers(data)
    return indicators(
        result.observations,
        areas_frame(registers),
        registers.area_members,
        registers.measures,
        registers.local_authorities,
    )


def number(found: pl.DataFrame, measure_id: str, area_id: str, end: date = YEAR_2024) -> dict[str, Any]:
    return found.filter(measure_id=measure_id, area_id=area_id, period_end=end, months=12, is_preferred=True).row(
        0, named=True
    )


def file_of(year: str, day: str = "230726") -> str:
    return f"prc-outcomes-open-data-mar{int(year[:4]) + 1}-tables-{day}.xlsx"


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> Harmonised:
    return read(tmp_path_factory.mktemp("landed"), {file_of("2023/24"): outcomes("2023/24", BOTH)})


@pytest.fixture(scope="module")
def of_landed(landed: Harmonised) -> pl.DataFrame:
    return computed(landed)


def test_a_charge_rate_is_of_all_offences_of_the_cohort_those_without_an_outcome_too(of_landed: pl.DataFrame) -> None:
    row = number(of_landed, "trafficking_charge_rate", NORFOLK)
    assert (row["numerator"], row["denominator"], row["value"]) == (48, 160, 30)
    assert (row["method"], row["denominator_rule"], row["multiplier"]) == ("wilson", "offences", 100)
    assert (row["lower_95"], row["upper_95"]) == pytest.approx((23.4364, 37.5015), abs=1e-4)
    slavery = number(of_landed, "modern_slavery_charge_rate", NORFOLK)
    assert (slavery["numerator"], slavery["denominator"]) == (4, 20)


def test_what_is_not_yet_assigned_is_no_part_of_what_was_closed(landed: Harmonised, of_landed: pl.DataFrame) -> None:
    row = number(of_landed, "trafficking_charge_share_closed", NORFOLK)
    assert (row["numerator"], row["denominator"]) == (60, 180)
    reasons = dict(landed.excluded.group_by("rule").len().rows())
    assert reasons == {"outcomes-closed-unassigned": 4, "outcomes-closed": 12}


def test_a_kind_of_outcome_that_a_table_does_not_print_for_a_force_counts_none(of_landed: pl.DataFrame) -> None:
    row = number(of_landed, "modern_slavery_charge_rate", SUFFOLK)
    assert (row["numerator"], row["denominator"], row["value"]) == (0, 8, 0)


def test_a_regions_share_is_a_ratio_of_sums_and_names_the_forces_that_it_lacks(of_landed: pl.DataFrame) -> None:
    row = number(of_landed, "trafficking_charge_rate", EAST)
    assert (row["numerator"], row["denominator"], row["value"]) == (52, 200, 26)
    assert (row["coverage"], row["coverage_note"]) == (
        "partial",
        "leaves out Bedfordshire, Cambridgeshire, Essex, Hertfordshire: no figure held",
    )


def test_a_share_leads_back_to_its_cells(landed: Harmonised, of_landed: pl.DataFrame) -> None:
    row = number(of_landed, "trafficking_charge_rate", NORFOLK)
    back = evidence(
        [row["indicator_id"]],
        of_landed,
        landed.observations,
        pl.DataFrame(schema={"source_id": pl.String, "edition_id": pl.String}),
        pl.DataFrame(
            schema=dict.fromkeys(("kind", "figure_id_a", "figure_id_b", "grade", "reasons", "adjustments"), pl.String())
        ),
        RECORD_FILES.schema.to_frame(),
    )
    assert back.indicators["formula"].to_list() == [
        "48 (the sum of 4 published counts) ÷ 160 offences × 100 = 30.000000 per cent; 95% limits 23.436364 to 37.501484 by Wilson's method"
    ]
    cells = back.cells.group_by("part").agg(pl.col("cell").sort(), pl.col("value").sum()).sort("part")
    assert dict(cells.select("part", "value").rows()) == {"numerator": 48, "denominator": 160}
    assert back.cells.filter(part="numerator")["table"].unique().to_list() == ["2023_24"]
    assert set(cells["cell"].to_list()[1]) == {"L2", "L10", "L18", "L26"}


@pytest.mark.full
def test_a_cohort_is_counted_once_its_quarters_are_a_year_old(tmp_path: Path) -> None:
    """The newest edition of July 2026 reaches to March 2026: quarters to March 2025 are four quarters older, those after are not."""
    for name in ("young", "old"):
        (tmp_path / name).mkdir()
    young = computed(read(tmp_path / "young", {file_of("2025/26"): outcomes("2025/26", BOTH)}))
    assert young["measure_id"].unique().to_list() == ["trafficking_charge_share_closed"]
    old = computed(read(tmp_path / "old", {file_of("2024/25"): outcomes("2024/25", BOTH)}))
    assert number(old, "trafficking_charge_rate", NORFOLK, date(2025, 3, 31))["value"] == 30


@pytest.mark.full
def test_a_part_year_makes_no_year(tmp_path: Path) -> None:
    part = outcomes("2024/25", BOTH, quarters=("Q1", "Q2"))
    found = read(tmp_path, {"prc-outcomes-open-data-apr2024-to-sep2024-tables-230726.xlsx": part})
    shares = computed(found)
    assert shares.filter(pl.col("months") == 12).is_empty()
    # Each of its quarters is old enough to make a rate of its own, as long as it is one of a cohort.
    assert set(shares["measure_id"]) <= {"trafficking_charge_rate", "modern_slavery_charge_rate"}


@pytest.mark.full
def test_of_two_editions_of_a_year_the_newest_counts(tmp_path: Path) -> None:
    later = {**NORFOLK_OUTCOMES, ("92A", "1"): (14, 15), ("92A", "0"): (7, 2)}
    files = {
        file_of("2023/24", "240725"): outcomes("2023/24", BOTH),
        file_of("2023/24"): outcomes("2023/24", {**BOTH, "Norfolk": later}),
    }
    row = number(computed(read(tmp_path, files)), "trafficking_charge_rate", NORFOLK)
    assert (row["numerator"], row["denominator"], row["vintage"]) == (56, 160, "2026-07")


@pytest.mark.full
def test_more_charges_taken_back_than_made_are_no_share_and_nothing_is_clamped(tmp_path: Path) -> None:
    odd = {("92A", "1"): (5, 5), ("92A", "16"): (-1, 3), ("106", "1"): (-1, 0), ("106", "18"): (4, 3)}
    found = computed(read(tmp_path, {file_of("2023/24"): outcomes("2023/24", {"Norfolk": odd})}))
    for measure_id in ("trafficking_charge_rate", "modern_slavery_charge_rate"):
        row = number(found, measure_id, NORFOLK)
        assert (row["value"], row["status"]) == (None, "not_comparable")


@pytest.mark.parametrize("outcome", ["1a", "3a"])
def test_charges_for_another_offence_are_left_out_with_the_reason_that_they_are_counted(
    outcome: str, tmp_path: Path
) -> None:
    of = {**NORFOLK_OUTCOMES, ("92A", outcome): (3, 3)}
    found = read(tmp_path, {file_of("2023/24"): outcomes("2023/24", {"Norfolk": of})})
    left_out = found.excluded.filter(rule="outcomes-alternate-offences")
    assert left_out.height == 8
    assert left_out["reason"].unique().to_list() == [
        "Charged or cautioned for another offence: already counted in outcome types 1, 2 and 3"
    ]


def test_an_outcome_type_that_nobody_knows_stops_the_build(tmp_path: Path) -> None:
    of = {**NORFOLK_OUTCOMES, ("92A", "23"): (3, 3)}
    with pytest.raises(AssertionError, match=r"92A \| 23"):
        read(tmp_path, {file_of("2023/24"): outcomes("2023/24", {"Norfolk": of})})


@pytest.mark.full
def test_trafficking_is_a_share_of_all_drug_offences_of_a_year(tmp_path: Path) -> None:
    def counts(year: str, force: str) -> dict[str, int]:
        return {"92A": 10, "92C": 1, "92D": 14, "92E": 15, "106": 2}

    file = recorded_crime(["2023/24"], counts, ["Norfolk", "Action Fraud", "CIFAS", "UK Finance"])
    found = computed(read(tmp_path, {"prc-pfa-mar2013-onwards-tables-230726.ods": file}))
    row = number(found, "trafficking_share", NORFOLK)
    assert (row["numerator"], row["denominator"], row["value"]) == (40, 160, 25)


SUPPLY_A, SUPPLY_B, PRODUCTION = (
    *("Supplying a Class A drug (synthetic)", "Possession of a Class B drug with intent to supply (synthetic)"),
    "Production of cannabis (synthetic)",
)
SUBCODES = {
    "Norfolk": {(SUPPLY_A, "1"): 4, (SUPPLY_A, "14"): 2, (SUPPLY_B, "1"): 3, (PRODUCTION, "16"): 5},
    "Suffolk": {(SUPPLY_B, "1"): 3},
}
SUBCODES_FILE = "prc-subcodes-drug-offences-mar2021-to-mar2026.ods"


@pytest.fixture
def confirmed(tmp_path: Path) -> Path:
    """A copy of the authored data in which a subject expert has confirmed what is supply of a Class A drug."""
    data = Path(shutil.copytree(DATA, tmp_path / "data", ignore=shutil.ignore_patterns("published", "build")))
    register = data / "registers" / "class_a_supply_subcodes.csv"
    lines = register.read_text(encoding="utf-8")
    assert ",true,false," in lines
    register.write_text(lines.replace(",true,false,", ",true,true,"), encoding="utf-8")
    return data


@pytest.mark.full
def test_supply_of_class_a_drugs_counts_once_it_is_confirmed_with_every_outcome(
    tmp_path: Path, confirmed: Path
) -> None:
    (tmp_path / "landing").mkdir()
    result = read(tmp_path / "landing", {SUBCODES_FILE: subcodes(["2023/24"], SUBCODES)}, confirmed)
    found = computed(result, confirmed)
    row = number(found, "class_a_supply_offences", NORFOLK)
    assert (row["numerator"], row["measure_code"], row["multiplier"]) == (24, "M02A", 100_000)
    assert len(row["numerator_observations"].split("; ")) == 8
    assert number(found, "class_a_supply_offences", SUFFOLK)["numerator"] == 0
    assert result.excluded["rule"].unique().to_list() == ["subcodes-outcomes-in-quarter"]


@pytest.mark.full
def test_until_it_is_confirmed_supply_of_class_a_drugs_is_left_out_with_that_reason(tmp_path: Path) -> None:
    result = read(tmp_path, {SUBCODES_FILE: subcodes(["2023/24"], SUBCODES)})
    unconfirmed = result.excluded.filter(rule="subcodes-unconfirmed")
    assert (unconfirmed.height, unconfirmed["breakdown_text"].str.contains("Class A").all()) == (8, True)
    assert "no subject expert has confirmed" in unconfirmed["reason"][0]
    assert computed(result).is_empty()


def test_supply_of_a_drug_of_no_class_stops_the_build(tmp_path: Path) -> None:
    file = subcodes(["2023/24"], {"Norfolk": {("Supplying crack (synthetic)", "1"): 1}})
    with pytest.raises(AssertionError, match="Supplying crack"):
        read(tmp_path, {SUBCODES_FILE: file})
