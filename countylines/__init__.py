"""Statistics on county lines for the 43 police forces of England and Wales, for analysts: figures with their limits, their rules and their sources.

    import countylines as cl

    build = cl.open()                                   # the build of this checkout; or a folder, a file, an address
    build.series("Norfolk", "drug_offences")            # twelve months after twelve months, none counted twice
    build.value("Norfolk", "drug_offences")["value"]    # the newest rate
    build.compare("Norfolk", "Suffolk", measure="drug_offences")["sentence"]

Here belongs what an analyst asks of a finished build, and nothing that makes one: each answer is a call into ``transforms`` or a drawing of
``reports``. The command line asks here too, so that both always agree. Nothing is imported before it is needed.
"""

from typing import TYPE_CHECKING

from transforms.errors import CountyLinesError, NotComparableError

if TYPE_CHECKING:
    import os
    from pathlib import Path

    from countylines.build import Build

__all__ = ["CountyLinesError", "NotComparableError", "open"]


def open(place: "str | os.PathLike[str] | None" = None, *, data: "Path | None" = None) -> "Build":
    """Open a build to read its figures; nothing is read before it is asked for.

    ``place`` is the folder of a build, the folder of a published edition, county_lines.duckdb, or the address of an edition (https:// or
    s3://), of which each file is compared with the checksum in the edition's manifest. Without it, COUNTYLINES_BUILD or the build of this checkout.
    ``data`` is the folder with the registers for the folder of a build; an edition and a DuckDB file have their own.

    Raises CountyLinesError where there is no build, and where an address gives no edition.
    """
    from countylines.build import Build
    from countylines.places import place_at

    return Build(place_at(place, data))
