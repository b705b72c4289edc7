"""Six reports look as they did when somebody last looked at them; `just looks` keeps new looks, on purpose only."""

import shutil
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser

from reports.document import Document, Figure
from reports.render import render_html, render_pdf
from tests.full_build import built as built
from tests.reports import synthetic
from tests.visual import pictures

pytestmark = pytest.mark.full

# Digits change with a build and its identifier, and rasterisers differ by a little; a page that moves or a lost figure is far more.
ALLOWED = 0.04
with_poppler = pytest.mark.skipif(
    shutil.which("pdftoppm") is None, reason="Poppler is not installed: no picture of a PDF"
)
MEANT = "looks different from what is kept in tests/visual/references; look at {}, and if it is meant, run `just looks`"


def looks_the_same(now: Image.Image, name: str, folder: Path) -> None:
    now.save(folder / f"{name}.png")
    reference = pictures.REFERENCES / f"{name}.png"
    assert reference.is_file(), f"{reference} is missing: run `just looks`"
    assert pictures.difference(now, pictures.kept(reference)) <= ALLOWED, f"{name} {MEANT.format(folder)}"


@with_poppler
@pytest.mark.parametrize("slug", pictures.REPORTS)
def test_a_pdf_looks_as_it_did(built: Path, tmp_path: Path, slug: str) -> None:
    looks_the_same(pictures.pdf_picture(built / "reports" / f"{slug}.pdf"), f"{slug}-pdf", tmp_path)


@pytest.mark.parametrize("slug", pictures.REPORTS)
def test_a_page_looks_as_it_did(browser: Browser, built: Path, tmp_path: Path, slug: str) -> None:
    looks_the_same(pictures.html_picture(browser, built / "reports" / f"{slug}.html"), f"{slug}-html", tmp_path)


def test_the_references_are_small() -> None:
    sizes = [path.stat().st_size for path in pictures.REFERENCES.glob("*.png")]
    assert len(sizes) == 2 * len(pictures.REPORTS)
    assert sum(sizes) <= 350_000


def without_a_figure(document: Document) -> Document:
    first = next(block for block in document.blocks if isinstance(block, Figure))
    return Document(**{**vars(document), "blocks": tuple(block for block in document.blocks if block is not first)})


def other_digits(document: Document) -> Document:
    return Document(**{**vars(document), "id": "synthetic-ba9876543210"})


@with_poppler
def test_a_lost_figure_is_seen_in_a_pdf_and_another_id_is_not(tmp_path: Path) -> None:
    document = synthetic.document()
    made = []
    for number, variant in enumerate((document, other_digits(document), without_a_figure(document))):
        (tmp_path / f"{number}.pdf").write_bytes(render_pdf(variant))
        made.append(pictures.pdf_picture(tmp_path / f"{number}.pdf"))
    assert pictures.difference(made[0], made[1]) <= ALLOWED
    assert pictures.difference(made[0], made[2]) > ALLOWED


def test_a_lost_figure_is_seen_on_a_page_and_another_id_is_not(browser: Browser, tmp_path: Path) -> None:
    document = synthetic.document()
    made = []
    for number, variant in enumerate((document, other_digits(document), without_a_figure(document))):
        (tmp_path / f"{number}.html").write_text(render_html(variant), encoding="utf-8")
        made.append(pictures.html_picture(browser, tmp_path / f"{number}.html"))
    assert pictures.difference(made[0], made[1]) <= ALLOWED
    assert pictures.difference(made[0], made[2]) > ALLOWED


def test_what_is_kept_with_few_greys_is_still_the_same_picture(browser: Browser, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(render_html(synthetic.document()), encoding="utf-8")
    picture = pictures.html_picture(browser, page)
    pictures.keep(picture, tmp_path / "kept.png")
    assert pictures.difference(picture, pictures.kept(tmp_path / "kept.png")) <= ALLOWED / 10
