"""Writes documents beside the published ones, and publishes a whole build in one rename."""

import shutil
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dagster as dg

from orchestration.run.documents import Asked, made_documents
from orchestration.run.what_changed import forget_tables, ids_of_editions, keep_tables, what_changed
from orchestration.store.hashes import hash_named
from orchestration.store.kept_documents import finished, folder_of_build, forget_documents, ids
from orchestration.store.lake import folders_in, replace_atomically
from orchestration.store.paths import Paths
from reports.document import Document, Page
from reports.numbers import ReportData
from reports.render import render_page, render_pdf
from reports.wording_rules import lint, words_of_page
from transforms.errors import CountyLinesError
from transforms.temporary import temporary_beside

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


def write_documents(asked: Sequence[Asked], paths: Paths, data: ReportData) -> Written:
    """Make each report that would say something else, as HTML with its evidence, as PDF and as texts; returns what there is then.

    The check says whether every number in the reports is one of the indicators of ``data``, so that it can be explained.
    """
    made = made_documents(asked, paths)
    new = [each for each in made if each.seconds]
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
            "reports made anew": ", ".join(each.slug for each in new) or "none",
            "reports as they were": len(made) - len(new),
            SECONDS_OF_PARTS: dict(seconds),
            NUMBER_OF_PARTS: {"report": len(new), "chart": sum(each.charts for each in new)},
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


def write_what_changed(paths: Paths, build_id: str, slugs: Sequence[str]) -> Written:
    """Write the page on what changed since the edition before as HTML and PDF; returns what was written, for the Dagster UI.

    It is held to no wording rule: what the edition before said stands in it as it was said, under the rules of its day.
    """
    page = what_changed(paths, build_id, slugs)
    document = Document(
        slug=page.slug,
        title=page.title,
        subtitle=page.lead,
        period="This edition beside the one before",
        id=page.build_id,
        id_of="Build",
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


def write_files(files: Iterable[tuple[str, bytes]], paths: Paths, build_id: str, there: Iterable[Path]) -> Written:
    """Write the files of a build that belong to it alone, each as it comes; returns these and those that are ``there``, for the Dagster UI."""
    return _written([*there, *(_write(paths, build_id, name, content) for name, content in files)])


def sizes(paths: Paths, build_id: str, slugs: Iterable[str], names: Iterable[str]) -> dict[str, int]:
    """The sizes in bytes of those of the named files that are ready to be published with a build."""
    made = finished(paths, build_id, slugs)
    return {name: made[name].stat().st_size for name in names if name in made}


def _write(paths: Paths, build_id: str, name: str, content: bytes) -> Path:
    path = folder_of_build(paths, build_id) / name
    replace_atomically(path, content)
    return path


def _written(paths: Sequence[Path], *checks: dg.AssetCheckResult, more: Mapping[str, Any] | None = None) -> Written:
    links = "\n".join(f"- [{path.name}]({path.as_uri()})" for path in paths)
    metadata = {"documents": len(paths), "files": dg.MetadataValue.md(links), **(more or {})}
    return dg.MaterializeResult(metadata=metadata, check_results=checks)


def publish(paths: Paths, build_id: str, slugs: Sequence[str], expected: Sequence[str]) -> Written:
    """Put the documents of a build together in a folder of their own and swap the link that readers follow, in one rename.

    ``slugs`` are those of the reports; ``expected`` names every file that must be there. A file that two editions have is one file with a link in
    each. Raises CountyLinesError when one is missing, and the last published build stays as it is.
    """
    made = finished(paths, build_id, slugs)
    missing = [name for name in expected if name not in made]
    if missing:
        raise CountyLinesError(
            f"Build {build_id} lacks {len(missing)} of {len(expected)} documents, the first {missing[0]}: "
            "materialise the report assets, all partitions of report/force included, and publish again."
        )
    new = [name for name in expected if not _is_same(made[name], paths.reports / name)]
    content = hash_named({name: made[name] for name in expected})[:12]
    edition = paths.editions / f"{build_id}-{content}"
    if edition.exists():
        _restore({name: made[name] for name in expected}, edition)
    else:
        half = temporary_beside(edition)
        half.mkdir(parents=True)
        for name in expected:
            (half / name).parent.mkdir(parents=True, exist_ok=True)
            _link(made[name], half / name)
        half.rename(edition)
    keep_tables(paths, edition, ids(paths, slugs))
    link = temporary_beside(paths.reports)
    link.symlink_to(edition.relative_to(paths.build))
    link.replace(paths.reports)
    _tidy(paths, edition)
    forget_tables(paths)
    forget_documents(paths, build_id, ids_of_editions(paths))
    index = paths.reports / "index.html"
    return dg.MaterializeResult(
        metadata={
            "open": dg.MetadataValue.url(index.as_uri()),
            "build id": build_id,
            "new or changed": dg.MetadataValue.md("\n".join(f"- {name}" for name in new) or "none"),
            "files as in the edition before": len(expected) - len(new),
        }
    )


def _is_same(file: Path, before: Path) -> bool:
    return before.is_file() and (file.samefile(before) or file.read_bytes() == before.read_bytes())


def _restore(made: Mapping[str, Path], edition: Path) -> None:
    """Put back what was deleted or edited in a published build; its name is the hash of its content, so that it is known."""
    for name, file in made.items():
        content = file.read_bytes()
        if not (edition / name).is_file() or (edition / name).read_bytes() != content:
            replace_atomically(edition / name, content)


def _link(file: Path, name: Path) -> None:
    """Give a file a second name; where the file system knows no such thing, copy it."""
    try:
        name.hardlink_to(file)
    except OSError:
        shutil.copyfile(file, name)


def _tidy(paths: Paths, edition: Path) -> None:
    """Remove all but the newest published builds."""
    others = sorted(
        (folder for folder in folders_in(paths.editions) if folder != edition),
        key=lambda folder: folder.stat().st_mtime_ns,
    )
    for folder in others[: -(_KEPT_BUILDS - 1)]:
        shutil.rmtree(folder)
