"""The page behind the numbers of a report: each number has its place there, with the cells and files it was made of."""

import re
from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from reports.document import Document, Number, Paragraph
from reports.render import evidence_address, render_evidence, render_html
from transforms.contracts import COMPARABILITY, RECORD_FILES
from transforms.evidence import Evidence, evidence

RATE = "M01.SYNTHETIC.202401-202412.synthetic-2024-12.canonical"


@pytest.fixture
def found() -> Evidence:
    """One synthetic rate on two counts and one population; one of the counts was corrected."""
    observations = pl.DataFrame(
        {
            "measure_id": ["drug_offences", "drug_offences", "resident_population", "resident_population"],
            "observation_id": ["s/e/T/A1", "s/e/T/A2", "s/p/T/B1", "s/p/T/B2"],
            "source_id": "s",
            "edition_id": ["e", "e", "p", "p"],
            "table": "T",
            "cell": ["A1", "A2", "B1", "B2"],
            "value_text": ["1,000", "200", "600000", "unused"],
            "area_text": ["Synthia", "Synthia & Co", "Synthia", "Elsewhere"],
            "area_id": "SYNTHETIC",
            "area_match": "name, as printed",
            "correction_id": [None, "synthetic-slip", None, None],
            "source_url": pl.Series([None] * 4, dtype=pl.String),
        }
    )
    indicators = pl.DataFrame(
        {
            "indicator_id": [RATE],
            "measure_id": "drug_offences",
            "area_name": "Synthia",
            "period_start": date(2024, 1, 1),
            "period_end": date(2024, 12, 31),
            "numerator": 1200.0,
            "denominator": 600000.0,
            "denominator_used": 600000.0,
            "denominator_edition": "mid-2024, synthetic p",
            "denominator_rule": "canonical",
            "multiplier": 1000,
            "value": 2.0,
            "lower_95": 1.9,
            "upper_95": 2.1,
            "method": "byar",
            "status": "ok",
            "coverage_note": "without one synthetic quarter",
            "numerator_observations": "s/e/T/A1; s/e/T/A2",
            "denominator_observations": "s/p/T/B1",
        }
    )
    editions = pl.DataFrame(
        {
            "source_id": "s",
            "edition_id": ["e", "p", "unused"],
            "title": ["Synthetic offences", "Synthetic population", "Unused"],
            "publisher": "Synthetic publisher",
            "file": ["e.ods", "p.xlsx", "u.csv"],
            "file_kind": "original",
            "sha256": ["a" * 64, "b" * 64, "c" * 64],
            "bytes": [1234, 5678, 9],
            "retrieved_at": "2025-01-31",
        }
    )
    ledger = pl.DataFrame(
        {
            "figure_id_a": ["earlier", RATE, RATE, "another"],
            "figure_id_b": [RATE, "nation", "other", "unlike"],
            "kind": ["year_before", "nation", "areas", "areas"],
            "grade": ["B", "A", "C", "X"],
            "reasons": ["T1", None, "R2 (B11)", "U3"],
            "adjustments": ["Q1 per month", None, None, None],
        }
    )
    return evidence(
        [RATE, "no such number"], indicators, observations, editions, ledger, RECORD_FILES.schema.to_frame()
    )


def document() -> Document:
    return Document("synthia", "Synthia", "", "2024", "", (Paragraph((Number("2.0", RATE),)),))


def test_a_number_of_the_report_links_to_its_place_on_the_page(found: Evidence) -> None:
    report, page = render_html(document()), render_evidence(document(), found)
    assert f'href="{evidence_address("synthia")}#{RATE}"' in report
    assert page.count(f'id="{RATE}"') == 1


def test_formula_population_cells_correction_and_coverage_are_printed(found: Evidence) -> None:
    page = render_evidence(document(), found)
    for said in (
        "1,200 (the sum of 2 published counts) ÷ 600,000 residents × 1,000 = 2.000000",
        "mid-2024, synthetic p",
        "<b>1,000</b> in cell A1 of Synthetic offences, T ",
        "Synthia &amp; Co",
        "correction synthetic-slip applied",
        "without one synthetic quarter",
        "e.ods (original), 1,234 bytes, read on 31 January 2025",
        "a" * 64,
        "b" * 64,
        f"countylines explain {RATE}",
    ):
        assert said in page, said


def test_what_the_number_is_compared_with_is_printed_with_its_grade(found: Evidence) -> None:
    page = render_evidence(document(), found)
    assert re.findall(r"<li>((?:with|as a rate).*)</li>", page) == [
        "with the same months a year before: grade B (period adjusted; Q1 per month)",
        "as a rate, with England and Wales: grade A",
        "as a rate, with 1 other police force area: grade C (recording differs (B11))",
    ]


def test_a_number_that_is_never_compared_says_so(found: Evidence) -> None:
    page = render_evidence(document(), replace(found, comparisons=found.comparisons.clear()))
    assert "<li>with nothing: the ledger of comparisons has no pair with this number</li>" in page


def test_cells_and_files_that_the_number_did_not_use_are_left_out(found: Evidence) -> None:
    page = render_evidence(document(), found)
    assert "B2" not in page
    assert "c" * 64 not in page


def test_parts_are_told_apart_and_unknown_identifiers_left_out(found: Evidence) -> None:
    assert found.indicators["indicator_id"].to_list() == [RATE]
    assert found.cells.select("part", "cell").rows() == [
        ("numerator", "A1"),
        ("numerator", "A2"),
        ("denominator", "B1"),
    ]


def test_a_stock_has_a_formula_without_limits(found: Evidence) -> None:
    officers = found.indicators.select(pl.exclude("formula")).with_columns(
        pl.lit(None, pl.Float64).alias("lower_95"),
        pl.lit(None, pl.Float64).alias("upper_95"),
        pl.lit("none").alias("method"),
    )
    cells = found.cells.select(pl.exclude("indicator_id", "part"))
    ledger = pl.DataFrame(schema=COMPARABILITY.schema)
    (formula,) = evidence([RATE], officers, cells, found.editions, ledger, RECORD_FILES.schema.to_frame()).indicators[
        "formula"
    ]
    assert formula.endswith("× 1,000 = 2.000000; without limits")


def test_cells_that_follow_each_other_and_say_the_same_stand_in_one_line(found: Evidence) -> None:
    same = found.cells.with_columns(
        pl.lit("Synthia").alias("area_text"), pl.lit(None, pl.String).alias("correction_id")
    )
    page = render_evidence(document(), replace(found, cells=same))
    assert page.count("in cell A1, <b>") == 1
    assert page.count("printed as “Synthia”") < found.cells.height
