"""Tidy tables of children and of years ending September that use some rows of a table only, in synthetic cuts; and the originals, where they are."""

import gzip
from pathlib import Path

import pytest

from transforms.errors import LayoutError
from transforms.sources.dfe_exclusions import editions_in
from transforms.sources.grid import Parsed
from transforms.sources.published import parse_edition, read_cells
from transforms.sources.registry import load_source

from .accounting import assert_nothing_lost
from .workbooks import DATA, FIXTURES, LANDING, LANDING_2026, csv_bytes, one, read_rows

EXCLUSIONS, LOOKED_AFTER, REFERRALS = "dfe_exclusions", "dfe_children_looked_after", "dfe_children_in_need_referrals"
SEPTEMBER, EPISODES, FACTORS = "ons_pfa_september", "dfe_children_in_need_episodes", "dfe_children_in_need"
FILES = {
    (EXCLUSIONS, "release-2015-16-year-2009-10"): "2015-16.csv",
    (EXCLUSIONS, "release-2016-17-year-2016-17"): "2016-17.csv",
    (LOOKED_AFTER, "2025-ye-mar-2025"): "outcomes.csv",
    (REFERRALS, "2025-ye-mar-2021"): "referrals.csv",
    (SEPTEMBER, "copy-ye-sep-2019"): "years.csv",
}


def parsed(source_id: str, edition_id: str, content: bytes | None = None) -> Parsed:
    source = load_source(DATA, source_id)
    (edition,) = (each for each in source.editions if each.id == edition_id)
    return parse_edition(source, edition, content or file_of(source_id, edition_id), DATA)


def file_of(source_id: str, edition_id: str) -> bytes:
    content = (FIXTURES / source_id / FILES[source_id, edition_id]).read_bytes()
    return gzip.compress(content, mtime=0) if source_id == LOOKED_AFTER else content


@pytest.mark.parametrize(("source_id", "edition_id"), FILES)
def test_every_row_is_a_cell_or_left_out_with_a_reason(source_id: str, edition_id: str) -> None:
    assert_nothing_lost(parsed(source_id, edition_id), source_id)


@pytest.mark.parametrize(
    ("edition_id", "period"),
    [("release-2015-16-year-2009-10", "200910"), ("release-2016-17-year-2016-17", "201617")],
)
def test_levels_are_read_however_a_release_writes_them(edition_id: str, period: str) -> None:
    cells = parsed(EXCLUSIONS, edition_id).cells
    assert cells["area_text"].unique(maintain_order=True).to_list() == [
        "England",
        "East of England",
        "Norfolk",
        "Bedford",
    ]
    assert set(cells["breakdown_text"]) == {"Total"}
    assert one(cells, area_text="Norfolk", measure_text="perm_drug_alcohol")["value_text"] == "4.5"
    assert one(cells, area_text="Bedford", measure_text="perm_drug_alcohol")["value_text"] == "x"
    assert set(cells["period_text"]) == {period}


def test_a_release_of_exclusions_is_known_by_its_last_year() -> None:
    source = load_source(DATA, EXCLUSIONS)
    for release, years in (("2015-16", 10), ("2016-17", 11)):
        content = (FIXTURES / EXCLUSIONS / f"{release}.csv").read_bytes()
        found = editions_in(content, source, "anywhere.csv", DATA)
        assert not isinstance(found, str)
        assert len(found) == years
        assert all(edition.id.startswith(f"release-{release}-year-") for edition in found)
    rows = read_rows(FIXTURES / EXCLUSIONS / "2016-17.csv")
    later = csv_bytes([rows[0], ["201718", *rows[1][1:]]])
    assert "whose last school year is 201718" in editions_in(later, source, "anywhere.csv", DATA)


def test_children_looked_after_are_those_of_convictions_and_of_substance_misuse() -> None:
    result = parsed(LOOKED_AFTER, "2025-ye-mar-2025")
    norfolk = result.cells.filter(area_text="Norfolk").select("breakdown_text", "value_text").rows()
    assert [value for _, value in norfolk] == ["c", "600", "30", "900"]
    assert norfolk[3][0] == "Reporting year | Substance misuse: Children looked after all ages | Total all ages"
    assert ("row of a breakdown that is not used", 6) in result.left_out.rows()


def test_a_breakdown_that_was_renamed_is_not_lost() -> None:
    rows = read_rows(FIXTURES / LOOKED_AFTER / "outcomes.csv")
    renamed = [[text.replace("Total ages 10 to 17 years", "All aged 10 to 17") for text in row] for row in rows]
    with pytest.raises(LayoutError, match="no row has 'Total ages 10 to 17 years', which the layout expects"):
        parsed(LOOKED_AFTER, "2025-ye-mar-2025", csv_bytes(renamed))


def test_referrals_are_counted_and_those_without_action() -> None:
    cells = parsed(REFERRALS, "2025-ye-mar-2021").cells
    assert one(cells, area_text="Norfolk", measure_text="no_further_action_count")["value_text"] == "400"
    assert one(cells, area_text="Hackney", measure_text="referral_count")["value_text"] == "x"


def test_a_year_ending_september_has_its_rows_and_a_blank_stays_a_blank() -> None:
    cells = parsed(SEPTEMBER, "copy-ye-sep-2019").cells
    assert one(cells, area_text="Norfolk")["value_text"] == "60"
    assert one(cells, area_text="Greater Manchester")["value_text"] is None


def test_the_copy_of_september_2019_is_the_workbook_of_that_edition() -> None:
    copy = read_cells(load_source(DATA, SEPTEMBER), DATA).filter(edition_id="copy-ye-sep-2019")
    workbook = read_cells(load_source(DATA, "ons_pfa_tables"), DATA).filter(edition_id="ye-sep-2019", kind="figure")
    printed = workbook.filter(table="Table P1", measure_text="Drug offences")["value_text"].replace("..", None)
    assert copy["value_text"].sort().equals(printed.sort(), null_equal=True)


@pytest.mark.skipif(not LANDING_2026.is_dir(), reason="no landing folder with original files here")
@pytest.mark.parametrize("source_id", [EXCLUSIONS, LOOKED_AFTER, REFERRALS, SEPTEMBER, EPISODES, FACTORS])
def test_the_published_cells_are_those_of_the_files(source_id: str, tmp_path: Path) -> None:
    both = tmp_path / "landing"
    both.mkdir()
    for source in {Path(edition.file) for edition in load_source(DATA, source_id).editions}:
        original = next((folder / source for folder in (LANDING_2026, LANDING) if (folder / source).is_file()), None)
        assert original, source
        (both / source).parent.mkdir(parents=True, exist_ok=True)
        (both / source).symlink_to(original)
    source = load_source(DATA, source_id)
    assert read_cells(source, DATA, both).equals(read_cells(source, DATA))
