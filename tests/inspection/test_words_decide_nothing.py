"""Words are for people: whatever labels, titles and notes say, no number, grade or status is another one."""

import csv
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

import polars as pl
import pytest

from tests.inspection.boards import scoreboard_of
from transforms import indicators as formulas
from transforms.errors import RegisterError
from transforms.harmonise import Harmonised, harmonise, load_registers
from transforms.harmonise.registers import areas_frame
from transforms.indicators import plausibility
from transforms.inspection import load_findings
from transforms.inspection.scoreboard import Found
from transforms.sources.registry import Source

# Columns that a register has for people to read. Names of areas are not among them: cells are matched by what publishers call places.
FOR_PEOPLE: Final = {
    "adjustments": ("name", "formula"),
    "area_members": ("evidence",),
    "area_names": ("evidence",),
    "areas": ("note", "tile_label"),
    "breaks": ("label", "in_words", "evidence"),
    "claims": ("said_by", "words", "evidence"),
    "class_a_supply_subcodes": ("evidence",),
    "coverage_gaps": ("reason", "evidence"),
    "definitions": ("term", "body", "says"),
    "doubtful_figures": ("warning", "evidence"),
    "elsewhere": ("evidence",),
    "exclusions": ("reason", "evidence"),
    "finding_indicators": ("indicator", "why_not"),
    "findings": ("finding", "theme", "owner", "recommendation"),
    "incident_districts": ("evidence",),
    "incident_labels": ("evidence",),
    "incident_supply": ("evidence",),
    "inspection_cycles": ("note",),
    "local_authorities": ("evidence",),
    "local_authority_differences": ("reason",),
    "localities": ("evidence",),
    "land_areas": ("evidence",),
    "measures": ("name", "unit_singular", "unit_plural"),
    "neighbours": ("evidence",),
    "partnerships": ("evidence",),
    "sentinels": ("meaning",),
    "source_quality": ("evidence",),
    "stated_facts": ("words", "evidence"),
    "units": ("name",),
}


def reworded(register: Path, columns: tuple[str, ...], words: str) -> None:
    """Every text of these columns of a register with other words."""
    with register.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    with register.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows({**row, **{name: words for name in columns if row[name]}} for row in rows)


def numbers(frame: pl.DataFrame, *also: str) -> pl.DataFrame:
    return frame.select(pl.selectors.numeric() | pl.selectors.boolean() | pl.selectors.by_name(*also))


@pytest.mark.full
@pytest.mark.parametrize("words", ["other words", "of 100, per cent, in twelve months since 2019"])
def test_no_wording_of_a_register_changes_a_number(
    words: str,
    data: Path,
    sources: Mapping[str, Source],
    published_cells: pl.DataFrame,
    harmonised: Harmonised,
    indicators: pl.DataFrame,
    grades: pl.DataFrame,
    scored: Found,
    tmp_path: Path,
) -> None:
    other = tmp_path / "data"
    shutil.copytree(data, other)
    for name, columns in FOR_PEOPLE.items():
        reworded(other / "registers" / f"{name}.csv", columns, words)
    told = {
        source_id: replace(
            source,
            **dict.fromkeys(
                ("title", "summary", "status", "attribution", "format", "geography", "revision_policy"), words
            ),
            editions=tuple(replace(edition, title=words) for edition in source.editions),
        )
        for source_id, source in sources.items()
    }
    registers = load_registers(other)
    again = harmonise(published_cells, told, registers)
    counted = formulas.indicators(
        again.observations,
        areas_frame(registers),
        registers.area_members,
        registers.measures,
        registers.local_authorities,
    )
    computed = formulas.with_doubts(counted, registers.doubtful_figures)
    found = scoreboard_of(told, other, again, computed, grades, registers)
    assert again.observations.equals(harmonised.observations)
    assert computed.drop("coverage_note").equals(indicators.drop("coverage_note"))
    assert numbers(plausibility(computed, again.observations)).equals(
        numbers(plausibility(indicators, harmonised.observations))
    )
    said = ("indicator_id", "status", "says", "grade")
    assert numbers(found.scoreboard, *said).equals(numbers(scored.scoreboard, *said))
    assert numbers(found.comparability, "comparison_id", "grade").equals(
        numbers(scored.comparability, "comparison_id", "grade")
    )


def test_every_register_says_which_of_its_columns_are_for_people(data: Path) -> None:
    """A column called note, evidence or reason is text for people: none is left out of the test above."""
    for register in (data / "registers").glob("*.csv"):
        columns = set(pl.read_csv(register, n_rows=0).columns)
        free = columns & {"note", "evidence", "reason", "words", "in_words", "meaning", "why_not", "title", "says"}
        assert free <= set(FOR_PEOPLE.get(register.stem, ())), register.stem


def test_a_ratio_without_a_scale_is_refused(data: Path, tmp_path: Path) -> None:
    other = tmp_path / "data"
    shutil.copytree(data / "registers", other / "registers")
    reworded(other / "registers" / "finding_indicators.csv", ("scale",), "")
    with pytest.raises(RegisterError, match="I03d, I06e, I08c is a ratio of two cells; say in scale"):
        load_findings(other)
