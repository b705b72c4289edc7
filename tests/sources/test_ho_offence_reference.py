"""Offence codes: a synthetic cut with the original's warts, the look-up made of it, and the original where it is at hand."""

import polars as pl
import pytest

from transforms.errors import LayoutError, RegisterError
from transforms.harmonise.offences import offence_codes
from transforms.sources.grid import Parsed
from transforms.sources.ho_offence_reference import parse
from transforms.sources.registry import load_source

from .accounting import assert_nothing_lost
from .workbooks import DATA, FIXTURES, csv_bytes, one, original, read_rows

FILE = FIXTURES / "ho_offence_reference" / "undated.csv"
(EDITION,) = load_source(DATA, "ho_offence_reference").editions


def parsed(rows: list[list[str]] | None = None) -> Parsed:
    return parse(csv_bytes(rows or read_rows(FILE)), EDITION, DATA)


def codes(rows: list[list[str]] | None = None) -> dict[str, dict[str, object]]:
    return {row["offence_code"]: row for row in offence_codes(parsed(rows).cells).iter_rows(named=True)}


def test_every_row_is_cells_or_left_out_and_the_footnote_is_a_note() -> None:
    result = parsed()
    assert_nothing_lost(result, "ho_offence_reference")
    note = one(result.cells, kind="note")
    assert (note["cell"], note["measure_text"]) == ("A14", "*")
    assert note["value_text"] == "These offences are younger (synthetic footnote)"


def test_words_keep_their_blanks_in_the_cells_and_lose_them_in_the_look_up() -> None:
    assert parsed().cells["value_text"].str.ends_with("   ").sum() == 2
    assert str(codes()["8H"]["description"]).endswith("without intent")


def test_codes_are_text_and_a_code_that_stands_twice_is_one() -> None:
    assert list(codes()) == ["1", "1/4.1/4.2", "4.1", "4.10", "8H", "8Q", "106", "92A", "92B", "92C"]
    assert codes()["4.1"]["description"] == "Manslaughter"
    assert codes()["4.10"]["description"] == "Corporate manslaughter"


def test_a_starred_code_is_young_and_has_no_old_group() -> None:
    assert [code for code, row in codes().items() if row["after_march_2013"]] == ["8Q", "106"]
    assert codes()["106"]["old_group"] is None


def test_other_drug_offences_stand_under_possession() -> None:
    assert [codes()[code]["sub_group"] for code in ("92A", "92B", "92C")] == [
        "Trafficking of drugs",
        "Possession of drugs",
        "Possession of drugs",
    ]


def test_a_code_with_two_meanings_is_refused() -> None:
    rows = read_rows(FILE)
    rows[6][5] = "Violence without injury"
    with pytest.raises(RegisterError, match="the offence code 8H has two meanings"):
        codes(rows)


def test_stars_without_their_footnote_are_refused() -> None:
    with pytest.raises(LayoutError, match="cell A8: the code is starred but no footnote says why"):
        parsed(read_rows(FILE)[:-1])


def test_a_code_without_words_is_refused() -> None:
    rows = read_rows(FILE)
    rows[9][1:] = [""] * 5
    with pytest.raises(LayoutError, match="cell A10: '92A' has no words beside it and is no footnote"):
        parsed(rows)


def test_words_without_a_code_are_refused() -> None:
    rows = read_rows(FILE)
    rows[9][0] = ""
    with pytest.raises(LayoutError, match="cell A10: the offence code is blank"):
        parsed(rows)


def test_the_original() -> None:
    result = parse(original(EDITION).read_bytes(), EDITION, DATA)
    assert_nothing_lost(result, "ho_offence_reference")
    assert result.rows_read == 198
    table = offence_codes(result.cells)
    assert table.height == 186
    assert table["after_march_2013"].sum() == 5
    assert table.filter(pl.col("group") == "Drug offences")["offence_code"].to_list() == [
        "92A",
        "92B",
        "92C",
        "92D",
        "92E",
    ]
