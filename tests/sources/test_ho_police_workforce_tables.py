"""Police officers by force: synthetic cuts of two workbooks with the originals' warts, and the originals where they are at hand."""

import re

import polars as pl
import pytest

from transforms.errors import LayoutError
from transforms.sources.grid import Parsed
from transforms.sources.ho_police_workforce_tables import edition_in, parse
from transforms.sources.registry import Edition, load_source

from .accounting import assert_nothing_lost
from .workbooks import DATA, FIXTURES, Sheets, one, original, read_sheets, row_of, workbook_bytes

SOURCE = "ho_police_workforce_tables"
EDITIONS = {edition.id: edition for edition in load_source(DATA, SOURCE).editions}


def sheets(edition_id: str) -> Sheets:
    return read_sheets(FIXTURES / SOURCE / edition_id)


def parsed(edition_id: str, changed: Sheets | None = None) -> Parsed:
    return parse(workbook_bytes(changed or sheets(edition_id)), EDITIONS[edition_id], DATA)


@pytest.mark.parametrize("edition_id", ["30-sep-2015", "30-sep-2019"])
def test_every_row_is_a_cell_or_left_out_with_a_reason(edition_id: str) -> None:
    assert_nothing_lost(parsed(edition_id), SOURCE)


def test_a_cell_says_its_unit_and_day_as_stored() -> None:
    cell = one(parsed("30-sep-2015").cells, area_text="Norfolk", period_text="2015-03-31 00:00:00")
    assert (cell["table"], cell["cell"], cell["value_text"]) == ("Table_1", "C15", "301.25")
    assert cell["breakdown_text"] == "Full-time equivalents"


def test_a_region_and_a_force_of_one_name_are_told_apart() -> None:
    result = parsed("30-sep-2015")
    west_midlands = result.cells.filter(pl.col("area_text").str.strip_chars() == "West Midlands")
    assert west_midlands["cell"].to_list() == ["B13", "C13", "D13"]
    assert dict(result.left_out.iter_rows())["region, the sum of the forces below it"] == 10


def test_a_region_that_lost_its_blank_is_refused() -> None:
    changed = sheets("30-sep-2015")
    table = changed["Table_1"]
    table[row_of(table, "West Midlands ", 0)][0] = "West Midlands"
    with pytest.raises(LayoutError, match="cell A13: the name 'West Midlands' stands twice"):
        parsed("30-sep-2015", changed)
    table[row_of(table, "Eastern ", 0)][0] = "East of England"
    table.pop(row_of(table, "West Midlands", 0))
    with pytest.raises(LayoutError, match="no row has the name 'West Midlands ', 'Eastern '"):
        parsed("30-sep-2015", changed)


def test_a_table_is_found_by_its_title_whatever_its_number() -> None:
    changed = sheets("30-sep-2019")
    moved = {"Index": changed["Index"], "Table_1": changed["Table_2"], "Table_9": changed["Table_1"]}
    result = parsed("30-sep-2019", {**moved, "Table_7": changed["Table_7"]})
    assert result.cells.select("table", "breakdown_text").unique().sort("table").rows() == [
        ("Table_7", "Headcount"),
        ("Table_9", "Full-time equivalents"),
    ]


def test_a_workbook_of_another_day_is_refused() -> None:
    changed = sheets("30-sep-2019")
    changed["Table_1"][0][0] = changed["Table_1"][0][0].replace("2019 (FTE)", "2020 (FTE)")
    with pytest.raises(LayoutError, match=r"30-sep-2019.*0 sheets have the title 'Table 1.*2019 \(FTE\)' in A1"):
        parsed("30-sep-2019", changed)


def test_a_unit_that_is_not_expected_is_refused() -> None:
    changed = sheets("30-sep-2019")
    changed["Table_7"][2][4] = "Full-time equivalents"
    with pytest.raises(LayoutError, match=r"cell E3: found the unit 'Full-time equivalents' where .* 'Headcount'"):
        parsed("30-sep-2019", changed)


def test_a_table_cut_short_is_refused() -> None:
    changed = sheets("30-sep-2015")
    table = changed["Table_1"]
    changed["Table_1"] = table[: row_of(table, "Total", 0)]
    with pytest.raises(LayoutError, match="found 0 rows 'Total' where the layout expects one"):
        parsed("30-sep-2015", changed)


def test_a_force_without_a_figure_is_refused() -> None:
    changed = sheets("30-sep-2015")
    changed["Table_1"][row_of(changed["Table_1"], "Norfolk", 0)][3] = ""
    with pytest.raises(LayoutError, match="cell D15: the label is blank"):
        parsed("30-sep-2015", changed)


def test_footnotes_are_notes_with_their_mark() -> None:
    notes = parsed("30-sep-2015").cells.filter(pl.col("kind") == "note")
    assert notes.select("cell", "measure_text", "value_text").rows() == [
        ("A30", "2", "Figures of one force were taken later (synthetic footnote).")
    ]


@pytest.mark.full
def test_the_originals_add_up_and_hold_the_days_of_their_titles() -> None:
    results = {key: parse(original(edition).read_bytes(), edition, DATA) for key, edition in EDITIONS.items()}
    for result in results.values():
        assert_nothing_lost(result, SOURCE)
    cells = pl.concat(result.cells for result in results.values()).filter(pl.col("kind") == "figure")
    named = cells.with_columns(pl.col("value_text").cast(pl.Float64).alias("value"))
    below = ["Total 43 forces", "Central Service Secondments", "British Transport Police", "Total"]
    key = ["edition_id", "table", "period_text"]
    forces = named.filter(~pl.col("area_text").is_in(below)).group_by(key).agg(pl.len(), pl.sum("value"))
    printed = named.filter(pl.col("area_text") == "Total 43 forces").select(*key, pl.col("value").alias("printed"))
    compared = forces.join(printed, on=key)
    assert compared.height == 14
    assert (compared["len"] == 43).all()
    assert ((compared["value"] - compared["printed"]).abs() < 0.001).all()
    newest = named.filter(pl.col("edition_id") == "30-sep-2017")["period_text"].max()
    assert newest == "2017-09-30 00:00:00"
    revised = printed.filter(pl.col("period_text") == "2018-09-30 00:00:00").sort("edition_id")["printed"].round(2)
    assert revised.to_list() == [122395.45, 122406.45]


def years_later(sheets: Sheets, years: int) -> Sheets:
    """The same figures, of days so many years later; the titles' months of changes too."""

    def moved(text: str) -> str:
        text = re.sub(r"(September |March |^)(20\d\d)", lambda found: f"{found[1]}{int(found[2]) + years}", text)
        return re.sub(r"\b(Sep|Mar)-(\d\d)\b", lambda found: f"{found[1]}-{int(found[2]) + years}", text)

    return {name: [[moved(text) for text in row] for row in rows] for name, rows in sheets.items()}


@pytest.mark.parametrize(
    ("described", "years", "edition_id"), [("30-sep-2015", 1, "30-sep-2016"), ("30-sep-2019", 1, "30-sep-2020")]
)
def test_an_edition_of_other_days_is_read_as_the_one_that_it_is_like(
    described: str, years: int, edition_id: str
) -> None:
    content = workbook_bytes(years_later(sheets(described), years))
    source = load_source(DATA, SOURCE)
    edition = edition_in(content, source, "tables.ods", DATA)
    assert isinstance(edition, Edition)
    assert (edition.id, edition.layout_of, edition.vintage) == (edition_id, described, f"{int(edition_id[-4:]) + 1}-01")
    cells, known = parse(content, edition, DATA).cells, parsed(described).cells
    assert cells["value_text"].to_list() == known["value_text"].to_list()
    days = [f"{int(day[:4]) + years}{day[4:]}" for day in known["period_text"].drop_nulls().unique().sort()]
    assert cells["period_text"].drop_nulls().unique().sort().to_list() == days
    labels = pl.Series(cells["measure_text"].drop_nulls().unique().sort())
    assert labels.str.contains(str(int(edition_id[-4:]))).any()


def test_an_edition_whose_columns_are_of_other_days_than_its_title_is_refused() -> None:
    changed = years_later(sheets("30-sep-2015"), 1)
    table = changed["Table_1"]
    table[0][0] = table[0][0].replace("31 March 2016", "31 March 2015")
    source = load_source(DATA, SOURCE)
    edition = edition_in(workbook_bytes(changed), source, "tables.ods", DATA)
    assert isinstance(edition, Edition)
    with pytest.raises(
        LayoutError, match=r"30-sep-2016, table 'Table_1': the columns are of .* gives other days; .* add the rows"
    ):
        parse(workbook_bytes(changed), edition, DATA)


def test_a_workbook_of_officers_in_other_words_is_named_with_the_row_to_add() -> None:
    changed = sheets("30-sep-2015")
    changed["Table_1"][0][0] = "Table 1: Police officers by police force area and rank, 30 September 2016"
    reason = edition_in(workbook_bytes(changed), load_source(DATA, SOURCE), "tables.ods", DATA)
    assert "it is a workbook of ho_police_workforce_tables" in str(reason)
    assert "add the rows of this edition to data/layouts/ho_police_workforce_tables.csv" in str(reason)
