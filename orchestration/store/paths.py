"""Where the authored data, the landing folder and the build are. Standard library only: the command line needs it before anything else."""

import os
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from orchestration.store.environment import refuse_unknown_settings
from transforms.folders import PROJECT as PROJECT
from transforms.folders import build_folder, data_folder, day_in_environment


@dataclass(frozen=True)
class Paths:
    """The folders that a run reads and writes. ``landing`` holds original files, if any; all else comes from ``data``.

    ``landing_url`` is the store that these files are fetched from; None where they lie in a folder of the reader's own.
    ``as_of`` is the day on which everything that is read had been published; None for all that is held.
    """

    data: Path
    build: Path
    landing: Path | None = None
    as_of: date | None = None
    landing_url: str | None = None
    contact: str = ""
    address: str = ""

    @property
    def lake(self) -> Path:
        """Parquet tables, one file a table."""
        return self.build / "lake"

    @property
    def checks(self) -> Path:
        """What each expectation found, one file a table."""
        return self.build / "checks"

    @property
    def quarantine(self) -> Path:
        """Rows that broke a rule, one CSV a table and rule."""
        return self.build / "quarantine"

    @property
    def documents(self) -> Path:
        """Rendered reports before they are published together."""
        return self.build / "documents"

    @property
    def editions(self) -> Path:
        """Published builds, one folder a build id."""
        return self.build / "editions"

    @property
    def kept(self) -> Path:
        """The tables of each published build that the next one is compared with."""
        return self.build / "kept"

    @property
    def reports(self) -> Path:
        """The link to the published build that readers see."""
        return self.build / "reports"

    @property
    def manifest(self) -> Path:
        """What the last successful build was made of."""
        return self.build / "manifest.json"

    @property
    def dagster_home(self) -> Path:
        """Run history for the Dagster UI."""
        return self.build / "dagster"


def paths_from_environment(
    landing: Path | str | None = None, build: Path | None = None, as_of: date | None = None
) -> Paths:
    """Paths of this checkout; COUNTYLINES_DATA, _BUILD, _LANDING, _AS_OF, _CONTACT and _ADDRESS override, the arguments override those.

    ``landing`` is a folder, or the URL of one in an S3-compatible store.

    What was known on a day is built into a folder of its own, so that it never stands in for today's reports. Raises CountyLinesError for a
    setting of an unknown name or a wrong form, whatever it is about: this is what every command and code location begins with.
    """
    refuse_unknown_settings()
    as_of = as_of or day_in_environment()
    place = str(landing or os.environ.get("COUNTYLINES_LANDING") or "")
    build = build_folder(as_of) if build is None else build.resolve()
    contact = os.environ.get("COUNTYLINES_CONTACT", "")
    address = os.environ.get("COUNTYLINES_ADDRESS", "").rstrip("/")
    paths = Paths(data=data_folder(), build=build, as_of=as_of, contact=contact, address=address)
    if "://" in place:
        return replace(paths, landing=paths.build / "landing" / "files", landing_url=place)
    return replace(paths, landing=Path(place).resolve()) if place else paths


def records_root(paths: Paths) -> str:
    """Where single records are kept: COUNTYLINES_RECORDS, a folder or the URL of an S3-compatible store, or else the lake."""
    return os.environ.get("COUNTYLINES_RECORDS") or str(paths.lake / "raw" / "police_uk_records")
