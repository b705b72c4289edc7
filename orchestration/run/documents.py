"""Makes those reports that would say something else, in two processes at work, and keeps each under the hash of its content.

Two threads of one process would wait for each other: what is not Typst is Python, and Python runs in one thread at a time.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from orchestration.run.side_process import shared_out
from orchestration.store.closure import hash_function
from orchestration.store.hashes import hash_environment, hash_text
from orchestration.store.kept_documents import (
    REPORTS,
    current_files,
    folder_of,
    is_whole,
    keep,
    made_before,
    make_current,
)
from orchestration.store.paths import Paths
from reports.document import Document, Figure
from reports.numbers import ReportData
from reports.render import evidence_address, render_evidence, render_html, render_pdf
from reports.texts import texts_address, texts_json
from reports.wording import own_words
from reports.wording_rules import lint, words_of_page
from transforms.evidence import Evidence, evidence


@dataclass(frozen=True)
class Asked:
    """A report that is asked for: where it belongs, a hash of what it is made of, and what makes its content, with the data that were read."""

    slug: str
    key: str
    make: Callable[[], tuple[Document, ReportData]]


@dataclass(frozen=True)
class Made:
    """What became of one report: its files, the identifiers of its numbers, how many charts it has, the wording rules that it breaks, and
    the seconds of processor that each part took; none where it was there."""

    slug: str
    written: tuple[Path, ...]
    indicator_ids: tuple[str, ...]
    charts: int
    broken: tuple[str, ...]
    seconds: Mapping[str, float]


def made_documents(asked: Sequence[Asked], paths: Paths) -> list[Made]:
    """Each report as HTML with its evidence, as PDF and as texts, made unless it is there; in the order of their slugs.

    What is asked for can be pickled. Raises CountyLinesError as rendering does, and when the process beside this one was ended from outside.
    """
    code, environment = hash_function(_write), hash_environment()
    keyed = [replace(each, key=hash_text(each.key, code, environment)) for each in asked]
    before = {each.slug: made_before(folder_of(paths, REPORTS, each.slug), each.key, environment) for each in keyed}
    stale = [each for each in keyed if before[each.slug] is None]
    made = shared_out(
        "made reports", partial(_made, paths=paths, environment=environment, drawing=hash_function(_rendered)), stale
    )
    there = [_there(paths, slug, noted, {}) for slug, noted in before.items() if noted is not None]
    return sorted([*made, *there], key=lambda each: each.slug)


def _made(asked: Iterable[Asked], paths: Paths, environment: str, drawing: str) -> list[Made]:
    return [_write(each, paths, environment, drawing) for each in asked]


def _write(asked: Asked, paths: Paths, environment: str, drawing: str) -> Made:
    spent: dict[str, float] = {}
    with _timed(spent, "content"):
        document, data = asked.make()
    with _timed(spent, "evidence page"):
        found = evidence(
            dict.fromkeys(number.indicator_id for number in document.numbers),
            data.indicators,
            data.observations,
            data.editions,
            data.comparability,
            data.record_files,
        )
        document = replace(document, id=content_id(document, found, drawing))
    folder = folder_of(paths, REPORTS, asked.slug)
    if not is_whole(folder / document.id, environment):
        keep(folder / document.id, _rendered(document, found, spent), environment)
    with _timed(spent, "wording"):
        page = (folder / document.id / f"{asked.slug}.html").read_text(encoding="utf-8")
        broken = [*lint(words_of_page(page)), *lint(own_words(document))]
    noted = make_current(
        folder,
        asked.key,
        document.id,
        numbers=[number.indicator_id for number in document.numbers],
        charts=sum(isinstance(block, Figure) for block in document.blocks),
        broken=[f"{asked.slug}: {words}" for words in dict.fromkeys(broken)],
    )
    return _there(paths, asked.slug, noted, spent)


def content_id(document: Document, found: Evidence, drawing: str) -> str:
    """Twelve hexadecimal digits of the hash of a report's content, of the evidence of its numbers, and of ``drawing``, a hash of all code,
    templates and fonts that render it."""
    frames = (found.indicators, found.cells, found.editions, found.comparisons)
    parts = [repr(replace(document, id="")).encode(), *(frame.write_csv().encode() for frame in frames)]
    digests = [sha256(part).hexdigest() for part in parts]
    return hash_text(*digests, drawing)[:12]


def _rendered(document: Document, found: Evidence, spent: dict[str, float]) -> dict[str, bytes]:
    """The files of a report by their names; ``spent`` notes how long each took."""
    files = {}
    with _timed(spent, "page"):
        files[f"{document.slug}.html"] = render_html(document).encode()
    with _timed(spent, "evidence page"):
        evidence_page = render_evidence(document, found).encode()
        files[evidence_address(document.slug)] = evidence_page
    with _timed(spent, "PDF"):
        files[f"{document.slug}.pdf"] = render_pdf(document, evidence_page)
    files[texts_address(document.slug)] = texts_json(document)
    return files


def _there(paths: Paths, slug: str, noted: Mapping[str, Any], spent: Mapping[str, float]) -> Made:
    return Made(
        slug=slug,
        written=tuple(current_files(folder_of(paths, REPORTS, slug))),
        indicator_ids=tuple(noted["numbers"]),
        charts=noted["charts"],
        broken=tuple(noted["broken"]),
        seconds=spent,
    )


@contextmanager
def _timed(spent: dict[str, float], part: str) -> Iterator[None]:
    """Note the processor time that a part takes, Typst's own threads included."""
    began = time.process_time()
    yield
    spent[part] = spent.get(part, 0.0) + time.process_time() - began
