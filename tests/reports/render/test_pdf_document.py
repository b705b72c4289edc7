"""The PDF: tagged for PDF/UA-1, the same bytes everywhere, and no text that can become code."""

import hashlib
import io
import itertools
import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import page as page_validation
import pikepdf
import pytest
import typst
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.document import (
    Callout,
    Figure,
    Heading,
    KeyMessages,
    Link,
    Links,
    Number,
    Paragraph,
    Quotation,
    Table,
    TableColumn,
)
from reports.render import render_pdf, typst_source
from reports.render.pdf import FONTS, TEXT_WIDTH, data_table, typst_literal
from tests.reports import synthetic
from transforms.errors import CountyLinesError

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def pdf() -> bytes:
    return render_pdf(synthetic.document())


@pytest.fixture(scope="module")
def structure(pdf) -> list[tuple[str, pikepdf.Object]]:
    """Every element of the tag tree with its role, in reading order."""
    found: list[tuple[str, pikepdf.Object]] = []

    def walk(element: pikepdf.Object) -> None:
        if isinstance(element, pikepdf.Array):
            for child in element:
                walk(child)
        elif isinstance(element, pikepdf.Dictionary):
            if "/S" in element:
                found.append((str(element.S), element))
            if "/K" in element:
                walk(element.K)

    with pikepdf.open(io.BytesIO(pdf)) as opened:
        walk(opened.Root.StructTreeRoot.K)
        yield found


def test_it_passes_pdf_ua_1(pdf):
    report = page_validation.validate_pdf_bytes(pdf, profile="ua1")
    assert report.is_compliant, [(failure.rule_id, failure.message) for failure in report.failures]


def test_it_is_tagged_titled_bookmarked_and_british_english(pdf):
    document = synthetic.document()
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert opened.Root.MarkInfo.Marked
        assert str(opened.Root.Lang) == "en-GB"
        assert opened.open_metadata()["dc:title"] == document.title
        assert opened.Root.ViewerPreferences.DisplayDocTitle
        with opened.open_outline() as outline:
            titles = [item.title for item in outline.root]
        assert titles == [block.text for block in document.blocks if isinstance(block, Heading) and block.level == 2]
        assert float(opened.pages[0].MediaBox[2]) == pytest.approx(595.28, abs=0.1)
        assert float(opened.pages[0].MediaBox[3]) == pytest.approx(841.89, abs=0.1)


@pytest.mark.parametrize("before", ["\n#key-messages(", "\n#data-table(", None])
def test_a_welsh_word_is_welsh_alone_and_the_document_stays_english(before):
    """Before the first text, in the middle, and at the end: where no language is set at the root, such a word sets it."""
    source = typst_source(synthetic.document())
    assert before is None or before in source
    head, mark, tail = source.partition(before) if before else (source, "", "")
    welsh = '\n#par[#text(lang: "cy")[Heddlu]]\n'
    made = typst.compile(
        (head + welsh + mark + tail).encode(), format="pdf", pdf_standards=["ua-1"], font_paths=[FONTS], timestamp=0
    )
    with pikepdf.open(io.BytesIO(made)) as opened:
        assert str(opened.Root.Lang) == "en-GB"
        spans = [str(item.Lang) for item in opened.objects if isinstance(item, pikepdf.Dictionary) and "/Lang" in item]
    assert "cy" in {language.split("-")[0] for language in spans}


def test_it_carries_no_date(pdf):
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert "/CreationDate" not in opened.docinfo
        assert "/ModDate" not in opened.docinfo


def test_only_the_vendored_font_is_used(pdf):
    fonts = set()
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        for item in opened.objects:
            if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/Font":
                fonts.add(str(item.BaseFont).split("+")[-1].split("-")[0])
    assert fonts == {"SourceSansPro"}


def test_every_table_has_header_cells_and_every_chart_its_description(structure):
    document = synthetic.document()
    figures = [block for block in document.blocks if isinstance(block, Figure)]
    roles = [role for role, _ in structure]
    assert roles.count("/TH") >= sum(len(figure.table.columns) for figure in figures)
    assert [str(element.Alt) for role, element in structure if role == "/Figure"] == [
        figure.description for figure in figures
    ]
    assert roles.count("/Table") == roles.count("/THead")


def test_headings_are_tagged_in_order_without_skipping(structure):
    levels = [int(role[2:]) for role, _ in structure if re.fullmatch(r"/H[1-6]", role)]
    assert levels
    assert all(later <= earlier + 1 for earlier, later in itertools.pairwise(levels))


@pytest.mark.full
def test_the_bytes_are_the_same_on_every_run_and_under_any_hash_seed(pdf):
    program = "import hashlib\nfrom reports.render import render_pdf, render_html\nfrom tests.reports import synthetic\nd = synthetic.document()\nprint(hashlib.sha256(render_pdf(d)).hexdigest(), hashlib.sha256(render_html(d).encode()).hexdigest())"
    runs = [
        subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            text=True,
            check=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout.split()
        for seed in ("1", "2")
    ]
    assert runs[0] == runs[1]
    assert runs[0][0] == hashlib.sha256(pdf).hexdigest()


@pytest.mark.full
def test_threads_may_render_at_the_same_time(pdf):
    with ThreadPoolExecutor(3) as pool:
        assert set(pool.map(render_pdf, [synthetic.document()] * 3)) == {pdf}


@pytest.mark.full
def test_typst_is_not_imported_before_a_pdf_is_made():
    program = "import sys, reports.render\nprint('typst' in sys.modules)"
    assert (
        subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT).stdout
        == "False\n"
    )


@pytest.mark.parametrize(
    "characters", ["–—’‘“”£·→≥≤×±−½²•◆", "ŵŷâêôûïŴŶ", "[x] [c] [z] [low] [r] 1,234.5%", "a\u2011b\u00a0c\u200bd"]
)
def test_the_font_has_the_characters_that_publishers_use(characters):
    assert render_pdf(replace(synthetic.document(), blocks=(Paragraph((characters,)),))).startswith(b"%PDF")


def test_a_character_that_the_font_lacks_is_refused_by_name():
    with pytest.raises(CountyLinesError, match=r"synthetic-norfolk.*😀"):
        render_pdf(replace(synthetic.document(), blocks=(Paragraph(("😀",)),)))


def test_a_chart_without_a_description_is_refused():
    undescribed = replace(synthetic.map_figure(), description="")
    with pytest.raises(CountyLinesError, match="missing alt text"):
        render_pdf(replace(synthetic.document(), blocks=(undescribed,)))


def evaluated(literal: str) -> object:
    """What Typst takes a literal for."""
    compiler = typst.Compiler(input=f"#metadata({literal}) <it>".encode(), font_paths=[FONTS], ignore_system_fonts=True)
    return json.loads(compiler.query("<it>", field="value", one=True))


ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40) | st.text(
    '#$@`<>\\"/*_=-+~[](){}\n\t;:.,&', max_size=40
)


@pytest.mark.full
@settings(max_examples=60, deadline=None)
@given(st.lists(ANY_TEXT, min_size=1, max_size=8))
def test_typst_reads_back_exactly_the_text_that_was_escaped(texts):
    assert evaluated(typst_literal(texts)) == texts


@pytest.mark.parametrize(
    "text",
    [
        '"); panic("x',
        "\\",
        '\\"',
        "#panic()",
        "$x$",
        "@label",
        "`raw`",
        "<label>",
        "// no comment",
        "/* */",
        "\\u{41}",
        "\u2028",
        "\x00\x07",
    ],
)
def test_what_means_something_to_typst_is_only_text(text):
    assert evaluated(typst_literal(text)) == text


def test_only_plain_data_can_be_written():
    assert (
        typst_literal(("a", Number("1", "source/cell A1"), True, 3, 7.5, {"k": ()}))
        == '("a", number("1", "source/cell_A1"), true, 3, 7.5, ("k": (), ), )'
    )
    assert typst_literal(Link("ONS", "https://ons.example")) == 'away("https://ons.example", "ONS")'
    with pytest.raises(TypeError, match="cannot be written"):
        typst_literal(object())


PRINTABLE = st.text(st.sampled_from('abc #$@`<>\\"/*_=-+~[](){};:.,&–’£'), min_size=1, max_size=30)


@pytest.mark.full
@settings(max_examples=15, deadline=None)
@given(PRINTABLE)
def test_a_document_of_hostile_text_compiles_with_its_words_intact(text):
    heading = f"x{text}"
    document = replace(
        synthetic.document(),
        title=heading,
        subtitle=text,
        period=text,
        id=text,
        status_line=text,
        blocks=(
            Heading(2, heading, "a"),
            KeyMessages((((text, Number(text, text)), "t"),)),
            Paragraph((text,)),
            Callout(text, "caveat", ((text,),)),
            Callout(text, "information", ((text,),)),
            Table(
                "t",
                text,
                (TableColumn(text), TableColumn(text, numeric=True)),
                ((text, Number(text, text)),),
                text,
                frozenset({0}),
            ),
            Quotation(text, text),
            Links(text, ((text, text, text),)),
        ),
    )
    compiler = typst.Compiler(input=typst_source(document).encode(), font_paths=[FONTS], ignore_system_fonts=True)
    headings = json.loads(compiler.query("heading", field="body"))
    assert [body["text"] for body in headings] == [heading]
    assert render_pdf(document).startswith(b"%PDF")


def table(rows: int, *cells: str) -> Table:
    columns = tuple(TableColumn("Column", numeric=bool(place)) for place in range(len(cells)))
    return Table(
        "t", "Synthetic", columns, tuple(cells for _ in range(rows)), "Source: synthetic", frozenset({rows - 1})
    )


def test_a_narrow_table_below_a_chart_stands_in_three_parts_that_keep_order_and_mark():
    laid_out = data_table(table(40, "March 2020", "1,234"), 8, may_split=True)
    assert [len(part) for part in laid_out["parts"]] == [14, 14, 12]
    assert [highlighted for part in laid_out["parts"] for highlighted, _, _ in part] == [False] * 39 + [True]


def test_a_wide_or_short_table_stays_in_one_part():
    assert len(data_table(table(40, *["A long synthetic label of an area"] * 3), 8, may_split=True)["parts"]) == 1
    assert len(data_table(table(5, "March 2020", "1,234"), 8, may_split=True)["parts"]) == 1
    assert len(data_table(table(40, "March 2020", "1,234"), 8, may_split=False)["parts"]) == 1


SENTENCE = "A long synthetic sentence in every cell. "


def test_a_table_too_wide_for_the_page_breaks_its_widest_columns_and_gives_the_longest_most_room():
    place, shorter, longer = data_table(table(3, "Norfolk", SENTENCE * 3, SENTENCE * 6), 9, may_split=False)["widths"]
    (alone,) = data_table(table(3, "Norfolk"), 9, may_split=False)["widths"]
    assert place == pytest.approx(alone, rel=0.1)
    assert longer > 1.3 * shorter
    assert place + shorter + longer == pytest.approx(TEXT_WIDTH, abs=3)


def test_one_long_cell_takes_no_room_from_a_column_that_would_break_in_every_row():
    usual, alone = SENTENCE.strip(), SENTENCE * 4
    rows = (*[(usual, usual)] * 20, (usual, alone))
    columns = (TableColumn("Column"), TableColumn("Column"))
    first, _ = data_table(Table("t", "Synthetic", columns, rows, ""), 9, may_split=False)["widths"]
    (needed,) = data_table(table(3, usual), 9, may_split=False)["widths"]
    assert first >= needed


def test_what_stays_on_the_page_is_named_on_paper_with_the_way_to_it():
    chart = synthetic.map_figure()
    assert chart.table is not None
    left_out = replace(chart, on_paper=False, table=replace(chart.table, on_paper=False))
    source = typst_source(replace(synthetic.document(), blocks=(left_out,)))
    assert "<svg" not in source
    assert chart.table.caption not in source
    assert f'away("synthetic-norfolk.html#{chart.anchor}", "synthetic-norfolk.html")' in source
    table_only = typst_source(replace(synthetic.document(), blocks=(replace(chart, on_paper=False),)))
    assert chart.table.caption in table_only
    assert chart.source_note in table_only


def test_no_column_of_a_table_is_narrower_than_its_longest_word():
    checksum = "0123456789abcdef" * 4
    word, sentences = data_table(table(3, checksum, "A long synthetic sentence. " * 40), 9, may_split=False)["widths"]
    assert word >= data_table(table(3, checksum), 9, may_split=False)["widths"][0]
    assert word + sentences == pytest.approx(TEXT_WIDTH, abs=3)


def test_an_empty_table_is_drawn_with_its_headers():
    empty = Table("t", "Synthetic", (TableColumn("Column"),), (), "Source: synthetic")
    assert render_pdf(replace(synthetic.document(), blocks=(empty,))).startswith(b"%PDF")


def addresses(pdf: bytes) -> list[str]:
    """Where the links of a PDF lead that leave it."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return [
            str(annotation.A.URI)
            for page in opened.pages
            for annotation in page.get("/Annots", [])
            if "/A" in annotation and "/URI" in annotation.A
        ]


def test_a_pdf_that_stands_alone_carries_its_evidence_and_leads_nowhere_that_is_not_there():
    alone = replace(synthetic.document(), address="")
    pdf = render_pdf(alone, b"<!doctype html><title>Synthetic evidence</title>")
    assert all(address.startswith("https://") for address in addresses(pdf)), (
        "a relative address is dead in a mailed file"
    )
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        (name,) = opened.attachments
        attached = opened.attachments[name]
        assert name == f"evidence-{alone.slug}.html"
        assert attached.get_file().read_bytes() == b"<!doctype html><title>Synthetic evidence</title>"
        assert attached.description.startswith("Where each number comes from")
    report = page_validation.validate_pdf_bytes(pdf, profile="ua1")
    assert report.is_compliant, [(failure.rule_id, failure.message) for failure in report.failures]


def test_with_an_address_every_number_leads_to_its_evidence_there():
    known = replace(synthetic.document(), address="https://statistics.example/county-lines")
    pdf = render_pdf(known, b"not attached then")
    leading = [address for address in addresses(pdf) if "/evidence/" in address]
    assert len(leading) >= len(known.numbers)
    assert all(
        address.startswith(f"https://statistics.example/county-lines/evidence/{known.slug}.html#")
        for address in leading
    )
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert not opened.attachments
