"""Printed names find their area exactly or not at all."""

import polars as pl
import pytest

from transforms.harmonise.areas import resolve
from transforms.harmonise.names import nearest, note_marks

from .places import HO, KINDS, NAMES, NRM, ONS, area_of, resolved

SPELLINGS = {
    "E23000001": ["Metropolitan Police", "Metropolitan Police Service", "Metropolitan"],
    "E23000003": ["Lancashire ", "Lancashire 8", "Lancashire11", "Lancashire Constabulary"],
    "E23000005": [
        "Greater Manchester8,9",
        "Greater Manchester7,8",
        "Greater Manchester5,6,11",
        "Greater Manchester10,11",
        "Greater Manchester Police",
    ],
    "E23000006": ["Cheshire7", "Cheshire Constabulary"],
    "E23000007": ["Northumbria", "Northumbria4", "Northumbria Police"],
    "E23000008": ["Durham", "Durham Constabulary"],
    "E23000009": ["North Yorkshire ", "North Yorkshire Police"],
    "E23000012": ["Humberside [note 4]", "Humberside Constabulary", "Humberside Police"],
    "E23000014": ["West Midlands", "West Midlands ", "West Midlands2", "West Midlands Police"],
    "E23000017": ["Warwickshire9", "Warwickshire Police"],
    "E23000018": ["Derbyshire1", "Derbyshire Constabulary"],
    "E23000021": ["Leicestershire [note 4]", "Leicestershire Police"],
    "E23000022": ["Northamptonshire3", "Northamptonshire Police"],
    "E23000023": ["Cambridgeshire12", "Cambridgeshire Constabulary"],
    "E23000024": ["Norfolk", "Norfolk8", "Norfolk⁸", "Norfolk Constabulary", "NORFOLK"],
    "E23000028": ["Essex", "Essex12", "Essex Police"],
    "E23000029": ["Thames Valley10", "Thames Valley Police"],
    "E23000030": [
        "Hampshire",
        "Hampshire (R)",
        "Hampshire Constabulary",
        "Hampshire & Isle of Wight Constabulary",
    ],
    "E23000031": ["Surrey", "Surrey7,8", "Surrey Police"],
    "E23000033": ["Sussex", "Sussex8,9", "Sussex Police"],
    "E23000034": ["London, City of", "London, City Of", "City of London", "City of London14", "City of London Police"],
    "E23000035": [
        "Devon & Cornwall",
        "Devon & Cornwall ",
        "Devon and Cornwall",
        "Devon & Cornwall Police",
        "Devon and Cornwall Constabulary",
    ],
    "E23000036": [
        "Avon and Somerset 9",
        "Avon & Somerset",
        "Avon and Somerset8",
        "Avon & Somerset Constabulary",
        "Avon and Somerset Police",
    ],
    "E23000038": ["Wiltshire ", "Wiltshire1", "Wiltshire Police"],
    "E23000039": ["Dorset ", "Dorset Police"],
    "W15000003": ["South Wales3", "South Wales Police", "Heddlu De Cymru"],
    "W15000004": ["Dyfed-Powys", "Dyfed–Powys", "Dyfed-Powys4", "Dyfed Powys Police", "Heddlu Dyfed-Powys"],
    "BTP": [
        "British Transport Police",
        "British Transport Police7",
        "British Transport Police(2006)",
        "British Transport",
    ],
    "E12000001": ["North East", "North East ", "*Total North East", "*Total North East ", "Total North East "],
    "E12000002": ["North West 7,8"],
    "E12000003": ["Yorkshire and The Humber", "Yorkshire and the Humber"],
    "E12000006": ["East", "East ", "East of England"],
    "E12000007": ["London", "London13"],
    "E92000001": ["ENGLAND", "England"],
    "W92000004": ["WALES", "Wales"],
    "K04000001": ["ENGLAND AND WALES4,5,6,7,8,9,10,11", "ENGLAND AND WALES7,8", "England and Wales"],
}


@pytest.mark.parametrize(("area_id", "spellings"), SPELLINGS.items(), ids=SPELLINGS)
def test_every_spelling_that_publishers_use_finds_its_area(area_id: str, spellings: list[str]) -> None:
    found = resolved(*((ONS, None, text) for text in spellings))
    assert dict(zip(found["area_text"], found["area_id"], strict=True)) == dict.fromkeys(spellings, area_id)
    assert found["problem"].to_list() == [None] * len(spellings)


@pytest.mark.parametrize(
    "name",
    [
        "Northumberland",
        "East Sussex",
        "West Sussex",
        "Susex",
        "Manchester",
        "Devon",
        "Cornwall",
        "Yorkshire",
        "Bristol, City of",
        "Total 43 forces",
        "Central Service Secondments",
        "NA",
        "",
        " ",
        "Police",
        "8,9",
        "[note 4]",
        "(R)",
    ],
)
def test_a_name_that_only_looks_like_a_force_matches_none(name: str) -> None:
    place = resolved((ONS, None, name)).row(0, named=True)
    assert (place["area_id"], place["problem"]) == (None, "the name is not known")


def test_a_place_without_a_name_matches_nothing() -> None:
    assert resolved((ONS, None, None))["area_id"].item() is None
    assert resolved((ONS, "E23000024", None))["area_id"].item() is None


def test_names_that_resemble_one_another_stay_apart() -> None:
    alike = [
        "Northumbria",
        "Northamptonshire",
        "Sussex",
        "Surrey",
        "Essex",
        "South Wales",
        "South Yorkshire",
        "North Wales",
    ]
    assert resolved(*((ONS, None, name) for name in alike))["area_id"].n_unique() == len(alike)


def test_the_printed_code_tells_the_west_midlands_force_from_the_region() -> None:
    assert area_of("West Midlands", code="E23000014") == "E23000014"
    assert area_of("West Midlands ", code="E12000005") == "E12000005"


def test_without_a_code_the_first_kind_that_the_source_names_decides() -> None:
    assert KINDS[ONS].index("police_force_area") < KINDS[ONS].index("region")
    assert area_of("West Midlands") == "E23000014"


def test_a_source_of_forces_has_no_regions() -> None:
    assert area_of("London", HO) is None
    assert area_of("East Midlands", NRM) is None
    assert area_of("London", ONS) == "E12000007"


def test_a_wrong_code_and_name_pair_is_not_guessed() -> None:
    place = resolved((ONS, "E12000006", "East Midlands")).row(0, named=True)
    assert place["area_id"] is None
    assert place["problem"] == "code E12000006 does not go with this name"


def test_a_combined_label_under_the_code_of_london_is_not_guessed() -> None:
    assert area_of("City of London / Metropolitan Police", code="E12000007") is None


def test_an_unknown_code_is_named() -> None:
    assert resolved((ONS, "E23000099", "Norfolk"))["problem"].item() == "code E23000099 is not known"


def test_british_transport_police_is_found_whole() -> None:
    place = resolved((NRM, None, "British Transport Police")).row(0, named=True)
    assert (place["area_id"], place["area_match"]) == ("BTP", "name, as printed, this source")


def test_how_an_area_was_found_is_told() -> None:
    ways = resolved(
        (ONS, "E23000024", "Norfolk"),
        (ONS, "E23000005", "Greater Manchester8,9"),
        (ONS, None, "Dyfed-Powys Police4"),
        (HO, None, "GMP"),
    )["area_match"]
    assert ways.to_list() == [
        "code and name, as printed, this source",
        "code and name, without footnote marks, this source",
        "name, without footnote marks, any source",
        "name, as printed, any source",
    ]


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("Essex12", "12"),
        ("Greater Manchester8,9", "8,9"),
        ("North West 7, 8", "7,8"),
        ("Leicestershire [note 4]", "note 4"),
        ("Leicestershire [note 4] [note 5]", "note 4,note 5"),
        ("Norfolk⁸", "8"),
        ("Norfolk", None),
        ("Hampshire (R)", None),
        ("British Transport Police(2006)", None),
        ("Devon & Cornwall ", None),
    ],
)
def test_footnote_marks_are_kept_and_years_are_none(text: str, marks: str | None) -> None:
    assert pl.select(note_marks(pl.lit(text))).item() == marks


def test_a_name_of_two_areas_is_refused_rather_than_chosen() -> None:
    twice = pl.DataFrame({"area_id": ["SYNTHETIC-A", "SYNTHETIC-B"], "name": ["Shire", "Shire"]})
    names = twice.select(
        pl.lit("shire").alias("key"),
        "area_id",
        pl.lit("police_force_area").alias("kind"),
        pl.lit("").alias("source_id"),
    )
    place = pl.DataFrame({"source_id": [HO], "area_code_text": [None], "area_text": ["Shire"]}).cast(pl.String)
    found = resolve(place, names, KINDS).row(0, named=True)
    assert (found["area_id"], found["problem"]) == (None, "the name means more than one area")
    assert resolve(place, names, KINDS, former=["SYNTHETIC-A"])["area_id"].item() == "SYNTHETIC-B"
    assert resolve(place, names, KINDS, former=["SYNTHETIC-A", "SYNTHETIC-B"])["area_id"].item() is None


def test_the_nearest_names_are_for_people() -> None:
    assert nearest("Norfulk Constabulary", NAMES)[0] == "norfolk constabulary"
    assert len(nearest("Norfulk Constabulary", NAMES)) == 3
    assert nearest("xyzzy", NAMES) == []
