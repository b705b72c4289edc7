"""Answers of the interface of data.police.uk: searches of one force by month, read by the rules of the archive. Every record is synthetic."""

import dataclasses
import json
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from transforms.errors import LayoutError, UnmatchedError
from transforms.sources.landing import survey
from transforms.sources.police_uk_api import edition_id_of, edition_in, parse
from transforms.sources.published import read_cells
from transforms.sources.recognise import NOT_RECOGNISED, READ
from transforms.sources.registry import Edition, load_sources

from .accounting import assert_nothing_lost
from .workbooks import DATA

SOURCE = load_sources(DATA)["police_uk_api"]
FOUND = Path(__file__).parents[3] / "shared" / "landing-2026-12"
MONTHS = ("2024-12", "2025-01")
NAME = "stops-force-gwent.zip"


def search(
    at: str, sought: str | None = "Controlled drugs", outcome: str | None = "Arrest", **more: Any
) -> dict[str, Any]:
    record = {
        **{
            "age_range": "18-24",
            "outcome": outcome,
            "involved_person": True,
            "self_defined_ethnicity": "White - Irish",
        },
        **{"gender": "Male", "legislation": "Misuse of Drugs Act 1971 (section 23)"},
        **{"outcome_linked_to_object_of_search": False, "datetime": at, "removal_of_more_than_outer_clothing": False},
        **{"outcome_object": {"id": "bu-arrest", "name": "Arrest"}},
        "location": {
            "latitude": "51.588",
            "street": {"id": 1, "name": "On or near Synthetic Street"},
            "longitude": "-2.998",
        },
        **{"operation": False, "officer_defined_ethnicity": "White", "type": "Person search", "operation_name": None},
        "object_of_search": sought,
    }
    return record | more


ANSWERS = {
    "2024-12.json": [
        search("2024-12-03T12:00:00+00:00", "Stolen goods", "A no further action disposal"),
        search("2024-12-04T12:00:00+00:00"),
        search("2024-12-04T12:00:00+00:00", location=None),
    ],
    "2025-01.json": [search("2025-01-09T01:00:00+00:00", outcome="Community resolution")],
}


def packed(answers: dict[str, Any] = ANSWERS) -> bytes:
    content = BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, answer in answers.items():
            archive.writestr(name, answer if isinstance(answer, str) else json.dumps(answer))
    return content.getvalue()


@pytest.fixture
def edition() -> Edition:
    found = edition_in(packed(), SOURCE, NAME, DATA)
    assert isinstance(found, Edition)
    return found


def test_searches_for_drugs_are_counted_by_month_and_outcome_each_at_its_field(edition: Edition) -> None:
    found = parse(packed(), edition, DATA)
    assert_nothing_lost(found, SOURCE.id)
    assert found.cells.select("table", "cell", "measure_text", "period_text", "value_text").rows() == [
        ("2024-12-gwent-stop-and-search.json", "Q3", "Controlled drugs", "2024-12", "2"),
        ("2024-12-gwent-stop-and-search.json", "B3", "Controlled drugs | Arrest", "2024-12", "2"),
        ("2025-01-gwent-stop-and-search.json", "Q2", "Controlled drugs", "2025-01", "1"),
        ("2025-01-gwent-stop-and-search.json", "B2", "Controlled drugs | Community resolution", "2025-01", "1"),
        ("2024-12-gwent-stop-and-search.json", "O2", "records kept", "2024-12", "3"),
        ("2024-12-gwent-stop-and-search.json", "H1", "rows", "2024-12", "3"),
        ("2025-01-gwent-stop-and-search.json", "O2", "records kept", "2025-01", "1"),
        ("2025-01-gwent-stop-and-search.json", "H1", "rows", "2025-01", "1"),
    ]
    assert set(found.cells["area_text"]) == {"Gwent Police"}


def test_answers_are_an_edition_named_after_what_they_hold_and_their_force(edition: Edition, tmp_path: Path) -> None:
    assert edition.id == edition_id_of(MONTHS, "gwent") == "2024-12-to-2025-01-gwent-stop-and-search-interface"
    (tmp_path / NAME).write_bytes(packed())
    (tmp_path / "stops.zip").write_bytes(packed(ANSWERS | {"2025-02.json": ANSWERS["2025-01.json"]}))
    files = {file.path: file for file in survey(tmp_path, load_sources(DATA), DATA)}
    assert files[NAME].outcome == READ
    assert [each.id for each in files[NAME].editions] == [edition.id]
    assert files["stops.zip"].outcome == NOT_RECOGNISED
    assert "its name does not say of which force" in str(files["stops.zip"].reason)


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        ({"2024-12.json": ANSWERS["2024-12.json"]}, "holds 2024-12-to-2024-12-gwent"),
        (ANSWERS | {"2025-03.json": ANSWERS["2025-01.json"]}, "do not follow each other"),
        (
            ANSWERS | {"2025-01.json": [search("2025-01-09T01:00:00+00:00", force="gwent")]},
            "others than in the layout: force",
        ),
        (ANSWERS | {"2025-01.json": [1]}, "cell A2: the fields of the record are others"),
        (ANSWERS | {"2025-01.json": {}}, "it is no list of records"),
        (ANSWERS | {"2025-01.json": "[{"}, "the file is damaged"),
        (ANSWERS | {"read me.txt": "no"}, "it is no answer for one month"),
    ],
    ids=["a month less", "a gap", "a new field", "no record", "no list", "cut short", "another file"],
)
def test_answers_that_are_not_what_the_edition_is_are_refused(
    answers: dict[str, Any], says: str, edition: Edition
) -> None:
    with pytest.raises(LayoutError, match=says):
        parse(packed(answers), edition, DATA)


def test_a_label_that_no_register_has_is_refused_where_it_stands(edition: Edition) -> None:
    with pytest.raises(UnmatchedError, match="Moon dust"):
        parse(packed(ANSWERS | {"2025-01.json": [search("2025-01-09T01:00:00+00:00", "Moon dust")]}), edition, DATA)


def test_the_searches_held_are_those_of_the_original() -> None:
    edition = SOURCE.editions[0]
    cells = read_cells(SOURCE, DATA)
    drugs = cells.filter(measure_text="Controlled drugs")
    assert drugs["period_text"].to_list() == [f"2024-{month:02}" for month in range(9, 13)] + [
        f"2025-{month:02}" for month in range(1, 5)
    ]
    assert drugs["value_text"].cast(int).sum() == 16_441
    assert cells.filter(measure_text="rows")["value_text"].cast(int).sum() == 27_395
    if not (FOUND / edition.file).is_file():
        pytest.skip("no landing folder with the original at ../shared/landing-2026-12")
    assert cells.equals(read_cells(dataclasses.replace(SOURCE, editions=(edition,)), DATA, FOUND))
