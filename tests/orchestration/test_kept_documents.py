"""What is finished is kept under the hash of its content, and is made again only when that, or what made it, is another."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from orchestration.run import documents
from orchestration.run.documents import Asked, Made, content_id, made_documents
from orchestration.store.closure import reach_of
from orchestration.store.kept_documents import (
    REPORTS,
    finished,
    folder_of,
    folder_of_build,
    forget_documents,
    ids,
    keep,
    make_current,
)
from orchestration.store.lake import replace_atomically
from orchestration.store.paths import Paths
from reports.document import Document, Figure, Heading, Number, Paragraph
from reports.numbers import ReportData
from tests.full_build import ROOT
from transforms.contracts import COMPARABILITY, EDITIONS, INDICATORS, OBSERVATIONS, RECORD_FILES
from transforms.evidence import evidence

RATE = "M01.SYNTHETIC.202401-202412.synthetic-2024-12.canonical"


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(data=ROOT / "data", build=tmp_path)


@pytest.fixture
def data() -> ReportData:
    """Synthetic: no table has a row."""
    nothing = pl.DataFrame()
    empty = {
        "indicators": INDICATORS,
        "observations": OBSERVATIONS,
        "editions": EDITIONS,
        "comparability": COMPARABILITY,
        "record_files": RECORD_FILES,
    }
    others = ("areas", "notes", "reconciliation", "coverage", "plausibility", "scoreboard", "measures", "breaks")
    frames = {name: contract.schema.to_frame(eager=True) for name, contract in empty.items()}
    return ReportData(**frames, **dict.fromkeys(others, nothing), sources={}, build_id="")


REPORT = Document("synthia", "Synthia", "", "2024", "Synthetic.", (Paragraph(("A synthetic sentence.",)),))


def asked(document: Document, data: ReportData, key: str = "synthetic") -> list[Asked]:
    return [Asked(document.slug, key, lambda: (document, data))]


def never() -> tuple[Document, ReportData]:
    raise AssertionError("it is there")


def files(made: list[Made]) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for each in made for path in each.written}


def test_a_report_that_is_there_is_not_made_again_not_even_its_content(paths: Paths, data: ReportData) -> None:
    first = made_documents(asked(REPORT, data), paths)
    again = made_documents([Asked("synthia", "synthetic", never)], paths)
    assert again[0].seconds == {}
    assert replace(again[0], seconds=first[0].seconds) == first[0]


def test_other_rows_that_say_the_same_render_nothing_again(paths: Paths, data: ReportData) -> None:
    first = made_documents(asked(REPORT, data), paths)
    times = {path: path.stat().st_mtime_ns for path in first[0].written}
    again = made_documents(asked(REPORT, data, key="other rows"), paths)
    assert {path: path.stat().st_mtime_ns for path in again[0].written} == times
    assert "content" in again[0].seconds
    assert "PDF" not in again[0].seconds


@pytest.mark.parametrize(
    "damage", [lambda file: file.write_bytes(b"half"), lambda file: file.unlink()], ids=["edited", "deleted"]
)
def test_a_file_that_was_edited_or_deleted_is_made_again(
    paths: Paths, data: ReportData, damage: Callable[[Path], object]
) -> None:
    first = made_documents(asked(REPORT, data), paths)
    before = files(first)
    damage(first[0].written[0])
    assert files(made_documents(asked(REPORT, data), paths)) == before


def test_a_report_that_says_what_it_said_before_has_its_old_id_and_files(paths: Paths, data: ReportData) -> None:
    other = replace(REPORT, blocks=(Paragraph(("Another synthetic sentence.",)),))
    first, second, third = (
        made_documents(asked(document, data, key), paths)
        for document, key in ((REPORT, "a"), (other, "b"), (REPORT, "c"))
    )
    assert first[0].written == third[0].written != second[0].written
    assert "PDF" not in third[0].seconds


def id_of(document: Document, data: ReportData) -> str:
    numbers = dict.fromkeys(number.indicator_id for number in document.numbers)
    found = evidence(numbers, data.indicators, data.observations, data.editions, data.comparability, data.record_files)
    return content_id(document, found, "synthetic hash of what draws it")


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Synthia once more"},
        {"subtitle": "other"},
        {"period": "2025"},
        {"status_line": "Synthetic!"},
        {"home": "elsewhere.html"},
        {"blocks": (Paragraph(("A synthetic word.",)),)},
        {"blocks": (Paragraph(("A synthetic sentence.",), is_note=True),)},
        {"blocks": (Paragraph((Number("1.5", RATE),)),)},
        {"blocks": (Heading(2, "A synthetic sentence.", "a"),)},
        {"blocks": (Figure("a", "Title", "Words", "<svg/>", None, ""),)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_the_id_changes_with_every_word_number_and_chart(data: ReportData, change: dict[str, object]) -> None:
    assert id_of(replace(REPORT, **change), data) != id_of(REPORT, data)  # type: ignore[arg-type]


def test_the_id_does_not_depend_on_itself_and_is_twelve_digits(data: ReportData) -> None:
    assert id_of(replace(REPORT, id="another"), data) == id_of(REPORT, data)
    assert len(id_of(REPORT, data)) == 12


def test_the_id_changes_with_the_evidence_of_its_numbers(data: ReportData) -> None:
    report = replace(REPORT, blocks=(Paragraph((Number("1.5", RATE),)),))
    row = dict.fromkeys(data.indicators.columns) | {"indicator_id": RATE, "numerator": 3.0, "status": "ok"}
    known = pl.DataFrame([row | {"coverage": "complete"}], schema=data.indicators.schema)
    partial = known.with_columns(coverage=pl.lit("partial"))
    found = {id_of(report, replace(data, indicators=each)) for each in (data.indicators, known, partial)}
    assert len(found) == 3


def test_the_id_depends_on_every_template_font_and_line_of_code_that_renders() -> None:
    reached = {str(file.relative_to(ROOT)) for file in reach_of(documents._rendered).files}
    templates = {
        str(file.relative_to(ROOT))
        for folder in ("templates/html", "templates/typst", "fonts")
        for file in (ROOT / "reports" / folder).iterdir()
    }
    assert templates <= reached
    assert {
        f"reports/{name}.py" for name in ("render/html", "render/pdf", "render/evidence_page", "texts", "formats")
    } <= reached
    assert not {
        file for file in reached if file.startswith(("orchestration/", "reports/products/", "reports/templates/mail/"))
    } - {"orchestration/__init__.py", "orchestration/run/__init__.py"}


def test_an_edition_keeps_its_documents_and_others_are_forgotten(paths: Paths) -> None:
    folder = folder_of(paths, REPORTS, "norfolk")
    for id in ("old", "published", "new"):
        keep(folder / id, {"norfolk.html": id.encode()}, "synthetic")
    make_current(folder, "key", "new")
    (paths.documents / "builds" / "0123").mkdir(parents=True)
    keep(folder_of(paths, REPORTS, "avon") / "old", {"avon.html": b"old"}, "synthetic")
    assert ids(paths, ["norfolk", "suffolk"]) == {"reports/norfolk": "new"}
    forget_documents(paths, "4567", [{"reports/norfolk": "new"}, {"reports/norfolk": "published"}])
    assert sorted(each.name for each in folder.iterdir()) == ["current.json", "new", "published"]
    assert not folder_of(paths, REPORTS, "avon").exists()
    assert not list((paths.documents / "builds").iterdir())
    assert set(finished(paths, "4567", ["norfolk"])) == {"norfolk.html"}


def test_what_a_file_manager_leaves_among_documents_stops_nothing(paths: Paths) -> None:
    folder = folder_of(paths, REPORTS, "norfolk")
    keep(folder / "old", {"norfolk.html": b"old"}, "synthetic")
    own = folder_of_build(paths, "4567")
    replace_atomically(own / "index.html", b"page")
    left = [
        each / ".DS_Store"
        for each in (paths.documents, paths.documents / "builds", folder.parent, folder, own, own / "texts")
    ]
    for file in left:
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(b"")
    forget_documents(paths, "4567", [{"reports/norfolk": "old"}])
    assert (folder / "old" / "norfolk.html").read_bytes() == b"old"
    assert all(file.is_file() for file in left)
    assert set(finished(paths, "4567", ["norfolk"])) == {"index.html"}
