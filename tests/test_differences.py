"""What changed between two builds, most important first. All figures are synthetic."""

import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner

from orchestration.cli import cli
from reports.document import Document, Heading, KeyMessages, Number, Paragraph
from reports.texts import text_changes, texts_of
from transforms.differences import Differences, differences
from transforms.errors import CountyLinesError
from transforms.importance import KINDS, ranked

SCHEMA = {
    "measure_id": pl.String,
    "area_id": pl.String,
    "area_name": pl.String,
    "period_start": pl.Date,
    "period_end": pl.Date,
    "numerator": pl.Float64,
    "value": pl.Float64,
    "lower_95": pl.Float64,
    "upper_95": pl.Float64,
    "edition_id": pl.String,
    "is_preferred": pl.Boolean,
}


MEANING = {
    "area_id": "A",
    "measure_id": "drug_offences",
    "definition_id": None,
    "period_start": date(2024, 1, 1),
    "period_end": date(2024, 12, 31),
    "value": 1.0,
    "status": "ok",
    "correction_id": None,
}
OBSERVATIONS = {
    "observation_id": pl.String, "value_text": pl.String, "area_id": pl.String, "measure_id": pl.String, "definition_id": pl.String,
    "period_start": pl.Date, "period_end": pl.Date, "value": pl.Float64, "status": pl.String, "correction_id": pl.String,
}  # fmt: skip


def build(
    counts: dict[str, float | None],
    edition: str = "e",
    rate: float = 2.0,
    sha: str = "a",
    year: int = 2024,
    finding: str = "Not met",
    **meaning: object,
) -> dict[str, pl.DataFrame]:
    """The tables of a synthetic build: one count a place, each from a cell of its own, with a rate whose interval is 0.5 wide."""
    period = (date(year, 1, 1), date(year, 12, 31))
    rows = [
        ("drug_offences", place, place, *period, count, rate, rate - 0.25, rate + 0.25, edition, True)
        for place, count in counts.items()
    ]
    cells = [
        {
            **MEANING,
            **meaning,
            "observation_id": f"s/T/{place}",
            "value_text": None if count is None else f"{count:.0f}",
        }
        for place, count in counts.items()
    ]
    return {
        "raw/editions": pl.DataFrame({"source_id": ["s"], "edition_id": [edition], "title": ["Synthetic"], "sha256": [sha]}),
        "core/observations": pl.DataFrame(cells, schema=OBSERVATIONS),
        "out/indicators": pl.DataFrame(rows, schema=SCHEMA, orient="row"),
        "out/scoreboard": pl.DataFrame(
            {"finding_id": ["F01"], "indicator_id": ["I01a"], "finding": ["A synthetic finding."], "indicator": ["Months"], "status": [finding]}
        ),
    }  # fmt: skip


OLD = build({"A": 100, "B": 100, "C": None, "D": 7, "E": 5, "F": 0, "Same": 1})
NEW = build({"A": 101, "B": 80, "C": 3, "D": None, "F": 4, "G": 9, "Same": 1})


@pytest.fixture
def found() -> Differences:
    return differences(OLD, NEW)


def test_revisions_come_first_by_size_then_gaps_then_what_is_new(found: Differences) -> None:
    assert found.numbers.select("area_name", "change").rows() == [
        ("B", "revised"),
        ("A", "revised"),
        ("F", "revised"),
        ("C", "gap filled"),
        ("D", "new gap"),
        ("E", "withdrawn"),
        ("G", "new"),
    ]


def test_a_revision_has_its_size_and_none_is_made_up_from_zero_or_a_gap(found: Differences) -> None:
    sizes = dict(found.numbers.select("area_name", "relative").iter_rows())
    assert sizes["B"] == pytest.approx(-0.2)
    assert sizes["A"] == pytest.approx(0.01)
    assert {sizes[place] for place in "FCDEG"} == {None}


def test_cells_are_compared_as_printed(found: Differences) -> None:
    assert found.cells.select("observation_id", "before", "after", "change").rows()[2:5] == [
        ("s/T/C", None, "3", "revised"),
        ("s/T/D", "7", None, "revised"),
        ("s/T/E", "5", None, "withdrawn"),
    ]


def test_editions_come_go_and_change_their_file() -> None:
    newer, mended = build({"A": 1}, edition="f"), build({"A": 1}, sha="b")
    older = build({"A": 1})
    assert differences(older, newer).editions.select("edition_id", "change").rows() == [
        ("e", "withdrawn"),
        ("f", "new"),
    ]
    assert differences(older, mended).editions["change"].to_list() == ["other file"]


def test_a_rate_on_another_population_is_told_from_a_revised_count() -> None:
    assert differences(build({"A": 1}), build({"A": 1}, rate=3.0)).numbers["change"].to_list() == ["rate only"]


def test_the_same_build_differs_in_nothing() -> None:
    same = differences(OLD, OLD)
    assert [len(frame) for frame in (same.editions, same.cells, same.numbers)] == [0, 0, 0]


def test_a_cell_that_means_something_else_is_told_column_by_column() -> None:
    found = differences(build({"A": 1}), build({"A": 1}, area_id="B", status="suppressed"))
    assert found.cells.is_empty()
    assert found.observations.rows() == [
        ("s/T/A", "area_id", "A", "B"),
        ("s/T/A", "status", "ok", "suppressed"),
    ]


def test_a_finding_with_another_status_is_told() -> None:
    found = differences(OLD, build({"A": 100}, finding="Met")).findings
    assert found.select("finding_id", "before", "after", "change").row(0) == ("F01", "Not met", "Met", "other status")


def report(
    message: str = "Norfolk recorded 5.", *sentences: str, slug: str = "norfolk", title: str = "Norfolk"
) -> Document:
    prose = (message.removesuffix("5."), Number("5.", "M01")) if message.endswith("5.") else (message,)
    blocks = (
        KeyMessages(((prose, "s"),)),
        Heading(2, "Section", "s"),
        *(Paragraph((sentence,)) for sentence in sentences),
    )
    return Document(slug, f"County lines indicators: {title}", "A report", "2024", "Synthetic", blocks)


def changed(before: Document, after: Document) -> list[tuple[object, ...]]:
    return text_changes([texts_of(before)], [texts_of(after)]).select(pl.exclude("section", "reports")).rows()


def test_sentences_are_compared_one_by_one() -> None:
    before = report("Norfolk recorded 5.", "One stays. Two goes. Three was 3.5 and ends.")
    after = report("Norfolk recorded 6.", "One stays. Three is 3.5 and ends.", "Four is new.")
    assert changed(before, before) == []
    assert changed(before, after) == [
        (True, "Norfolk recorded 5.", "Norfolk recorded 6.", "changed"),
        (False, "Two goes.", "Three is 3.5 and ends.", "changed"),
        (False, "Three was 3.5 and ends.", "Four is new.", "changed"),
    ]


def test_one_change_in_many_reports_is_told_once() -> None:
    titles = [f"Place {number}" for number in range(6)]
    sides = [[texts_of(report("m", text, slug=title, title=title)) for title in titles] for text in ("Old.", "New.")]
    assert text_changes(*sides).rows() == [
        ("Place 0; Place 1; Place 2; and 3 more reports", "Section", False, "Old.", "New.", "changed")
    ]


def test_a_report_that_comes_or_goes_is_all_new_or_withdrawn() -> None:
    texts = [texts_of(report("A message.", "A sentence."))]
    assert set(text_changes([], texts)["change"]) == {"new"}
    assert set(text_changes(texts, [])["change"]) == {"withdrawn"}


def test_findings_stand_before_key_messages_before_figures_by_the_width_of_their_interval() -> None:
    old = build({"A": 100, "B": 100, "C": 100, "Gone": 5})
    new = build({"A": 101, "B": 150, "C": 400}, finding="Met", sha="b", status="provisional")
    moved = pl.col("area_name").replace_strict({"A": 2.01, "B": 2.6, "C": 8.0}, default=None)
    new["out/indicators"] = new["out/indicators"].with_columns(moved.alias("value"))
    texts = text_changes([texts_of(report("Old.", "Old."))], [texts_of(report("New.", "New."))])
    found = ranked(differences(old, new), texts)
    assert [KINDS.index(kind) for kind in found["kind"].unique(maintain_order=True)] == [0, 1, 2, 3, 5, 7, 9, 10, 11]
    assert found["rank"].is_sorted()
    far = found.filter(pl.col("kind") == KINDS[2])
    assert [what[0] for what in far["what"]] == ["C", "B"]
    assert far["size"].to_list() == pytest.approx([12.0, 1.2])
    assert far["after"].to_list() == ["400 (rate 8.0)", "150 (rate 2.6)"]


def test_a_count_without_a_rate_is_measured_by_the_square_root_of_what_it_was() -> None:
    counts = [build({"A": count}) for count in (100, 139.2)]
    for tables in counts:
        tables["out/indicators"] = tables["out/indicators"].with_columns(
            pl.lit(None, pl.Float64).alias(name) for name in ("value", "lower_95", "upper_95")
        )
    assert differences(*counts).numbers["size"].to_list() == pytest.approx([1.0])


def test_an_older_period_matters_less_than_the_newest() -> None:
    both = [
        {
            name: pl.concat([frame, build({"A": 100}, year=2025)[name]]) if name == "out/indicators" else frame
            for name, frame in tables.items()
        }
        for tables in (build({"A": 100}), build({"A": 900}, rate=9.0))
    ]
    found = ranked(differences(*both), text_changes([], []))
    assert found["kind"].to_list() == [KINDS[4], KINDS[11]]
    assert found["what"][0] == "A, drug offences, January 2024 to December 2024"


def kept(folder: Path, tables: dict[str, pl.DataFrame], *documents: Document) -> str:
    for table, frame in tables.items():
        path = folder / "lake" / f"{table}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        frame.write_parquet(path)
    (folder / "editions" / "0123-45" / "texts").mkdir(parents=True)
    for document in documents:
        path = folder / "editions" / "0123-45" / "texts" / f"{document.slug}.json"
        path.write_text(json.dumps(texts_of(document)), encoding="utf-8")
    (folder / "reports").symlink_to("editions/0123-45")
    return str(folder)


@pytest.fixture
def builds(tmp_path: Path) -> list[str]:
    hostile = build({"[red]<b>": 1000, **dict.fromkeys("ABCDEFG", 100)})
    newer = build({"[red]<b>": 4000, **dict.fromkeys("ABCDEFG", 130)}, rate=2.2)
    return [
        kept(tmp_path / "old", hostile, report("Norfolk recorded 5.", "A sentence.")),
        kept(tmp_path / "new", newer, report("Norfolk recorded 6.", "A sentence.")),
    ]


def test_the_command_prints_a_table_with_what_matters_first(builds: list[str]) -> None:
    said = CliRunner().invoke(cli, ["diff", *builds], env={"COLUMNS": "140"}).output
    lines = said.splitlines()
    assert lines[0] == "      1  a key message says something else"
    assert "      8  a figure moved by less than its interval" in lines
    assert "[red]<b>" in said, "a label is text, not markup"
    assert CliRunner().invoke(cli, ["diff", builds[0], builds[0]]).output == "Nothing differs.\n"


def test_the_command_gives_machines_every_level(builds: list[str]) -> None:
    found = json.loads(CliRunner().invoke(cli, ["diff", *builds, "--json"]).output)
    assert {name: len(rows) for name, rows in found.items()} == {
        "ranked": 17, "sentences": 1, "editions": 0, "cells": 8, "observations": 0, "numbers": 8, "findings": 0,
    }  # fmt: skip
    assert found["ranked"][0]["before"] == "Norfolk recorded 5."


def test_the_page_escapes_what_publishers_wrote_and_is_the_same_each_time(builds: list[str], tmp_path: Path) -> None:
    pages = []
    for name in ("one.html", "two.html"):
        result = CliRunner().invoke(cli, ["diff", *builds, "--html", str(tmp_path / name)])
        assert result.exit_code == 0, result.output
        pages.append((tmp_path / name).read_bytes())
    assert pages[0] == pages[1]
    text = pages[0].decode()
    assert "[red]&lt;b&gt;" in text
    assert "<b>" not in text
    assert text.index("Norfolk recorded 6.") < text.index("[red]&lt;b&gt;")


def test_a_folder_without_a_build_is_refused(tmp_path: Path) -> None:
    error = CliRunner().invoke(cli, ["diff", str(tmp_path), str(tmp_path)]).exception
    assert isinstance(error, CountyLinesError)
    assert "holds no table raw/editions" in str(error)


def test_a_build_without_texts_is_refused(tmp_path: Path) -> None:
    folder = kept(tmp_path, OLD)
    error = CliRunner().invoke(cli, ["diff", folder, folder]).exception
    assert isinstance(error, CountyLinesError)
    assert "run countylines build in it again" in str(error)
