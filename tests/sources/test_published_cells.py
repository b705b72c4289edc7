"""Published cells: what is written reads back exactly, nothing changes without cause, and known facts are in them."""

import dataclasses
import shutil
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.contracts.tables import cells
from transforms.errors import LayoutError, RegisterError
from transforms.sources.published import (
    edition_files,
    editions_held,
    from_csv,
    publish_cells,
    read_cells,
    read_editions,
    sources_held,
    to_csv,
)
from transforms.sources.registry import Source, load_sources

from .workbooks import DATA, FIXTURES, LANDING, LANDING_2026, csv_bytes, read_rows

pytestmark = pytest.mark.full

SOURCES = load_sources(DATA)
# The sources and editions whose cells are kept here; of the others only the original files are read.
PUBLISHED = {
    source_id: dataclasses.replace(source, editions=editions_held(source))
    for source_id, source in sources_held(SOURCES).items()
}
FIRST_DAY, NEXT_DAY = date(2026, 1, 2), date(2026, 3, 4)
HO = "ho_recorded_crime_rolling"
MOPAC = "mopac_rescue_and_response"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with the real register and layouts, and nothing published."""
    for folder in ("sources", "layouts"):
        shutil.copytree(DATA / folder, tmp_path / "data" / folder)
    return tmp_path / "data"


@pytest.fixture
def landing(tmp_path: Path) -> Path:
    """A landing folder with the synthetic files of two sources, three editions."""
    folder = tmp_path / "landing"
    for source_id, fixture in ((HO, "2019-04.csv"), (MOPAC, "both-years.csv")):
        target = folder / SOURCES[source_id].editions[0].file
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(FIXTURES / source_id / fixture, target)
    return folder


def two_sources() -> dict[str, Source]:
    return {source_id: SOURCES[source_id] for source_id in (HO, MOPAC)}


def contents(data: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(data)): path.read_bytes()
        for path in sorted((data / "published").rglob("*"))
        if path.is_file()
    }


def test_published_cells_equal_the_parsed_originals(data: Path, landing: Path) -> None:
    outcomes = publish_cells(two_sources(), data, landing, FIRST_DAY)
    assert outcomes.rows() == [(HO, "2019-04", "written"), (MOPAC, "year-1", "written"), (MOPAC, "year-2", "written")]
    for source in two_sources().values():
        assert read_cells(source, data).equals(read_cells(source, data, landing))


def test_publishing_again_changes_no_byte_and_keeps_the_date_of_retrieval(data: Path, landing: Path) -> None:
    publish_cells(two_sources(), data, landing, FIRST_DAY)
    before = contents(data)
    outcomes = publish_cells(two_sources(), data, landing, NEXT_DAY)
    assert outcomes["outcome"].unique().to_list() == ["unchanged"]
    assert contents(data) == before
    assert read_editions(data)["retrieved_at"].unique().to_list() == ["2026-01-02"]


def test_a_changed_file_is_written_with_its_own_date(data: Path, landing: Path) -> None:
    publish_cells(two_sources(), data, landing, FIRST_DAY)
    rows = read_rows(FIXTURES / HO / "2019-04.csv")
    rows[-1][4] = "77"
    (landing / SOURCES[HO].editions[0].file).write_bytes(csv_bytes(rows))
    outcomes = publish_cells(two_sources(), data, landing, NEXT_DAY)
    assert outcomes["outcome"].to_list() == ["written", "unchanged", "unchanged"]
    assert read_editions(data)["retrieved_at"].to_list() == ["2026-03-04", "2026-01-02", "2026-01-02"]
    assert read_cells(SOURCES[HO], data)["value_text"].to_list()[-1] == "77"


def test_a_file_absent_from_the_landing_folder_keeps_its_published_cells(data: Path, landing: Path) -> None:
    publish_cells(two_sources(), data, landing, FIRST_DAY)
    before = contents(data)
    (landing / SOURCES[HO].editions[0].file).unlink()
    outcomes = publish_cells(two_sources(), data, landing, NEXT_DAY)
    assert outcomes["outcome"].to_list() == ["kept", "unchanged", "unchanged"]
    assert contents(data) == before
    assert read_cells(SOURCES[HO], data, landing).height == 7


def test_an_original_in_the_landing_folder_is_read_instead_of_the_published_cells(data: Path, landing: Path) -> None:
    publish_cells(two_sources(), data, landing, FIRST_DAY)
    rows = read_rows(FIXTURES / HO / "2019-04.csv")
    rows[-1][4] = "78"
    (landing / SOURCES[HO].editions[0].file).write_bytes(csv_bytes(rows))
    assert read_cells(SOURCES[HO], data, landing)["value_text"].to_list()[-1] == "78"
    assert read_cells(SOURCES[HO], data)["value_text"].to_list()[-1] == "66"


def test_publishing_one_source_leaves_the_others_in_the_list(data: Path, landing: Path) -> None:
    publish_cells(two_sources(), data, landing, FIRST_DAY)
    before = contents(data)
    publish_cells({MOPAC: SOURCES[MOPAC]}, data, landing, NEXT_DAY)
    assert contents(data) == before


def test_an_edition_that_left_the_register_leaves_the_list(data: Path, landing: Path) -> None:
    publish_cells(two_sources(), data, landing, FIRST_DAY)
    shorter = dataclasses.replace(SOURCES[MOPAC], editions=SOURCES[MOPAC].editions[1:])
    publish_cells({HO: SOURCES[HO], MOPAC: shorter}, data, landing, NEXT_DAY)
    assert read_editions(data)["edition_id"].to_list() == ["2019-04", "year-2"]


def test_a_file_that_does_not_parse_leaves_what_was_published(data: Path, landing: Path) -> None:
    publish_cells(two_sources(), data, landing, FIRST_DAY)
    before = contents(data)
    (landing / SOURCES[HO].editions[0].file).write_bytes(b"<html>not found</html>\n")
    with pytest.raises(LayoutError, match="ho_recorded_crime_rolling 2019-04"):
        publish_cells(two_sources(), data, landing, NEXT_DAY)
    assert contents(data) == before


def test_an_edition_that_is_neither_landed_nor_published_is_named(data: Path, landing: Path) -> None:
    with pytest.raises(
        RegisterError, match=r"ho_nrm_police_first_responder 2022-q2: neither referrals_by_police.* nor 2022-q2.csv"
    ):
        read_cells(SOURCES["ho_nrm_police_first_responder"], data, landing)


def test_the_editions_list_says_what_was_read(data: Path, landing: Path) -> None:
    assert read_editions(data).is_empty()
    publish_cells(two_sources(), data, landing, FIRST_DAY)
    first = read_editions(data).row(0, named=True)
    assert (first["file"], first["file_kind"], first["rows"]) == ("rec-crime-pfa.csv", "re-save", 7)
    assert first["bytes"] == (FIXTURES / HO / "2019-04.csv").stat().st_size


_TEXTS = st.one_of(
    st.none(),
    st.text(st.characters(exclude_categories=["Cs"])),
    st.sampled_from(["", " ", '"', "\n", "\r\n", "14,133 ", ".."]),
)


@given(st.lists(st.tuples(*[_TEXTS] * 12), min_size=1, max_size=5))
def test_any_text_reads_back_as_it_was_written_null_and_empty_kept_apart(rows: list[tuple[str | None, ...]]) -> None:
    schema = cells(HO).schema
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    assert from_csv(to_csv(frame), schema).equals(frame)


def facts(landing: Path | None) -> dict[str, str | None]:
    """Figures known from the publications, looked up in the cells."""
    ons, nrm = (
        read_cells(SOURCES["ons_pfa_tables"], DATA, landing),
        read_cells(SOURCES["ho_nrm_police_first_responder"], DATA, landing),
    )

    def count(edition_id: str, area: str) -> str:
        p1 = ons.filter(
            pl.col("edition_id") == edition_id,
            pl.col("table").str.strip_chars() == "Table P1",
            pl.col("kind") == "figure",
        )
        return str(p1.filter(pl.col("area_code_text").fill_null(pl.col("area_text")) == area)["value_text"].item())

    ho = read_cells(SOURCES[HO], DATA, landing)
    mopac = read_cells(SOURCES[MOPAC], DATA, landing).filter(pl.col("measure_text") == "individuals_linked")
    norfolk_nrm = nrm.filter(pl.col("area_text") == "Norfolk Constabulary", pl.col("breakdown_text").is_null())[
        "value_text"
    ]
    return {
        "ONS Norfolk, year ending December 2019": count("ye-dec-2019", "E23000024"),
        "ONS England and Wales, year ending December 2024": count("ye-dec-2024", "K04000001"),
        "ONS British Transport Police, year ending December 2024": count("ye-dec-2024", "British Transport Police"),
        "ONS Greater Manchester, year ending December 2019": count("ye-dec-2019", "E23000005"),
        "HO Norfolk, year ending March 2018": ho.filter(
            pl.col("area_text") == "Norfolk", pl.col("period_text") == "31-03-2018"
        )["value_text"].item(),
        "NRM Norfolk, 2022 Q2 to 2023 Q4": ", ".join(norfolk_nrm),
        "MOPAC Norfolk, first report": mopac.filter(pl.col("edition_id") == "year-1", pl.col("area_text") == "Norfolk")[
            "value_text"
        ].item(),
    }


KNOWN = {
    "ONS Norfolk, year ending December 2019": "2730",
    "ONS England and Wales, year ending December 2024": "193863",
    "ONS British Transport Police, year ending December 2024": "3433",
    "ONS Greater Manchester, year ending December 2019": "..",
    "HO Norfolk, year ending March 2018": "2019",
    "NRM Norfolk, 2022 Q2 to 2023 Q4": "13.0, 12.0, 18.0, 10.0, 13.0, 15.0, 12.0",
    "MOPAC Norfolk, first report": "416.0",
}


def test_known_facts_are_in_the_published_cells() -> None:
    assert facts(None) == KNOWN


def test_every_edition_is_published_with_its_checksum_and_number_of_cells() -> None:
    editions = read_editions(DATA)
    expected = [
        (source.id, edition.id, Path(edition.file).name, edition.file_kind)
        for source in PUBLISHED.values()
        for edition in source.editions
    ]
    assert editions.select("source_id", "edition_id", "file", "file_kind").rows() == expected
    counted = (
        pl.concat([read_cells(source, DATA) for source in PUBLISHED.values()])
        .group_by("source_id", "edition_id", maintain_order=True)
        .len()
    )
    assert counted["len"].to_list() == editions["rows"].to_list()
    assert editions["sha256"].str.contains("^[0-9a-f]{64}$").all()


@pytest.mark.parametrize("source_id", PUBLISHED)
def test_published_cells_follow_the_contract_of_the_raw_table(source_id: str) -> None:
    contract, published = cells(source_id), read_cells(PUBLISHED[source_id], DATA)
    assert published.schema == contract.schema
    assert not published.select(contract.key).is_duplicated().any()
    for column in contract.columns:
        values = published[column.name]
        assert column.nullable or values.null_count() == 0
        assert column.pattern is None or values.drop_nulls().str.contains(column.pattern).all()
        assert column.allowed is None or set(values) <= set(column.allowed)


def test_every_edition_of_the_2018_to_2024_workbooks_has_43_forces_and_their_regions() -> None:
    p1 = read_cells(SOURCES["ons_pfa_tables"], DATA).filter(
        pl.col("table").str.strip_chars() == "Table P1", pl.col("kind") == "figure"
    )
    areas = p1.group_by("edition_id", maintain_order=True).agg(
        pl.col("area_code_text").str.contains("^(E23|W15)").sum().alias("forces"),
        pl.col("area_code_text").str.contains("^E12").sum().alias("regions"),
        pl.col("area_code_text").is_null().sum().alias("without a code"),
    )
    assert areas.drop("edition_id").unique().rows() == [(43, 9, 1)]
    assert areas.height == 6


needs_landing = pytest.mark.skipif(
    not LANDING.is_dir(), reason="no landing folder at ../shared/landing: the original files are not here"
)


def originals(source: Source) -> dict[str, Path]:
    """The file of each edition: of a landing folder, or a transcription that is kept with the project."""
    folders = (DATA / "transcriptions", LANDING_2026, LANDING)
    return {name: path for folder in folders for name, path in edition_files(source, folder).items()}


@needs_landing
@pytest.mark.parametrize("source_id", PUBLISHED)
def test_originals_parse_and_equal_the_published_cells_row_for_row(source_id: str) -> None:
    source = PUBLISHED[source_id]
    assert originals(source).keys() == {edition.id for edition in source.editions}
    for landing in (LANDING, LANDING_2026):
        assert read_cells(source, DATA, landing).equals(read_cells(source, DATA))


@needs_landing
def test_known_facts_are_in_the_originals() -> None:
    assert facts(LANDING) == KNOWN


@needs_landing
@pytest.mark.parametrize("source_id", SOURCES)
def test_no_row_of_an_original_is_lost(source_id: str) -> None:
    from transforms.sources.published import parse_edition

    from .accounting import assert_nothing_lost

    source = SOURCES[source_id]
    files = originals(source)
    for edition in source.editions:
        assert_nothing_lost(parse_edition(source, edition, files[edition.id].read_bytes(), DATA), source_id)


@needs_landing
def test_the_hand_gathered_table_of_referrals_agrees_with_the_quarterly_files() -> None:
    gathered = pl.read_csv(
        LANDING.parent / "figures" / "nrm_police_first_responder_2022q2_2023q4.csv", infer_schema=False
    ).filter(pl.col("exploitation_type") == "Total", pl.col("age") == "Total")
    # Without the parts by type and age.
    quarterly = read_cells(SOURCES["ho_nrm_police_first_responder"], DATA).filter(pl.col("breakdown_text").is_null())
    both = quarterly.select("period_text", "area_text", "value_text").join(
        gathered, left_on=["period_text", "area_text"], right_on=["quarter", "first_responder"], how="full"
    )
    assert both.height == quarterly.height == gathered.height
    assert (both["value_text"] == both["people"]).all()
