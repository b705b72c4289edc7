"""Register rows with a fuse: a correction that finds other cells than it expects, or a row that matches nothing, is refused."""

import dataclasses
from typing import Any

import polars as pl
import pytest

from transforms.errors import RegisterError
from transforms.harmonise import Harmonised, Registers, harmonise
from transforms.harmonise.corrections import apply_corrections
from transforms.harmonise.registers import Correction
from transforms.sources.registry import Source

from .misprints import CELL, altered, one
from .places import HO, NRM, ONS


@pytest.mark.full
def test_the_typo_date_without_its_correction_is_no_period(
    published_cells: pl.DataFrame, sources: dict[str, Source], registers: Registers
) -> None:
    result = harmonise(published_cells, sources, dataclasses.replace(registers, corrections=()))
    assert result.unmatched.group_by("source_id", "what", "text").len().rows() == [(HO, "period", "30-12-2017", 44)]
    assert result.excluded.filter(pl.col("period_text") == "30-12-2017").height == 3  # bodies that record fraud


def test_the_correction_of_the_typo_date_is_told_on_every_cell(harmonised: Harmonised) -> None:
    corrected = pl.concat(
        [
            harmonised.observations.filter(pl.col("correction_id") == "rolling-2017-12-typo").select(CELL),
            harmonised.excluded.filter(pl.col("period_text") == "30-12-2017").select(CELL),
        ]
    )
    assert corrected.height == 47
    ends = harmonised.observations.filter(pl.col("correction_id") == "rolling-2017-12-typo")["period_end"].unique()
    assert [str(end) for end in ends] == ["2017-12-31"]


def correction(**changes: Any) -> Correction:
    """The known wrong pair of a published sheet, as the corrections register would say it."""
    values: dict[str, Any] = {
        "id": "wrong-pair",
        "source_id": ONS,
        "match": {"area_code_text": ("E12000006",), "area_text": ("East Midlands",)},
        "set": {"area_text": "East"},
        "expect_cells": 1,
        "reason": "synthetic",
    }
    return Correction(**{**values, **changes})


@pytest.mark.full
def test_a_correction_repairs_a_wrong_pair_and_what_was_printed_stays(
    published_cells: pl.DataFrame, sources: dict[str, Source], registers: Registers
) -> None:
    where = one(published_cells, ONS, "ye-mar-2019", "East ", "Drug offences")
    cells = altered(published_cells, where, area_text="East Midlands")
    corrected = dataclasses.replace(registers, corrections=(*registers.corrections, correction()))
    result = harmonise(cells, sources, corrected)
    assert result.unmatched.is_empty()
    row = result.observations.filter(pl.col("correction_id") == "wrong-pair").row(0, named=True)
    assert (row["area_id"], row["area_text"]) == ("E12000006", "East Midlands")


@pytest.mark.full
def test_a_corrected_value_is_used_and_the_printed_one_kept(
    published_cells: pl.DataFrame, sources: dict[str, Source], registers: Registers
) -> None:
    where = one(published_cells, ONS, "ye-mar-2019", "Norfolk", "Drug offences")
    cells = altered(published_cells, where, value_text="2421 p")
    repair = correction(match={"value_text": ("2421 p",)}, set={"value_text": "2421"})
    result = harmonise(cells, sources, dataclasses.replace(registers, corrections=(*registers.corrections, repair)))
    row = result.observations.filter(pl.col("correction_id") == "wrong-pair").row(0, named=True)
    assert (row["value"], row["value_text"]) == (2421.0, "2421 p")


@pytest.mark.parametrize(("expected", "found"), [(46, 47), (48, 47), (0, 47)])
def test_a_correction_that_finds_another_number_of_cells_blows(
    expected: int, found: int, published_cells: pl.DataFrame, sources: dict[str, Source], registers: Registers
) -> None:
    (typo,) = (each for each in registers.corrections if each.id == "rolling-2017-12-typo")
    wrong = dataclasses.replace(registers, corrections=(dataclasses.replace(typo, expect_cells=expected),))
    message = f"{HO}: correction rolling-2017-12-typo expects {expected} cells and finds {found}"
    with pytest.raises(RegisterError, match=message):
        harmonise(published_cells, sources, wrong)


def test_a_dead_correction_blows(
    published_cells: pl.DataFrame, sources: dict[str, Source], registers: Registers
) -> None:
    dead = dataclasses.replace(registers, corrections=(*registers.corrections, correction()))
    with pytest.raises(RegisterError, match="correction wrong-pair expects 1 cells and finds 0"):
        harmonise(published_cells, sources, dead)


def test_every_correction_is_about_one_edition_so_that_its_file_can_be_judged_by_itself(
    published_cells: pl.DataFrame, registers: Registers
) -> None:
    corrected = apply_corrections(published_cells, registers.corrections, settled=()).drop_nulls("correction_id")
    editions = corrected.group_by("correction_id").agg(pl.col("edition_id").unique())
    assert editions.filter(pl.col("edition_id").list.len() > 1)["correction_id"].to_list() == []


def test_a_correction_touches_no_other_source(published_cells: pl.DataFrame) -> None:
    """Four sources print drug offences in Norfolk, one of them arrests for these; the correction belongs to one."""
    texts = {"area_text": "Norfolk", "measure_text": "Drug offences"}
    figures = published_cells.filter(pl.col("kind") == "figure")
    alike = figures.filter(**texts)
    assert set(alike["source_id"]) == {ONS, HO, "ho_arrests_tables", "ons_pfa_september"}
    of_ons = alike.filter(source_id=ONS).height
    match = {column: (text,) for column, text in texts.items()}
    corrected = apply_corrections(figures, [correction(match=match, set={"value_text": "1"}, expect_cells=of_ons)])
    assert corrected.filter(correction_id="wrong-pair")["source_id"].to_list() == [ONS] * of_ons
    assert corrected.filter(source_id=HO).drop("correction_id").equals(figures.filter(source_id=HO))


DEAD_ROWS = {
    "area_names": (
        {"area_id": "E23000024", "name": "Norfolkshire", "name_type": "as_published", "source_id": ONS},
        "ons_pfa_tables: Norfolkshire",
    ),
    "exclusions": (
        {"exclusion_id": "nrm-jersey", "source_id": NRM, "column": "area_text", "pattern": "jersey"},
        "nrm-jersey",
    ),
    "measure_labels": (
        {"source_id": ONS, "table_pattern": "table p9", "measure_pattern": "robbery", "measure_id": "drug_offences"},
        "ons_pfa_tables robbery",
    ),
    "sentinels": ({"source_id": HO, "value_text": "[z]", "status": "not_available"}, "ho_recorded_crime_rolling [z]"),
}


@pytest.mark.full
@pytest.mark.parametrize(
    ("register", "row", "named"), [(name, *case) for name, case in DEAD_ROWS.items()], ids=DEAD_ROWS
)
def test_a_row_that_matches_nothing_is_refused(
    register: str,
    row: dict[str, str],
    named: str,
    published_cells: pl.DataFrame,
    sources: dict[str, Source],
    registers: Registers,
) -> None:
    frame: pl.DataFrame = getattr(registers, register)
    added = pl.concat([frame, pl.DataFrame({column: [row.get(column, "")] for column in frame.columns})])
    changed: dict[str, Any] = {register: added}
    with pytest.raises(RegisterError) as error:
        harmonise(published_cells, sources, dataclasses.replace(registers, **changed))
    assert f"data/registers/{register}.csv: {named}" in str(error.value)


def test_a_dead_name_that_people_use_is_alive(registers: Registers) -> None:
    """Names for look-ups need no cell: 'the Met' is printed in no table."""
    assert "the Met" in registers.area_names.filter(pl.col("name_type") == "everyday")["name"].to_list()
