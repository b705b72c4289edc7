"""Makes reports and writes them beside the published ones, in two processes at work.

Two threads of one process would wait for each other: what is not Typst is Python, and Python runs in one thread at a time.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from orchestration.apart import shared_out
from orchestration.lake import replace_atomically
from orchestration.paths import Paths
from reports.document import Document, Figure
from reports.numbers import ReportData
from reports.render import evidence_address, render_evidence, render_html, render_pdf
from reports.texts import texts_address, texts_json
from reports.wording import own_words
from reports.wording_rules import lint, words_of_page
from transforms.evidence import evidence


@dataclass(frozen=True)
class Made:
    """What became of one report: its files, the identifiers of its numbers, how many charts it has, the wording rules that it breaks, and
    the seconds of processor that each part took."""

    slug: str
    written: tuple[Path, ...]
    indicator_ids: tuple[str, ...]
    charts: int
    broken: tuple[str, ...]
    seconds: Mapping[str, float]


def made_documents(products: Sequence[Callable[[], Document]], paths: Paths, data: ReportData) -> list[Made]:
    """Make each report and write it as HTML with its evidence, as PDF and as texts; in the order of their slugs.

    ``products`` can be pickled. Raises CountyLinesError as rendering does, and when the process beside this one was ended from outside.
    """
    made = shared_out("made reports", partial(_made, paths=paths, data=data), products)
    return sorted(made, key=lambda each: each.slug)


def _made(products: Sequence[Callable[[], Document]], paths: Paths, data: ReportData) -> list[Made]:
    return [_write(product, paths, data) for product in products]


def _write(product: Callable[[], Document], paths: Paths, data: ReportData) -> Made:
    spent: dict[str, float] = {}
    with _timed(spent, "content"):
        document = product()
    folder = paths.documents / document.build_id
    with _timed(spent, "page"):
        page = render_html(document)
        files = {f"{document.slug}.html": page.encode()}
    with _timed(spent, "evidence page"):
        found = evidence(
            dict.fromkeys(number.indicator_id for number in document.numbers),
            data.indicators,
            data.observations,
            data.editions,
            data.comparability,
        )
        files[evidence_address(document.slug)] = render_evidence(document, found).encode()
    with _timed(spent, "PDF"):
        files[f"{document.slug}.pdf"] = render_pdf(document)
    with _timed(spent, "wording"):
        broken = [*lint(words_of_page(page)), *lint(own_words(document))]
        files[texts_address(document.slug)] = texts_json(document)
    for name, content in files.items():
        replace_atomically(folder / name, content)
    return Made(
        slug=document.slug,
        written=tuple(folder / name for name in files),
        indicator_ids=tuple(number.indicator_id for number in document.numbers),
        charts=sum(isinstance(block, Figure) for block in document.blocks),
        broken=tuple(f"{document.slug}: {words}" for words in dict.fromkeys(broken)),
        seconds=spent,
    )


@contextmanager
def _timed(spent: dict[str, float], part: str) -> Iterator[None]:
    """Note the processor time that a part takes, Typst's own threads included."""
    began = time.process_time()
    yield
    spent[part] = time.process_time() - began
