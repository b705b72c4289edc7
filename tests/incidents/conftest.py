"""Small archives with the warts of published ones. Every record in them is synthetic."""

import tempfile
import zipfile
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

import polars as pl
import pytest

from transforms.harmonise.supply import numbers_of_files
from transforms.incidents import (
    IncidentRegisters,
    Member,
    MonthResult,
    by_month,
    ingest_month,
    load_incident_registers,
    read_archive,
)
from transforms.incidents.counts import file_cells
from transforms.incidents.partition import Archive as HeldArchive

ROOT = Path(__file__).parents[2]
STREET_HEADER = "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,Last outcome category,Context"
STOP_HEADER = (
    "Type,Date,Part of a policing operation,Policing operation,Latitude,Longitude,Gender,Age range,Self-defined ethnicity,"
    "Officer-defined ethnicity,Legislation,Object of search,Outcome,Outcome linked to object of search,"
    "Removal of more than just outer clothing"
)
OUTCOMES_HEADER = "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Outcome type"

Archive = Callable[[Mapping[str, str | bytes]], str]
Ingest = Callable[[Mapping[str, str | bytes]], MonthResult]


def crime(
    crime_id: str = "a" * 64,
    *,
    month: str = "2018-10",
    body: str = "Norfolk Constabulary",
    longitude: str = "1.297300",
    place: str = "On or near Synthetic Street",
    code: str = "E01026700",
    area: str = "Norwich 001A",
    crime_type: str = "Drugs",
    outcome: str = "Local resolution",
) -> str:
    latitude = "52.630900" if longitude else ""
    return f"{crime_id},{month},{body},{body},{longitude},{latitude},{place},{code},{area},{crime_type},{outcome},"


def search(
    at: str = "2020-07-03T12:00:00+00:00",
    *,
    operation: str = "False",
    age: str = "18-24",
    sought: str = "Controlled drugs",
    outcome: str = "A no further action disposal",
    linked: str = "",
) -> str:
    return f"Person search,{at},{operation},,51.447794,-0.188333,Male,{age},White - Irish,White,,{sought},{outcome},{linked},"


def csv_file(header: str, *records: str) -> str:
    return "".join(f"{line}\n" for line in (header, *records))


def zip_archive(path: Path, files: Mapping[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as content:
        for name, text in files.items():
            content.writestr(f"{name[:7]}/{name}", text)
    return path


def archive_of(
    members: Sequence[Member], edition_id: str = "synthetic", published: str = "2019-01", dated: str = ""
) -> HeldArchive:
    """An archive as the register of editions knows it."""
    return HeldArchive(edition_id, published, dated, tuple(members), partial(counted, members))


def counted(members: Sequence[Member]) -> pl.DataFrame:
    """The numbers of files, as they are counted."""
    registers = load_incident_registers(ROOT / "data")
    with tempfile.TemporaryDirectory() as folder:
        results = [ingest_month(group, Path(folder), registers) for group in by_month(members).values()]
    return numbers_of_files(file_cells(results, "police_uk_archive", "synthetic", registers))


@pytest.fixture(scope="session")
def registers() -> IncidentRegisters:
    return load_incident_registers(ROOT / "data")


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    def write(files: Mapping[str, str | bytes]) -> str:
        return str(zip_archive(tmp_path / "2020-09.zip", files))

    return write


@pytest.fixture
def ingest(archive: Archive, tmp_path: Path, registers: IncidentRegisters) -> Ingest:
    def run(files: Mapping[str, str | bytes]) -> MonthResult:
        (members,) = by_month(read_archive(archive(files))).values()
        return ingest_month(members, tmp_path / "lake", registers)

    return run
