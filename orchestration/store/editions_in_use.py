"""Which sources and editions a run reads: the register, what the landing folder adds to it, what was known on a day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import polars as pl

from orchestration.store.landing_zone import fetch_landing, originals
from orchestration.store.parsed_files import forget_others, looked_at_apart
from orchestration.store.paths import Paths
from orchestration.store.readable_files import readable_once
from transforms.errors import RegisterError
from transforms.sources.calendar import release_calendar
from transforms.sources.landing import survey, with_landing
from transforms.sources.published import editions_held, known_on, read_editions, settled_sources, sources_held
from transforms.sources.recognise import LandingFile
from transforms.sources.registry import Source, load_sources


@dataclass(frozen=True)
class Registered:
    """``sources`` are those of which an edition is held; ``known`` is the whole register with the editions known on the day.

    ``files`` are those of the landing folder; ``settled`` sources are read in the very editions that the register lists.
    """

    sources: dict[str, Source]
    known: dict[str, Source]
    files: tuple[LandingFile, ...]
    settled: frozenset[str]


def registered(paths: Paths, *, parsing: bool = True) -> Registered:
    """Read the register and the landing folder; raises RegisterError when nothing that reports are made of had been published.

    A landing zone in a store is fetched first. Every edition in the folder is read to its end, once, to see whether it can be. Without
    ``parsing`` one that never was is taken as read, and nothing is fetched.
    """
    register = load_sources(paths.data)
    if parsing:
        fetch_landing(paths)
    parse = readable_once(paths, asking=parsing)
    files = (
        survey(paths.landing, register, paths.data, parse, originals(paths), looked_at_apart) if paths.landing else ()
    )
    if parsing:
        forget_others(paths, files)
    known = known_on(with_landing(register, files), paths.as_of)
    sources = sources_held(known, paths.landing)
    if paths.as_of and "ons_pfa_tables" not in sources:
        raise RegisterError(
            f"Of the police force area tables, which every report needs, no edition that had been published by {paths.as_of} is held; "
            "take a later day."
        )
    settled = settled_sources(sources, register, paths.landing) - _otherwise_published(files, paths)
    return Registered(sources, known, files, settled)


def _otherwise_published(files: Iterable[LandingFile], paths: Paths) -> set[str]:
    """The sources of which the folder has an edition in other bytes than those whose cells the project keeps: a publisher may have mended it."""
    kept = {(row["source_id"], row["edition_id"]): row["sha256"] for row in read_editions(paths.data).to_dicts()}
    return {
        edition.source_id
        for file in files
        for edition in file.editions
        if kept.get((edition.source_id, edition.id), file.sha256) != file.sha256
    }


def calendar_on(paths: Paths, day: date) -> pl.DataFrame:
    """The release calendar on a day, CALENDAR_SCHEMA, with the editions that a build reads."""
    known = registered(paths, parsing=False).known
    held = {source_id: editions_held(source, paths.landing) for source_id, source in known.items()}
    return release_calendar(known, held, f"{day:%Y-%m}")
