"""A file for each parser to be damaged: the project's synthetic fixtures, or the originals in the landing folder."""

import gzip
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from tests.incidents import conftest as records
from tests.sources import test_ho_arrests_tables as arrests
from tests.sources import test_ho_nrm_long_run as long_run
from tests.sources import test_ho_nrm_tables as nrm_tables
from tests.sources import test_ho_outcomes_supplementary as supplementary
from tests.sources import test_home_office_open_data as open_data
from tests.sources import test_police_uk_api as answers
from tests.sources import test_yjb_youth_justice as youth_justice
from tests.sources.editions import with_edition
from tests.sources.open_documents import ods_bytes
from tests.sources.workbooks import DATA, FIXTURES, LANDING, LANDING_2026, csv_bytes, read_sheets, workbook_bytes
from transforms.sources import ons_mid_year_population, police_uk_api
from transforms.sources.published import edition_files, parse_edition
from transforms.sources.registry import Edition, Source, load_source, load_sources


@dataclass(frozen=True)
class Seed:
    """A good file of one edition, and the data folder in which that edition is registered."""

    source: Source = field(repr=False)
    edition: Edition
    content: bytes = field(repr=False)
    data: Path

    def parse(self, content: bytes) -> None:
        parse_edition(self.source, self.edition, content, self.data)


# Source, edition, and the fixture's place; a folder is a workbook, one CSV for each sheet.
_FIXTURES = (
    ("bbc_outcomes_by_force", "2012-2016-totals", "2012-2016-totals.csv"),
    ("bbc_outcomes_by_force", "2012-2016-by-category", "2012-2016-by-category.csv"),
    ("county_lines_assessments", "line-counts", "line-counts.csv"),
    ("dfe_child_population", "2024-mid-2018", "mid-year.csv"),
    ("dfe_children_in_need", "2025-ye-mar-2022", "factors.csv"),
    ("dfe_exclusions", "release-2016-17-year-2016-17", "2016-17.csv"),
    ("ho_arrests", "2017-18", "2017-18.csv"),
    ("ho_drug_seizures_by_force", "ye-mar-2015", "ye-mar-2015.csv"),
    ("ho_nrm_first_responders", "2023-q4", "2023-q4.csv"),
    ("ho_nrm_police_first_responder", "2022-q2", "2022-q2.csv"),
    ("ho_offence_reference", "undated", "undated.csv"),
    ("ho_police_workforce_open_data", "2022-03", "2022-03.csv"),
    ("ho_police_workforce_tables", "30-sep-2019", "30-sep-2019"),
    ("ho_recorded_crime_rolling", "2019-04", "2019-04.csv"),
    ("ho_stop_and_search", "ye-mar-2019", "ye-mar-2019.csv"),
    ("mopac_rescue_and_response", "year-1", "both-years.csv"),
    ("mysociety_local_authorities", "2025-07", "2025-07.csv"),
    ("ons_geography", "2022", "2022.csv"),
    ("ons_geography", "2023-12-boundaries", "2023-12-boundaries.geojson"),
    ("ons_pfa_september", "copy-ye-sep-2019", "years.csv"),
    ("ons_pfa_tables", "ye-dec-2019", "ye-dec-2019"),
    ("ons_pfa_tables", "ye-dec-2024", "ye-dec-2024"),
    ("ons_pfa_tables", "ye-jun-2025", "ye-jun-2025.csv"),
    ("ons_population_by_age", "mid-2023", "single-years.csv"),
    ("ons_population_by_force", "mid-2024", "mid-2024.csv"),
)


def fixture_seeds(folder: Path) -> Iterator[Seed]:
    """A file for every parser in the register. Editions that only a test adds are registered in copies of the data below ``folder``."""
    sources = load_sources(DATA)
    for source_id, edition_id, name in _FIXTURES:
        edition = next(each for each in sources[source_id].editions if each.id == edition_id)
        path = FIXTURES / source_id / name
        if path.is_dir():
            content = workbook_bytes(read_sheets(path))
        else:
            content = path.read_bytes()
            content = gzip.compress(content, mtime=0) if edition.file.endswith(".gz") else content
        yield Seed(sources[source_id], edition, content, DATA)
    for source_id, layout in open_data.LAYOUTS.items():
        build = workbook_bytes if source_id == open_data.OUTCOMES else ods_bytes
        yield _added(folder, source_id, layout, build(open_data.sheets_of(source_id)))
    yield _added(
        folder, "ho_nrm_tables", nrm_tables.LAYOUT, ods_bytes({**nrm_tables.OTHER, "Table_13": nrm_tables.ROWS})
    )
    yield _added(
        folder,
        youth_justice.YJB,
        ("Data", "outcomes"),
        ods_bytes({"Data": [youth_justice.HEADER, *youth_justice.ROWS]}),
    )
    yield _added(folder, supplementary.SUPPLEMENTARY, supplementary.LAYOUT, workbook_bytes(supplementary.sheets()))
    for source_id, edition_id, content in (
        ("ho_arrests_tables", arrests.EDITION.id, ods_bytes(arrests.sheets())),
        ("ho_nrm_long_run", "2023-q4-referrals", csv_bytes(long_run.ROWS)),
        (
            "ho_nrm_uk_counties",
            "2025-q3",
            csv_bytes([["county", "referrals"], ["Synthetic county", "7"], ["Another county", "0"]]),
        ),
    ):
        edition = next(each for each in sources[source_id].editions if each.id == edition_id)
        yield Seed(sources[source_id], edition, content, DATA)
    population = sources["ons_mid_year_population"]
    answer = (FIXTURES / population.id / "mid-2022.csv").read_bytes()
    found = ons_mid_year_population.edition_in(answer, population, "answer.csv", DATA)
    assert found
    yield Seed(population, found, answer, DATA)
    interface = sources["police_uk_api"]
    searches = police_uk_api.edition_in(answers.packed(), interface, answers.NAME, DATA)
    assert isinstance(searches, Edition)
    yield Seed(interface, searches, answers.packed(), DATA)
    archive = sources["police_uk_archive"]
    stops = next(each for each in archive.editions if each.id.startswith("2020-07"))
    yield Seed(archive, stops, _archive(), DATA)


def landing_seeds(largest: int) -> Iterator[Seed]:
    """The originals in the landing folders, but for files of more than ``largest`` bytes: each edition that has one."""
    for source in load_sources(DATA).values():
        files = {id: path for folder in (LANDING_2026, LANDING) for id, path in edition_files(source, folder).items()}
        for edition in source.editions if source.parser != "none" else ():
            if edition.id in files and files[edition.id].stat().st_size <= largest:
                yield Seed(source, edition, files[edition.id].read_bytes(), DATA)


def _added(folder: Path, source_id: str, layout: tuple[str, ...], content: bytes) -> Seed:
    data, edition = with_edition(folder / source_id, source_id, "added", *layout)
    return Seed(load_source(data, source_id), edition, content, data)


def _archive() -> bytes:
    content = BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for month in ("2020-07", "2020-08", "2020-09"):
            name = f"{month}/{month}-metropolitan-stop-and-search.csv"
            when = [f"{month}-0{day}T12:00:00+00:00" for day in range(1, 5)]
            archive.writestr(name, records.csv_file(records.STOP_HEADER, *map(records.search, when)))
    return content.getvalue()
