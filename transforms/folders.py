"""Where the authored data and the build are, unless somebody names another place. Standard library only: it is needed before anything else."""

import os
from datetime import date
from pathlib import Path

from transforms.errors import CountyLinesError

PROJECT = Path(__file__).resolve().parents[1]


def data_folder() -> Path:
    """The folder of registers, layouts and published cells: COUNTYLINES_DATA, or that of this checkout."""
    return Path(os.environ.get("COUNTYLINES_DATA") or PROJECT / "data").resolve()


def day_in_environment() -> date | None:
    """The day by which everything had been published, COUNTYLINES_AS_OF; None for all that is held. Raises CountyLinesError for what is no day."""
    day = os.environ.get("COUNTYLINES_AS_OF")
    try:
        return date.fromisoformat(day) if day else None
    except ValueError as error:
        raise CountyLinesError(f"COUNTYLINES_AS_OF is {day!r}, which is no day; write it as 2020-05-31.") from error


def build_folder(as_of: date | None = None) -> Path:
    """The folder that a build fills: COUNTYLINES_BUILD, or that of this checkout; one of its own for what was known on a day."""
    build = Path(os.environ.get("COUNTYLINES_BUILD") or PROJECT / "data" / "build").resolve()
    return build / f"as-of-{as_of}" if as_of else build
