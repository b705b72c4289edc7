"""The search of the index: a reader who knows a district, a nickname or a region finds the report that covers it."""

import polars as pl
import pytest

from reports.document import Callout, Figure, Heading, Link, Links, Page, Paragraph, Places
from reports.numbers import ReportData
from reports.products import locality, pages, site
from reports.products.places import places
from reports.render import render_page
from reports.wording import plain
from transforms.harmonise import Registers


@pytest.mark.parametrize(
    ("place", "address"),
    [
        ("King's Lynn and West Norfolk", "norfolk.html#locality-e07000146"),
        ("Norfolk", "norfolk.html"),
        ("Norfolk Constabulary", "norfolk.html"),
        ("Hackney", "metropolitan.html"),
        ("Hartlepool", "cleveland.html"),
        ("East of England", "region-east-of-england.html"),
        ("Tarian policing region", "policing-region-tarian.html"),
        ("England and Wales", "england-and-wales.html"),
    ],
)
def test_a_place_leads_to_its_report(registers: Registers, place: str, address: str) -> None:
    assert address in {found for name, found, _ in places(registers).items if name == place}


def test_a_name_of_a_force_and_a_region_leads_to_both(registers: Registers) -> None:
    found = {address: report for name, address, report in places(registers).items if name == "West Midlands"}
    assert found == {"west-midlands.html": "West Midlands", "region-west-midlands.html": "West Midlands (region)"}


def test_every_local_authority_with_a_force_is_listed_once_and_in_order(registers: Registers) -> None:
    listed = places(registers).items
    authorities = registers.local_authorities.filter(pl.col("police_force_area_id").is_not_null())["name"]
    names = [name.casefold() for name, _, _ in listed]
    assert {name.casefold().replace("&", "and") for name in authorities} <= {name.replace("&", "and") for name in names}
    assert len(set(listed)) == len(listed)
    assert names.index("allerdale") < names.index("norfolk") < names.index("york")


def test_without_a_script_the_whole_list_is_on_the_page_and_the_box_is_not(registers: Registers) -> None:
    page = render_page(Page("synthetic", "Synthetic", "", "0", "", (places(registers),), home=None))
    assert '<form class="finder" role="search" hidden>' in page
    assert page.count("<li>") == len(places(registers).items)
    assert "src=" not in page
    assert "fetch(" not in page


def test_the_index_says_what_is_new_and_where_the_newest_figures_come_from(
    report_data: ReportData, registers: Registers
) -> None:
    blocks = site.index(report_data, places(registers)).blocks
    lists = {block.title: block for block in blocks if isinstance(block, Links)}
    newest = lists["The newest figures"]
    paragraphs = [run for block in blocks if isinstance(block, Paragraph) for run in block.prose]
    addresses = [run.address for run in paragraphs if isinstance(run, Link)]
    assert addresses[:2] == ["what-changed.html", "what-changed.pdf"]
    titles = [text for text, _, _ in newest.items]
    assert len(titles) == len(set(titles)) == 3
    anchors = {
        f"methods.html#{block.anchor}"
        for block in pages.methods(report_data, report_data.sources).blocks
        if isinstance(block, Heading)
    }
    assert {href for _, href, _ in newest.items} <= anchors


def test_the_index_says_three_things_that_changed_then_has_the_map_then_the_search(
    report_data: ReportData, registers: Registers
) -> None:
    blocks = site.index(report_data, places(registers)).blocks
    order = [
        next(place for place, block in enumerate(blocks) if isinstance(block, kind))
        for kind in (Callout, Figure, Places)
    ]
    assert order == sorted(order)
    (changed,) = (block for block in blocks if isinstance(block, Callout))
    assert changed.title == "Three things that changed in England and Wales"
    said = [plain(point) for point in changed.points]
    assert [words.split(":")[0] for words in said] == [
        *("Drug offences", "Drug trafficking offences", "Modern slavery offences"),
    ]
    assert all("Up " in words or "Down " in words for words in said)


def test_each_measure_has_its_map_on_one_page_that_leads_to_the_others(
    report_data: ReportData, registers: Registers
) -> None:
    drawn = [site.index(report_data, places(registers)), *site.maps(report_data)]
    assert [page.slug for page in drawn] == ["index", *(slug for _, slug in site.MAPS)]
    for page in drawn:
        assert sum(isinstance(block, Figure) for block in page.blocks) == 1
        choice = next(block for block in page.blocks if isinstance(block, Paragraph) and block.prose[0] == "Maps: ")
        addresses = [run.address.split("#")[0] for run in choice.prose if isinstance(run, Link)]
        assert addresses == [f"{other.slug}.html" for other in drawn if other is not page]


def test_a_district_with_a_section_of_its_own_leads_there(report_data: ReportData, registers: Registers) -> None:
    found = {name: address for name, address, _ in places(registers).items}
    assert found["King's Lynn and West Norfolk"] == "norfolk.html#locality-e07000146"
    anchors = [block.anchor for block in locality.localities(report_data, "E23000024") if isinstance(block, Heading)]
    assert "locality-e07000146" in anchors
    assert found["Breckland"] == "norfolk.html"
