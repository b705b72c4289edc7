"""The words that stand for a figure: all that it shows, in sentences that are right for one and for many."""

from reports import wording_figures as words


def place(name: str, number: float | None) -> dict:
    return {"area_name": name, "numerator": number}


def test_the_flow_is_told_with_every_number_and_with_who_has_none():
    told = words.london_links("London", [place("Alpha", 100.0), place("Beta", None), place("Gamma", 1200.0)], "2018")
    assert told == (
        "Flow chart from London to 3 places, 2018. Gamma 1,200 and Alpha 100. "
        "The project printed a rank and no number for Beta."
    )


def test_a_flow_to_a_single_place_is_one_place():
    assert (
        words.london_links("London", [place("Alpha", 1.0)], "2018")
        == "Flow chart from London to 1 place, 2018. Alpha 1."
    )


def test_the_matrix_names_each_gap_or_says_that_there_is_none():
    assert "No figure is missing." in words.coverage(43, [])
    gap = {"measure": "Referrals", "periods": "to 31 March 2023", "areas": "Alpha"}
    assert "Missing: Referrals, to 31 March 2023: Alpha." in words.coverage(43, [gap])


def line(name: str, first: float | None, largest: float | None, latest: float | None) -> dict:
    return {"area_id": name, "area_name": name, "first": first, "largest": largest, "latest": latest}


def test_the_small_lines_are_counted_and_the_own_area_is_named():
    rows = [line("Alpha", 10, 30, 30), line("Beta", 20, 40, 15), line("Gamma", None, None, None)]
    told = words.trends(rows, "2003 to 2025", ["Beta"])
    assert "three police force areas" in told
    assert "larger than the first in one of two, and the largest of all in one." in told
    assert told.endswith("Beta from 20 to 15.")
