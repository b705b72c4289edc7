"""Makes those workbooks that would say something else, in two processes at work, and keeps each under the hash of its content."""

from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path

import polars as pl

from orchestration.run.side_process import shared_out
from orchestration.store.closure import hash_function
from orchestration.store.hashes import hash_environment, hash_text
from orchestration.store.kept_documents import (
    WORKBOOKS,
    current_files,
    folder_of,
    is_whole,
    keep,
    made_before,
    make_current,
)
from orchestration.store.paths import Paths
from reports.datapack.files import book_key, books
from reports.datapack.workbook import workbook
from reports.slices import Slices


def made_workbooks(area_ids: Mapping[str, str], slices: Slices, revisions: pl.DataFrame, paths: Paths) -> list[Path]:
    """The workbook of the report on each area, given by slug, made unless it is there; in the order of the slugs.

    ``revisions`` is out/revisions. Raises CountyLinesError when the process beside this one was ended from outside.
    """
    code, environment = hash_function(_made, book_key), hash_environment()
    keys = {
        slug: hash_text(book_key(slices, revisions, area_id), code, environment) for slug, area_id in area_ids.items()
    }
    stale = [slug for slug, key in keys.items() if not made_before(folder_of(paths, WORKBOOKS, slug), key, environment)]
    make = partial(
        _made,
        area_ids=area_ids,
        keys=keys,
        slices=slices,
        revisions=revisions,
        paths=paths,
        environment=environment,
        drawing=hash_function(workbook),
    )
    shared_out("made workbooks", make, stale)
    return [file for slug in sorted(area_ids) for file in current_files(folder_of(paths, WORKBOOKS, slug))]


def _made(
    slugs: Iterable[str],
    area_ids: Mapping[str, str],
    keys: Mapping[str, str],
    slices: Slices,
    revisions: pl.DataFrame,
    paths: Paths,
    environment: str,
    drawing: str,
) -> list[str]:
    made = []
    for book in books((area_ids[slug] for slug in slugs), slices, revisions):
        folder = folder_of(paths, WORKBOOKS, book.slug)
        id = hash_text(book.content, drawing)[:12]
        if not is_whole(folder / id, environment):
            keep(folder / id, {f"{book.slug}.xlsx": book.write(id)}, environment)
        make_current(folder, keys[book.slug], id)
        made.append(book.slug)
    return made
