"""Writes documents beside the published ones, and publishes a whole build in one rename."""

import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dagster as dg

from orchestration.documents import made_documents
from orchestration.hashes import hash_files
from orchestration.lake import folders_in, replace_atomically
from orchestration.paths import Paths
from orchestration.what_changed import forget_tables, keep_tables, what_changed
from reports.document import Document, Page
from reports.numbers import ReportData
from reports.render import render_page, render_pdf
from reports.wording_rules import lint, words_of_page
from transforms.errors import CountyLinesError

# Dagster recognises a result with checks by the bare class only; the type checker wants its parameter.
if TYPE_CHECKING:
    Written = dg.MaterializeResult[None]
else:
    Written = dg.MaterializeResult

# Published builds that are kept beside the current one, so that a reader in the middle of a report can finish it.
_KEPT_BUILDS = 3


# The processor time of the parts of all reports that an asset made, and how many of each there are.
SECONDS_OF_PARTS = "seconds of processor by part"
NUMBER_OF_PARTS = "number of parts"

_SHOWN = 3
NUMBERS_CHECK = "every_number_is_an_indicator"
WORDS_CHECK = "no_wording_rule_is_broken"
CHECKS = {
    NUMBERS_CHECK: "Every number in the reports has an identifier that countylines explain can walk back.",
    WORDS_CHECK: "No sentence of a finished page or PDF breaks a wording rule.",
}


def write_documents(products: Sequence[Callable[[], Document]], paths: Paths, data: ReportData) -> Written:
    """Make each report and write it as HTML with its evidence, as PDF and as texts; returns what was written.

    The check says whether every number in the reports is one of the indicators of ``data``, so that it can be explained.
    """
    made = made_documents(products, paths, data)
    numbers = [indicator_id for each in made for indicator_id in each.indicator_ids]
    seconds = Counter[str]()
    for each in made:
        seconds.update(each.seconds)
    return _written(
        [path for each in made for path in each.written],
        _checked(
            NUMBERS_CHECK,
            len(numbers),
            sorted(set(numbers) - set(data.indicators["indicator_id"]) - set(data.observations["observation_id"])),
        ),
        _checked(WORDS_CHECK, len(made), [words for each in made for words in each.broken]),
        more={
            SECONDS_OF_PARTS: dict(seconds),
            NUMBER_OF_PARTS: {"report": len(made), "chart": sum(each.charts for each in made)},
        },
    )


def _checked(name: str, looked_at: int, failing: Sequence[str]) -> dg.AssetCheckResult:
    """The result of a check of finished reports, in the form of the checks of tables."""
    return dg.AssetCheckResult(
        passed=not failing,
        severity=dg.AssetCheckSeverity.ERROR,
        check_name=name,
        description=CHECKS[name],
        metadata={
            "rows looked at": looked_at,
            "rows failing": len(failing),
            "failing rows": dg.MetadataValue.md("\n".join(failing)),
            **({"what is wrong": _first_few(failing)} if failing else {}),
        },
    )


def _first_few(failing: Sequence[str]) -> str:
    """The first failures as one text; a rule that all documents break would fill the screen."""
    more = len(failing) - _SHOWN
    return "; ".join(failing[:_SHOWN]) + (f"; and {more} more" if more > 0 else "")


def write_pages(pages: Iterable[Page], paths: Paths) -> Written:
    """Write the pages around the reports as HTML; returns what was written, for the Dagster UI.

    Raises CountyLinesError when a finished page breaks a wording rule.
    """
    return _written([_write(paths, page.build_id, f"{page.slug}.html", _page(page).encode()) for page in pages])


def write_what_changed(paths: Paths, build_id: str) -> Written:
    """Write the page on what changed since the edition before as HTML and PDF; returns what was written, for the Dagster UI.

    It is held to no wording rule: what the edition before said stands in it as it was said, under the rules of its day.
    """
    page = what_changed(paths, build_id)
    document = Document(
        slug=page.slug,
        title=page.title,
        subtitle=page.lead,
        period="This edition beside the one before",
        build_id=page.build_id,
        status_line=page.status_line,
        blocks=page.blocks,
    )
    return _written(
        [
            _write(paths, build_id, f"{page.slug}.html", render_page(page).encode()),
            _write(paths, build_id, f"{page.slug}.pdf", render_pdf(document)),
        ]
    )


def _page(page: Page) -> str:
    source = render_page(page)
    if broken := lint(words_of_page(source)):
        raise CountyLinesError(f"The page {page.slug} says {'; '.join(broken)}.")
    return source


def write_files(files: Iterable[tuple[str, bytes]], paths: Paths, build_id: str) -> Written:
    """Write finished files beside the documents of a build, each as it comes; returns what was written, for the Dagster UI."""
    return _written([_write(paths, build_id, name, content) for name, content in files])


def sizes(paths: Paths, build_id: str, names: Iterable[str]) -> dict[str, int]:
    """The sizes in bytes of those of the named files that stand beside the documents of a build."""
    made = {name: paths.documents / build_id / name for name in names}
    return {name: path.stat().st_size for name, path in made.items() if path.is_file()}


def _write(paths: Paths, build_id: str, name: str, content: bytes) -> Path:
    path = paths.documents / build_id / name
    replace_atomically(path, content)
    return path


def _written(paths: Sequence[Path], *checks: dg.AssetCheckResult, more: Mapping[str, Any] | None = None) -> Written:
    links = "\n".join(f"- [{path.name}]({path.as_uri()})" for path in paths)
    metadata = {"documents": len(paths), "files": dg.MetadataValue.md(links), **(more or {})}
    return dg.MaterializeResult(metadata=metadata, check_results=checks)


def publish(paths: Paths, build_id: str, expected: Sequence[str]) -> Written:
    """Copy the documents of a build into a folder of their own and swap the link that readers follow, in one rename.

    ``expected`` names every file that must be there. Raises CountyLinesError when one is missing, and the last published build
    stays as it is.
    """
    made = paths.documents / build_id
    missing = [name for name in expected if not (made / name).is_file()]
    if missing:
        raise CountyLinesError(
            f"Build {build_id} lacks {len(missing)} of {len(expected)} documents, the first {missing[0]}: "
            "materialise the report assets, all partitions of report/force included, and publish again."
        )
    content = hash_files([made / name for name in expected], made)[:12]
    edition = paths.editions / f"{build_id}-{content}"
    if edition.exists():
        _restore(made, edition, expected)
    else:
        half = paths.editions / f".{edition.name}.{os.getpid()}.tmp"
        half.mkdir(parents=True)
        for name in expected:
            (half / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(made / name, half / name)
        half.rename(edition)
    keep_tables(paths, edition)
    link = paths.reports.with_name(f".reports.{os.getpid()}.tmp")
    link.unlink(missing_ok=True)
    link.symlink_to(edition.relative_to(paths.build))
    link.replace(paths.reports)
    _tidy(paths, edition, made)
    forget_tables(paths)
    index = paths.reports / "index.html"
    return dg.MaterializeResult(metadata={"open": dg.MetadataValue.url(index.as_uri()), "build id": build_id})


def _restore(made: Path, edition: Path, names: Iterable[str]) -> None:
    """Put back what was deleted or edited in a published build; its name is the hash of its content, so that it is known."""
    for name in names:
        content = (made / name).read_bytes()
        if not (edition / name).is_file() or (edition / name).read_bytes() != content:
            replace_atomically(edition / name, content)


def _tidy(paths: Paths, edition: Path, made: Path) -> None:
    """Remove all but the newest published builds, and documents that were rendered for other builds."""
    others = sorted(
        (folder for folder in folders_in(paths.editions) if folder != edition),
        key=lambda folder: folder.stat().st_mtime_ns,
    )
    for folder in [
        *others[: -(_KEPT_BUILDS - 1)],
        *(folder for folder in folders_in(paths.documents) if folder != made),
    ]:
        shutil.rmtree(folder)
