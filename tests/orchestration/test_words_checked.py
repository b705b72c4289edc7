"""A finished report that breaks a wording rule fails the blocking check of its asset, with the sentence in the message."""

from pathlib import Path

import dagster as dg
import polars as pl
import pytest

from orchestration.run.documents import Asked
from orchestration.run.publish import CHECKS, NUMBERS_CHECK, WORDS_CHECK, write_documents, write_pages
from orchestration.store.paths import paths_from_environment
from reports.document import Block, Document, Page, Paragraph, Quotation
from reports.numbers import ReportData
from transforms.contracts import COMPARABILITY, EDITIONS, INDICATORS, OBSERVATIONS, RECORD_FILES
from transforms.errors import CountyLinesError


def checks(build: Path, *blocks: Block) -> dict[str | None, dg.AssetCheckResult]:
    """The results for a synthetic report without numbers."""
    nothing = pl.DataFrame()
    data = ReportData(
        indicators=INDICATORS.schema.to_frame(eager=True),
        observations=OBSERVATIONS.schema.to_frame(eager=True),
        editions=EDITIONS.schema.to_frame(eager=True),
        areas=nothing,
        notes=nothing,
        reconciliation=nothing,
        coverage=nothing,
        plausibility=nothing,
        comparability=COMPARABILITY.schema.to_frame(eager=True),
        scoreboard=nothing,
        record_files=RECORD_FILES.schema.to_frame(eager=True),
        measures=nothing,
        breaks=nothing,
        sources={},
        build_id="synthetic",
    )
    document = Document("synthia", "Synthia", "", "2024", "Synthetic.", blocks)
    asked = [Asked("synthia", "synthetic", lambda: (document, data))]
    written = write_documents(asked, paths_from_environment(build=build), data)
    return {result.check_name: result for result in written.check_results or ()}


def test_a_forbidden_sentence_fails_the_check_of_words_alone(tmp_path: Path) -> None:
    found = checks(tmp_path, Paragraph(("There was less, due to police work.",)))
    assert set(found) == set(CHECKS)
    assert found[NUMBERS_CHECK].passed
    words = found[WORDS_CHECK]
    assert not words.passed
    assert words.severity == dg.AssetCheckSeverity.ERROR
    wrong = str(words.metadata["what is wrong"].value)
    for part in ("synthia", "There was less, due to police work.", "rule no-cause", "write since"):
        assert part in wrong


def test_the_same_words_of_a_publisher_pass(tmp_path: Path) -> None:
    found = checks(tmp_path, Quotation("There was less, due to police work.", "A synthetic publisher"))
    assert all(result.passed for result in found.values())


def test_a_page_around_the_reports_is_refused_by_name(tmp_path: Path) -> None:
    page = Page("synthetic-index", "Synthetic", "The worst places", "synthetic", "", ())
    with pytest.raises(CountyLinesError, match=r"page synthetic-index says 'worst'.*no-league-table"):
        write_pages([page], paths_from_environment(build=tmp_path))
