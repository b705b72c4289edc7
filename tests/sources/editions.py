"""A new edition of a known source, as a maintainer adds it: a row in a layout file and an entry in the register, in a copy of ``data``."""

import shutil
from pathlib import Path

from transforms.sources.registry import Edition, load_source

from .workbooks import DATA

_ENTRY = """
[[edition]]
id = "{id}"
title = "Synthetic"
file = "{source_id}/{id}.ods"
file_kind = "original"
vintage = "2026-07"
published = false
"""


def with_edition(data: Path, source_id: str, edition_id: str, *layout: str) -> tuple[Path, Edition]:
    """The copy of the project's sources, layouts and registers below ``data``, with the edition added, and that edition."""
    for folder in ("sources", "layouts", "registers"):
        if not (data / folder).exists():
            shutil.copytree(DATA / folder, data / folder)
    with (data / "layouts" / f"{source_id}.csv").open("a", encoding="utf-8") as file:
        file.write(",".join((edition_id, *layout)) + "\n")
    with (data / "sources" / f"{source_id}.toml").open("a", encoding="utf-8") as file:
        file.write(_ENTRY.format(id=edition_id, source_id=source_id))
    return data, next(each for each in load_source(data, source_id).editions if each.id == edition_id)
