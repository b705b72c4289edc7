"""Headlines beside neighbours, similar areas, the region, and England and Wales: the published figures, looked up one by one."""

import polars as pl
import pytest

from reports.document import Document, Number, Paragraph, Table
from reports.numbers import ReportData
from reports.products import products
from tests.reports.reading import table
from transforms.comparability import GROUPS
from transforms.contracts import validate
from transforms.contracts.tables import BESIDE

pytestmark = pytest.mark.full

NORFOLK, CITY, NATION = "E23000024", "E23000034", "K04000001"
NEIGHBOURS = ("E23000020", "E23000023", "E23000025")


@pytest.fixture(scope="module")
def norfolk(report_data: ReportData) -> Document:
    return products.force(report_data, NORFOLK)


def sentences(document: Document) -> str:
    paragraphs = [str(run) for block in document.blocks if isinstance(block, Paragraph) for run in block.prose]
    return " ".join([*paragraphs, table(document, "table-beside").source_note])


def test_the_table_keeps_its_contract_and_has_every_group_of_every_headline(report_data: ReportData) -> None:
    held = report_data.beside
    assert validate(held, BESIDE).failures == ()
    of_norfolk = held.filter(area_id=NORFOLK)
    assert len(of_norfolk) == 4 * len(report_data.profile.filter(area_id=NORFOLK))
    assert set(of_norfolk["group"]) == set(GROUPS)


def test_neighbours_have_the_lowest_and_highest_of_their_own_rates(report_data: ReportData) -> None:
    """Looked up in out/indicators by period, without the table that is tested."""
    own = report_data.profile.filter(area_id=NORFOLK, measure_id="drug_offences").row(0, named=True)
    rates = [
        row["value"]
        for area_id in NEIGHBOURS
        if (row := report_data.number("drug_offences", area_id, own["period_start"], own["period_end"]))
    ]
    (found,) = report_data.beside.filter(area_id=NORFOLK, measure_id="drug_offences", group="neighbours").to_dicts()
    assert (found["lowest"], found["highest"], found["rated"]) == (min(rates), max(rates), 3)
    assert (found["grade"], found["others"]) == ("A", "; ".join(NEIGHBOURS))


def test_the_region_and_the_nation_are_another_kind_of_area_and_so_adjusted(report_data: ReportData) -> None:
    of_norfolk = report_data.beside.filter(area_id=NORFOLK, measure_id="drug_offences")
    grades = dict(of_norfolk.select("group", "grade").iter_rows())
    assert grades == {"neighbours": "A", "similar": "A", "region": "B", "nation": "B"}


def test_what_may_not_be_compared_is_not_among_the_rates(report_data: ReportData) -> None:
    refused = report_data.beside.filter(pl.col("grade").is_null())
    assert refused["rated"].sum() == 0
    assert report_data.beside.filter(pl.col("rated") == 0)["lowest"].null_count() == len(
        report_data.beside.filter(pl.col("rated") == 0)
    )


def test_a_report_on_a_force_has_a_short_table_and_says_who_the_others_are(norfolk: Document) -> None:
    beside = table(norfolk, "table-beside")
    assert isinstance(beside, Table)
    assert [column.header for column in beside.columns[2:]] == [
        "Norfolk",
        "Neighbours",
        "Similar",
        "Region",
        "England and Wales",
    ]
    first = beside.rows[0]
    assert isinstance(first[2], Number)
    assert str(first[3]).endswith(" A")
    assert str(first[5]).endswith(" B")
    said = sentences(norfolk)
    assert "Neighbours: Lincolnshire, Cambridgeshire and Suffolk." in said
    assert "These are not the groups of most similar forces that HMICFRS uses." in said
    assert "when one characteristic is left out" in said


def test_a_force_to_which_none_is_similar_says_so(report_data: ReportData) -> None:
    city = products.force(report_data, CITY)
    assert "No police force area is called similar" in sentences(city)
    assert "Neighbour: Metropolitan Police." in sentences(city)


def test_other_reports_have_no_such_section(report_data: ReportData) -> None:
    assert "table-beside" not in {
        block.anchor for block in products.national(report_data).blocks if isinstance(block, Table)
    }


def test_a_report_on_a_force_has_its_districts_and_others_have_none(report_data: ReportData, norfolk: Document) -> None:
    places = table(norfolk, "table-districts")
    lynn = next(
        row
        for row in places.rows
        if row[:2] == ("King's Lynn and West Norfolk", "Drug offences recorded by the police")
    )
    assert lynn[2:] == ("year to Jun 2025", "430", "2.8 per 1,000 (2.5 to 3.0)", "155,758")
    assert "has no population of its own and so no rate" in places.source_note
    anchors = {block.anchor for block in products.region(report_data, "E12000006").blocks if isinstance(block, Table)}
    assert "table-districts" not in anchors
