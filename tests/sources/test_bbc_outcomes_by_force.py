"""Outcomes by force, 2012 to 2016: synthetic cuts of the three tables, and the originals where they are at hand."""

import polars as pl
import pytest

from transforms.errors import LayoutError
from transforms.sources.bbc_outcomes_by_force import parse
from transforms.sources.grid import Parsed
from transforms.sources.registry import load_source

from .accounting import assert_nothing_lost
from .workbooks import DATA, FIXTURES, one, original

SOURCE = "bbc_outcomes_by_force"
EDITIONS = {edition.id: edition for edition in load_source(DATA, SOURCE).editions}
BY_CATEGORY, BY_FORCE, TOTALS = EDITIONS


def content(edition_id: str) -> bytes:
    """The fixture with its lines ended as in the originals: by carriage returns alone."""
    return (FIXTURES / SOURCE / f"{edition_id}.csv").read_bytes().rstrip(b"\n").replace(b"\n", b"\r")


def parsed(edition_id: str) -> Parsed:
    return parse(content(edition_id), EDITIONS[edition_id], DATA)


@pytest.mark.parametrize("edition_id", EDITIONS)
def test_lines_that_end_with_a_carriage_return_are_rows(edition_id: str) -> None:
    assert content(edition_id).count(b"\n") == 0
    result = parsed(edition_id)
    assert_nothing_lost(result, SOURCE)
    assert result.rows_read == content(edition_id).count(b"\r") + 1


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"])
def test_other_line_ends_give_the_same_cells(line_end: bytes) -> None:
    mended = content(BY_CATEGORY).replace(b"\r", line_end)
    assert parse(mended, EDITIONS[BY_CATEGORY], DATA).cells.equals(parsed(BY_CATEGORY).cells)


def test_drug_crimes_are_kept_by_year_and_last_outcome() -> None:
    cells = parsed(BY_CATEGORY).cells
    assert cells["measure_text"].unique().to_list() == ["Drugs | f0_"]
    fined = one(cells, breakdown_text="Offender fined")
    assert (fined["area_text"], fined["period_text"], fined["value_text"]) == ("Norfolk Constabulary", "2013", "12")
    blank = cells.filter(pl.col("breakdown_text").is_null())
    assert blank["value_text"].to_list() == ["8", "7"]


def test_categories_of_both_taxonomies_are_known_and_left_out() -> None:
    assert dict(parsed(BY_CATEGORY).left_out.iter_rows())["label that is not used"] == 15


def test_the_period_of_a_table_that_does_not_print_it_is_the_editions() -> None:
    for edition_id in (BY_FORCE, TOTALS):
        assert parsed(edition_id).cells["period_text"].unique().to_list() == ["2012-2016"]


def test_an_outcome_that_a_force_never_had_is_blank_and_not_zero() -> None:
    cells = parsed(BY_FORCE).cells
    assert one(cells, area_text="Suffolk Constabulary", measure_text="Defendant found not guilty")["value_text"] is None


def test_a_new_category_is_refused() -> None:
    renamed = content(BY_CATEGORY).replace(b"Robbery", b"Extortion")
    with pytest.raises(LayoutError, match="the label 'Extortion' is not in the layout"):
        parse(renamed, EDITIONS[BY_CATEGORY], DATA)


def test_the_originals_agree_with_each_other() -> None:
    results = {key: parse(original(edition).read_bytes(), edition, DATA) for key, edition in EDITIONS.items()}
    assert [results[key].rows_read for key in EDITIONS] == [47578, 46, 27]
    count = pl.col("value_text").cast(pl.Int64).sum()
    by_force = results[BY_FORCE].cells.group_by("measure_text").agg(count).sort("measure_text")
    totals = results[TOTALS].cells.select(
        pl.col("measure_text").str.strip_suffix(" | Total 2012-2016"), pl.col("value_text").cast(pl.Int64)
    )
    assert by_force.equals(totals.sort("measure_text"))
    assert totals["value_text"].sum() == 29343720
    drugs = results[BY_CATEGORY].cells
    assert (drugs.height, drugs.select(count).item()) == (4388, 872751)
    within = drugs.group_by(pl.col("breakdown_text").fill_null("(blank)").alias("measure_text")).agg(count)
    compared = within.join(totals, on="measure_text", how="left", suffix="_of_all")
    assert (compared["value_text"] <= compared["value_text_of_all"]).all()
