"""What one build says and another does not: for the command `countylines diff`, and for the page beside every published edition.

The tables that are compared are kept for each published build, since the lake holds only those of the newest.
"""

import json
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestration.store.kept_documents import finished
from orchestration.store.lake import folders_in, replace_atomically
from orchestration.store.paths import Paths
from transforms.errors import CountyLinesError

if TYPE_CHECKING:
    import polars as pl

    from reports.document import Page

# Which documents a published build has, beside its tables.
_IDS = "documents.json"


def tables_of(folder: Path) -> "dict[str, pl.DataFrame]":
    """The tables that are compared, by name, from a lake or from those kept for a published build.

    Raises CountyLinesError when one is not there.
    """
    import polars as pl

    from transforms.differences import TABLES

    missing = [table for table in TABLES if not (folder / f"{table}.parquet").is_file()]
    if missing:
        raise CountyLinesError(
            f"{folder.parent} holds no table {missing[0]}; name a folder that countylines build has filled."
        )
    return {table: pl.read_parquet(folder / f"{table}.parquet") for table in TABLES}


def texts_of(reports: Path) -> list[dict[str, Any]]:
    """The words of the published reports in a folder. Raises CountyLinesError when none are there."""
    from reports.texts import FOLDER

    files = sorted((reports / FOLDER).glob("*.json"))
    if not files:
        raise CountyLinesError(
            f"{reports.parent} holds no texts of published reports; run countylines build in it again."
        )
    return [json.loads(file.read_bytes()) for file in files]


def name_of(edition: Path) -> str:
    """The build id of a published build, from the name of its folder."""
    return edition.name.partition("-")[0]


def keep_tables(paths: Paths, edition: Path, ids: Mapping[str, str]) -> None:
    """Keep the tables of a build that is about to be published, each as a whole: what readers see can then always be compared with.

    Also which documents it has, by the ids of ``made.ids``.
    """
    from transforms.differences import TABLES

    replace_atomically(paths.kept / edition.name / _IDS, json.dumps(ids, indent=1, sort_keys=True).encode())
    for table in TABLES:
        content = (paths.lake / f"{table}.parquet").read_bytes()
        replace_atomically(paths.kept / edition.name / f"{table}.parquet", content)


def forget_tables(paths: Paths) -> None:
    """Forget the tables of published builds that are no longer kept."""
    for folder in folders_in(paths.kept):
        if not (paths.editions / folder.name).is_dir():
            shutil.rmtree(folder)


def ids_of_editions(paths: Paths) -> list[dict[str, str]]:
    """The ids of the documents of every published build that is kept; none of one that does not say, which has its files all the same."""
    return [json.loads(file.read_bytes()) for file in sorted(paths.kept.glob(f"*/{_IDS}"))]


def edition_before(paths: Paths, build_id: str) -> Path | None:
    """The published build that readers had before a build: the one they see, or the newest other; None where there is none to compare.

    One that cannot be read to its end is passed over, so that no damage of the past stops a build.
    """
    held = [folder for folder in folders_in(paths.editions) if name_of(folder) != build_id and _is_whole(paths, folder)]
    seen = paths.reports.resolve()
    return max(held, key=lambda folder: (folder == seen, folder.stat().st_mtime_ns), default=None)


def _is_whole(paths: Paths, edition: Path) -> bool:
    """Whether the tables and the words of a published build are there and can be read."""
    from polars.exceptions import PolarsError

    try:
        tables_of(paths.kept / edition.name)
        texts_of(edition)
    except (CountyLinesError, PolarsError, OSError, ValueError):
        return False
    return True


def what_changed(paths: Paths, build_id: str, slugs: Iterable[str]) -> "Page":
    """The page of a build that is about to be published: what it says that the edition before did not."""
    from reports.products.changes import CHANGED, TITLE, changes_page, first_edition
    from reports.texts import FOLDER, text_changes
    from transforms.differences import differences
    from transforms.importance import ranked

    before = edition_before(paths, build_id)
    if before is None:
        return first_edition(build_id)
    found = differences(tables_of(paths.kept / before.name), tables_of(paths.lake))
    files = finished(paths, build_id, slugs)
    now = [json.loads(files[name].read_bytes()) for name in sorted(files) if name.startswith(f"{FOLDER}/")]
    texts = text_changes(texts_of(before), now)
    page = changes_page(ranked(found, texts), name_of(before), build_id)
    return replace(page, slug=CHANGED, title=TITLE, home="index.html")
