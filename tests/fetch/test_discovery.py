import json
import re
import time
from pathlib import Path

import pytest

from tests.fetch.publisher import LIMITS, Answer, Publisher, source_at
from transforms.errors import FetchError, RegisterError
from transforms.sources.fetch.connection import Connection
from transforms.sources.fetch.discovery import FileLink, discover, links_on_page
from transforms.sources.registry import Source, load_sources

DATA = Path(__file__).parents[2] / "data"


def found(source: Source) -> list[FileLink]:
    with Connection(LIMITS) as connection:
        return discover(source, connection)


def test_files_are_found_by_name_and_everything_else_on_the_page_is_ignored(publisher: Publisher) -> None:
    page = publisher.page(
        "/tables", "/media/6a/prc-pfa-tables-230726.ods", "guide.pdf", "/media/6b/prc-csp-tables-230726.ods"
    )
    assert found(source_at(page, r"prc-pfa-tables-\d{6}\.ods")) == [
        FileLink("prc-pfa-tables-230726.ods", f"{publisher.address}/media/6a/prc-pfa-tables-230726.ods")
    ]


def test_a_file_that_is_linked_twice_is_one_file(publisher: Publisher) -> None:
    page = publisher.page("/tables", "/media/6a/tables.xlsx", "/media/6a/tables.xlsx#table-p1")
    assert [link.url for link in found(source_at(page, r"tables\.xlsx"))] == [
        f"{publisher.address}/media/6a/tables.xlsx"
    ]


def test_a_name_at_two_addresses_is_not_guessed_between(publisher: Publisher) -> None:
    page = publisher.page("/tables", "/media/6a/tables.xlsx", "/media/6b/tables.xlsx")
    with pytest.raises(
        FetchError,
        match=r"^ons_pfa_tables: http\S+/tables links tables\.xlsx at more than one address.*narrow discovery",
    ):
        found(source_at(page, r"tables\.xlsx"))


ONS = "https://www.ons.gov.uk/file?uri=/peoplepopulationandcommunity/crimeandjustice/datasets/policeforceareadatatables/{}/{}"


def test_the_name_may_stand_in_the_query_as_ons_writes_it() -> None:
    pattern = re.compile(load_sources(DATA)["ons_pfa_tables"].discovery.file_pattern)
    address = ONS.format("yearendingseptember2025", "policeforceareatablesyesep25.xlsx")
    text = f'<a href="{address.removeprefix("https://www.ons.gov.uk")}" aria-label="Download">xlsx</a><a href="/file?uri=/x/other.xlsx">xlsx</a>'
    links = [link for link in links_on_page(text, "https://www.ons.gov.uk/datasets") if pattern.fullmatch(link.file)]
    assert links == [FileLink("policeforceareatablesyesep25.xlsx", address)]


def test_links_are_read_against_the_base_of_the_page() -> None:
    text = '<base href="/data/"><a href="archive/2026-07.zip">July</a><a href="http://[half">broken</a><a>no target</a>'
    assert links_on_page(text, "https://data.police.uk/pages/archive.html") == [
        FileLink("2026-07.zip", "https://data.police.uk/data/archive/2026-07.zip")
    ]


def test_a_page_without_such_a_file_says_what_to_correct(publisher: Publisher) -> None:
    page = publisher.page("/tables", "/media/6a/tables.pdf")
    with pytest.raises(
        FetchError,
        match=r"^ons_pfa_tables: .*/tables links no file whose name matches .*data/sources/ons_pfa_tables\.toml\.$",
    ):
        found(source_at(page, r"tables\.xlsx"))


def test_a_page_that_is_gone_says_where_to_look(publisher: Publisher) -> None:
    with pytest.raises(
        FetchError, match=r"/moved answered 404 Not Found; look on https://www\.ons\.gov\.uk/\S+ whether it has moved"
    ):
        found(source_at(f"{publisher.address}/moved"))
    assert len(publisher.asked("/moved")) == 1


@pytest.mark.parametrize(
    "body", [b"", b"\0", b"<html><body><![unheard[ of ]]></body></html>", b"<a href", b"\xff\xfe<<<"]
)
def test_markup_that_is_none_links_nothing(publisher: Publisher, body: bytes) -> None:
    page = publisher.serve("/tables", Answer(body))
    with pytest.raises(FetchError, match=r"^ons_pfa_tables: http\S+/tables links no file"):
        found(source_at(page))


def test_a_page_takes_time_in_proportion_to_its_length_whatever_its_markup() -> None:
    """What begins again and again and never ends; half of the page takes about half of the time, and not a quarter."""

    def seconds(times: int) -> float:
        began = time.process_time()
        links_on_page('<a href="/tables.xlsx">Tables</a>' + "<![ <!--x <a " * times, "https://statistics.example")
        return time.process_time() - began

    seconds(100)
    assert seconds(40_000) < 8 * max(seconds(10_000), 0.02)


def test_a_pattern_that_is_no_regular_expression_is_named(publisher: Publisher) -> None:
    with pytest.raises(RegisterError, match=r"ons_pfa_tables\.toml: discovery\.file_pattern is no regular expression"):
        found(source_at(publisher.page("/tables"), "(tables"))


def content(publisher: Publisher, path: str, **fields: object) -> str:
    return publisher.serve(
        path, Answer(json.dumps({"base_path": path, **fields}).encode(), headers={"Content-Type": "application/json"})
    )


def test_the_content_api_gives_attachments_links_in_the_text_and_the_day(publisher: Publisher) -> None:
    page = content(
        publisher,
        "/api/content/tables",
        public_updated_at="2026-07-23T09:30:00+01:00",
        details={
            "attachments": [
                {"url": "/media/6a/tables-230726.ods", "title": "Tables", "attachment_type": "file"},
                {"url": "/government/tables/guide", "attachment_type": "html"},
                {"title": "an attachment without an address"},
            ],
            "body": '<p><a href="/media/6b/tables-230426.ods">Earlier</a></p>',
            "documents": ['<section><a href="/media/6a/tables-230726.ods">Tables</a></section>'],
        },
    )
    assert found(source_at(page, r"tables-\d{6}\.ods", "content_api")) == [
        FileLink("tables-230726.ods", f"{publisher.address}/media/6a/tables-230726.ods", "2026-07-23T09:30:00+01:00"),
        FileLink("tables-230426.ods", f"{publisher.address}/media/6b/tables-230426.ods", "2026-07-23T09:30:00+01:00"),
    ]


def test_a_collection_in_the_content_api_is_followed_to_its_documents(publisher: Publisher) -> None:
    for quarter in (1, 2):
        content(
            publisher,
            f"/api/content/quarter-{quarter}",
            public_updated_at=f"2026-0{quarter}-01",
            details={"attachments": [{"url": f"/media/quarter-{quarter}-tables.ods"}]},
        )
    listed = [
        {"api_path": "/api/content/quarter-2"},
        {"api_path": "/api/content/quarter-1"},
        {"title": "a link elsewhere"},
    ]
    page = content(publisher, "/api/content/collection", details={"body": ""}, links={"documents": listed})
    links = found(source_at(page, r"quarter-\d-tables\.ods", "content_api"))
    assert [(link.file, link.updated_at) for link in links] == [
        ("quarter-2-tables.ods", "2026-02-01"),
        ("quarter-1-tables.ods", "2026-01-01"),
    ]


def test_a_web_page_where_the_content_api_should_be_is_named(publisher: Publisher) -> None:
    with pytest.raises(FetchError, match=r"/tables answered no JSON; correct discovery\.page"):
        found(source_at(publisher.page("/tables"), kind="content_api"))
