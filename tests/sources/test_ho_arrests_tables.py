"""Arrests by police force, workbooks: a synthetic one with marks glued to names and years, and facts of the cells that are kept."""

from pathlib import Path

import polars as pl
import pytest

from transforms.errors import LayoutError
from transforms.harmonise import Harmonised
from transforms.sources.grid import Parsed
from transforms.sources.ho_arrests_tables import parse
from transforms.sources.published import read_cells
from transforms.sources.registry import Source, load_source

from .accounting import assert_nothing_lost
from .landing_folders import found, put, register
from .open_documents import ods_bytes
from .workbooks import DATA, Sheets

__all__ = ["register"]

SOURCE = load_source(DATA, "ho_arrests_tables")
(EDITION,) = SOURCE.editions
_GROUPS = [
    *("Violence against the person", "Possession of weapons offences", "Sexual offences", "Robbery", "Theft offences"),
    *("Fraud offences", "Criminal damage and arson", "Drug offences"),
]
BY_FORCE = "A.07:   Number of persons of all ages arrested for notifiable offences by police force area and offence group, 2018/191"
BY_SEX = "A.02:   Persons arrested for notifiable offences by type of offence and sex, 2018/191, 2"
NOTE = "1.  All tables exclude Lancashire."


def row(name: str, drugs: str) -> list[str]:
    return [name, *["9"] * 8, drugs, "9", "9"]


def sheets(year: str = "2018/191") -> Sheets:
    return {
        "Index": [["Arrest statistics"]],
        "A_02": [
            [BY_SEX.replace("2018/191", year)],
            [],
            ["Numbers (thousands)", *[""] * 10, "England and Wales"],
            ["Sex and Year", "Total", *_GROUPS, "Public order offences", "Misc crimes against society"],
            [],
            ["Males"],
            row("2018/19", "5"),
            [],
            ["All Persons"],
            row("2015/163, 4", "8"),
            row("2018/19", "7"),
            ["Source: synthetic"],
            [],
            ["Notes"],
            [NOTE],
        ],
        "A_07": [
            [BY_FORCE.replace("2018/191", year)],
            [],
            ["Numbers", *[""] * 10, "England and Wales"],
            [
                "Police Force Area",
                "Total number of arrests",
                *_GROUPS,
                "Public order offences2",
                "Misc. crimes against society2",
            ],
            [],
            row("Cumbria", "3"),
            ["Lancashire1", *[".."] * 11],
            row("North West Region", "3"),
            [],
            row("Norfolk", "4"),
            [],
            row("ENGLAND AND WALES", "7"),
            ["Source: synthetic"],
            [],
            ["Notes"],
            ["' .. ' = Data not available"],
            [NOTE],
        ],
    }


def parsed(of: Sheets) -> Parsed:
    return parse(ods_bytes(of), EDITION, DATA)


def test_marks_stay_on_names_and_are_taken_off_years() -> None:
    result = parsed(sheets())
    assert_nothing_lost(result, SOURCE.id)
    figures = result.cells.filter(kind="figure")
    assert figures.select("table", "cell", "area_text", "measure_text", "period_text", "value_text").rows() == [
        ("A_07", "J6", "Cumbria", "Drug offences", "2018/19", "3"),
        ("A_07", "J7", "Lancashire1", "Drug offences", "2018/19", ".."),
        ("A_07", "J8", "North West Region", "Drug offences", "2018/19", "3"),
        ("A_07", "J10", "Norfolk", "Drug offences", "2018/19", "4"),
        ("A_07", "J12", "ENGLAND AND WALES", "Drug offences", "2018/19", "7"),
        ("A_02", "J10", "England and Wales", "Drug offences", "2015/16", "8"),
        ("A_02", "J11", "England and Wales", "Drug offences", "2018/19", "7"),
    ]
    notes = result.cells.filter(kind="note").select("table", "measure_text", "value_text").rows()
    assert notes == [("A_07", "1", "All tables exclude Lancashire."), ("A_02", "1", "All tables exclude Lancashire.")]


def test_a_table_cut_short_is_refused() -> None:
    cut = {**sheets(), "A_07": sheets()["A_07"][:10]}
    with pytest.raises(LayoutError, match="no row 'ENGLAND AND WALES' stands where the layout expects one"):
        parsed(cut)


def test_a_workbook_of_another_year_is_not_taken_for_the_edition() -> None:
    with pytest.raises(LayoutError, match="its title says 2019/20 where the edition is of 2018/19"):
        parsed(sheets("2019/201"))


def test_a_workbook_says_its_year_in_its_title(tmp_path: Path, register: dict[str, Source]) -> None:
    put(tmp_path, "a.ods", ods_bytes(sheets()))
    put(tmp_path, "b.ods", ods_bytes({**sheets(), "A_07": sheets("2019/201")["A_07"]}))
    files = found(tmp_path, register)
    assert [(name, [each.id for each in file.editions]) for name, file in sorted(files.items())] == [
        ("a.ods", ["2018-19-tables"]),
        ("b.ods", []),
    ]
    assert "its title says 2018/19 where the edition is of 2019/20" in str(files["b.ods"].reason)


def test_kept_cells_say_what_the_workbook_prints() -> None:
    kept = read_cells(SOURCE, DATA).filter(kind="figure")
    by_force = dict(kept.filter(table="A_07").select("area_text", "value_text").rows())
    assert len(by_force) == 43 + 9 + 3
    assert {
        name: by_force[name]
        for name in ("Norfolk", "Lancashire1", "Merseyside", "ENGLAND", "WALES", "ENGLAND AND WALES")
    } == {
        **{"Norfolk": "1127", "Lancashire1": "..", "Merseyside": "3259"},
        **{"ENGLAND": "61989", "WALES": "4222", "ENGLAND AND WALES": "66211"},
    }
    years = kept.filter(table="A_02").select("period_text", "value_text").rows()
    assert years == [("2015/16", "73492"), ("2016/17", "65778"), ("2017/18", "61838"), ("2018/19", "66211")]


def test_england_and_wales_is_its_forces_without_lancashire(harmonised: Harmonised, indicators: pl.DataFrame) -> None:
    of_edition = pl.col("edition_id") == "2018-19-tables"
    nation = indicators.row(by_predicate=of_edition & (pl.col("area_id") == "K04000001"), named=True)
    assert (nation["numerator"], nation["coverage"]) == (66_211, "partial")
    assert nation["coverage_note"].startswith("leaves out Lancashire: no figure held")
    lancashire = harmonised.notes.filter(of_edition, area_id="E23000003")["text"].to_list()
    assert len(lancashire) == 1
    assert "unable to provide complete arrests data" in lancashire[0]
