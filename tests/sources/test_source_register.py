"""The source register and the layouts: what they say agrees, and a wrong entry is named with file and key."""

import importlib
import re
import shutil
from pathlib import Path
from urllib.parse import urlsplit

import polars as pl
import pytest

from reports import wording_rules
from transforms.contracts.tables import AREAS
from transforms.errors import LayoutError, RegisterError
from transforms.harmonise import load_registers
from transforms.sources.published import read_cells
from transforms.sources.registry import Source, load_source, load_sources

from .workbooks import DATA

SOURCES = load_sources(DATA)


CODES = {f"S{number:02d}" for number in range(1, 29)}
DEFINITIONS = set(load_registers(DATA).definitions["definition_id"])
BREAKS = {f"B{number:02d}" for number in range(1, 26)}
LICENCES = {
    "OGL-UK-3.0",
    "Facts read in public reports, cited for each figure",
    "Registered access",
}
CADENCES = {"monthly", "quarterly", "twice a year", "yearly", "rolling", "irregular", "once"}
WITH_EDITIONS = {source_id: source for source_id, source in SOURCES.items() if source.editions}
WITHOUT_PARSER = [source_id for source_id, source in SOURCES.items() if source.parser == "none"]
WITH_PARSER = [source_id for source_id in SOURCES if source_id not in WITHOUT_PARSER]


def test_every_code_of_the_source_list_has_an_entry() -> None:
    assert {source.code for source in SOURCES.values()} == CODES


@pytest.mark.parametrize("source_id", WITHOUT_PARSER)
def test_a_source_without_a_parser_has_no_edition_and_says_what_is_unknown(source_id: str) -> None:
    assert not SOURCES[source_id].editions
    assert SOURCES[source_id].layout_checked_against == "documentation"
    assert SOURCES[source_id].reaches == "raw"
    assert not list((DATA / "layouts").glob(f"{source_id}*"))
    assert "# - No parser: " in (DATA / "sources" / f"{source_id}.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("source_id", WITH_PARSER)
def test_a_source_names_a_parser_and_kinds_of_area_that_exist(source_id: str) -> None:
    source = SOURCES[source_id]
    assert callable(importlib.import_module(f"transforms.sources.{source.parser}").parse)
    (kinds,) = (column.allowed for column in AREAS.columns if column.name == "kind")
    assert set(source.area_kinds) <= set(kinds or ())
    assert source.attribution.count("Source: ") == 1


@pytest.mark.parametrize("source_id", SOURCES)
def test_a_source_speaks_of_definitions_breaks_licences_and_cadences_that_exist(source_id: str) -> None:
    source = SOURCES[source_id]
    assert source.definition_id in {*DEFINITIONS, "none"}
    assert list(source.known_breaks) == sorted(set(source.known_breaks) & BREAKS)
    assert {source.licence_in, source.licence_out} <= LICENCES
    assert source.cadence in CADENCES
    assert list(source.release_months) == sorted(set(source.release_months) & set(range(1, 13)))


@pytest.mark.parametrize("source_id", SOURCES)
def test_the_edition_behind_the_layout_is_registered(source_id: str) -> None:
    source = SOURCES[source_id]
    known = [edition.id for edition in source.editions] or ["none"]
    assert source.layout_edition in known


@pytest.mark.parametrize("source_id", SOURCES)
def test_addresses_are_encrypted_and_the_page_is_on_a_named_host(source_id: str) -> None:
    source = SOURCES[source_id]
    assert source.landing_page.startswith("https://")
    page = urlsplit(source.discovery.page)
    assert page.scheme == "https"
    assert page.hostname in source.discovery.hosts
    assert all(re.fullmatch(r"[a-z0-9.-]+", host) for host in source.discovery.hosts)


@pytest.mark.parametrize("source_id", SOURCES)
def test_pages_of_the_government_are_asked_through_its_content_interface(source_id: str) -> None:
    """A collection's web page links other pages, not files: only the interface leads to the files."""
    discovery = SOURCES[source_id].discovery
    asked = urlsplit(discovery.page)
    if discovery.kind != "manual":
        assert (discovery.kind == "content_api") == (
            asked.hostname == "www.gov.uk" and asked.path.startswith("/api/content/")
        )


@pytest.mark.parametrize("source_id", SOURCES)
def test_the_file_pattern_finds_the_originals_that_are_held(source_id: str) -> None:
    pattern = re.compile(SOURCES[source_id].discovery.file_pattern)
    names = [Path(edition.file).name for edition in SOURCES[source_id].editions if edition.file_kind == "original"]
    assert not [name for name in names if not pattern.fullmatch(name)]


def stated_years(text: str) -> set[tuple[str, int]]:
    """The years ending in a month that a title, a file name or an edition id states: ('dec', 2019)."""
    found = re.findall(
        r"(?:year ?ending|yeending|ye|tables)[ -]?(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*?[ -]?(\d{4}|\d{2})(?!\d)",
        text.lower(),
    )
    return {(month, int(year) % 100) for month, year in found}


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("Year ending December 2019", {("dec", 19)}),
        ("ye-dec-2019", {("dec", 19)}),
        ("policeforceareatablesyeendingmarch2019.xlsx", {("mar", 19)}),
        ("pfatablesdec19.xlsx", {("dec", 19)}),
        ("policeforceareatablesyejune25final.csv", {("jun", 25)}),
        ("rec-crime-pfa.csv", set()),
    ],
)
def test_a_period_is_read_from_titles_ids_and_file_names(text: str, stated: set[tuple[str, int]]) -> None:
    assert stated_years(text) == stated


@pytest.mark.parametrize("source_id", WITH_EDITIONS)
def test_title_file_name_and_id_of_an_edition_state_one_period(source_id: str) -> None:
    for edition in SOURCES[source_id].editions:
        stated = {year for text in (edition.id, edition.title, Path(edition.file).name) for year in stated_years(text)}
        assert len(stated) <= 1, edition.id
        if stated and edition.period_end:
            assert stated == {(f"{edition.period_end:%b}".lower(), edition.period_end.year % 100)}


@pytest.mark.parametrize("register", ["measure_labels", "area_names", "exclusions", "sentinels"])
def test_every_source_that_a_register_names_has_an_entry(register: str) -> None:
    named = set(pl.read_csv(DATA / "registers" / f"{register}.csv", infer_schema=False)["source_id"].drop_nulls())
    assert named
    assert named <= SOURCES.keys()


def prose(source: Source) -> list[str]:
    """The sentences of an entry that a reader sees."""
    return [source.summary, source.status, source.revision_policy, *source.may_claim, *source.may_not_claim]


@pytest.mark.parametrize("source_id", SOURCES)
def test_what_an_entry_says_is_whole_sentences_without_forbidden_words(source_id: str) -> None:
    for sentence in prose(SOURCES[source_id]):
        assert sentence.endswith("."), sentence
        assert sentence[0].isupper(), sentence
    said = [SOURCES[source_id].summary, SOURCES[source_id].status, *SOURCES[source_id].may_claim]
    assert not [found for sentence in said for found in wording_rules.lint(sentence)]


@pytest.mark.parametrize("source_id", SOURCES)
def test_every_source_says_what_it_may_and_may_not_be_used_for_and_what_goes_wrong(source_id: str) -> None:
    assert SOURCES[source_id].may_claim
    assert SOURCES[source_id].may_not_claim
    entry = (DATA / "sources" / f"{source_id}.toml").read_text(encoding="utf-8")
    assert entry.startswith("# Runbook\n# - ")


@pytest.mark.parametrize("source_id", SOURCES)
def test_editions_follow_each_other_and_come_out_after_their_period(source_id: str) -> None:
    ends = [edition.period_end for edition in SOURCES[source_id].editions if edition.period_end]
    assert ends == sorted(ends)
    # Two tables of one period are two files.
    kept = [(edition.file, edition.period_end) for edition in SOURCES[source_id].editions if edition.period_end]
    assert len(set(kept)) == len(kept)
    for edition in SOURCES[source_id].editions:
        if edition.period_start and edition.period_end:
            assert edition.period_start <= edition.period_end  # a population is of one day
            assert edition.vintage > f"{edition.period_end:%Y-%m}"


# The columns of archives of records are in data/registers/incident_columns.csv: they are the same in every edition.
@pytest.mark.parametrize("source_id", [source_id for source_id in WITH_PARSER if source_id != "police_uk_archive"])
def test_every_layout_row_belongs_to_an_edition_and_every_column_set_to_a_layout_row(source_id: str) -> None:
    layout = pl.read_csv(DATA / "layouts" / f"{source_id}.csv", infer_schema=False)
    columns = pl.read_csv(DATA / "layouts" / f"{source_id}_columns.csv", infer_schema=False)
    assert set(layout["edition_id"]) == {edition.id for edition in SOURCES[source_id].editions}
    assert set(layout["column_set"]) <= set(columns["column_set"])
    # Of what nobody has seen yet, or in re-saves alone, column sets are known from documentation, and have no layout row yet.
    awaited = SOURCES[source_id].original_awaited or not SOURCES[source_id].editions
    assert set(layout["column_set"]) == set(columns["column_set"]) or awaited
    place = "column" if "column" in columns.columns else "label"
    assert not columns.select("column_set", place, pl.col("role") == "heading").is_duplicated().any()


@pytest.mark.parametrize("role", ["area_code", "area_name"])
def test_every_ons_column_set_has_one_code_and_one_name_column(role: str) -> None:
    columns = pl.read_csv(DATA / "layouts" / "ons_pfa_tables_columns.csv", infer_schema=False)
    counts = columns.group_by("column_set").agg((pl.col("role") == role).sum().alias("columns"))
    assert counts["columns"].unique().to_list() == [1]


def _register(tmp_path: Path, text: str, name: str = "ho_recorded_crime_rolling") -> Path:
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / f"{name}.toml").write_text(text, encoding="utf-8")
    return tmp_path


ENTRY = (DATA / "sources" / "ho_recorded_crime_rolling.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('cadence = "quarterly"\n', "", "lacks cadence"),
        ('cadence = "quarterly"\n', 'cadence = "quarterly"\ncadense = "x"\n', "has the unknown key cadense"),
        ('cadence = "quarterly"\n', "cadence = 4\n", "the key cadence holds 4"),
        ('cadence = "quarterly"\n', 'cadence = " "\n', "the key cadence holds ' '"),
        ('{ name = "Home Office", official = true }', '{ name = "Home Office" }', "publisher.lacks official"),
        (
            '{ name = "Home Office", official = true }',
            '{ name = "Home Office", official = "yes" }',
            "the key official holds 'yes'",
        ),
        ('vintage = "2019-04"', 'vintage = "April 2019"', "edition 2019-04: the key vintage is 'April 2019'"),
        ('vintage = "2019-04"', 'vintage = "2019-13"', "edition 2019-04: the key vintage is '2019-13'"),
        ('vintage = "2019-04"', 'vintage = "2019-04"\nfetched = 1', "edition 2019-04: has the unknown key fetched"),
        (
            'vintage = "2019-04"',
            'vintage = "2019-04"\nperiod_start = 2018-01-01',
            "give both of the keys period_start and period_end",
        ),
        ('file_kind = "re-save"', 'file_kind = "copy"', "the key file_kind is 'copy'"),
        ('id = "ho_recorded_crime_rolling"', 'id = "other"', "the key id is 'other'"),
        ('known_breaks = ["B03", "B04"]', "known_breaks = [3]", r"the key known_breaks holds \[3\]"),
        ("[[edition]]", "[[edition]", "is not TOML"),
    ],
)
def test_a_wrong_entry_is_named_with_file_and_key(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in ENTRY
    data = _register(tmp_path, ENTRY.replace(old, new, 1))
    with pytest.raises(RegisterError, match=f"data/sources/ho_recorded_crime_rolling.toml.*{message}"):
        load_sources(data)


def test_two_editions_with_one_id_are_refused(tmp_path: Path) -> None:
    data = _register(tmp_path, ENTRY + ENTRY[ENTRY.index("[[edition]]") :])
    with pytest.raises(RegisterError, match="the edition id 2019-04 is used twice"):
        load_sources(data)


def test_a_source_that_is_not_registered_is_named(tmp_path: Path) -> None:
    with pytest.raises(RegisterError, match=r"data/sources/nothing.toml does not exist"):
        load_source(tmp_path, "nothing")


def test_a_published_file_that_is_no_table_of_cells_is_named_with_its_edition(tmp_path: Path) -> None:
    shutil.copytree(DATA, tmp_path / "data", ignore=shutil.ignore_patterns("build"))
    path = tmp_path / "data" / "published" / "mopac_rescue_and_response" / "year-2.csv"
    path.write_text("")
    with pytest.raises(LayoutError, match=r"mopac_rescue_and_response year-2: .*year-2\.csv is not a table of cells"):
        read_cells(SOURCES["mopac_rescue_and_response"], tmp_path / "data")
