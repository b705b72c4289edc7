"""What stands beside a figure: footnotes by their marks, the page it was read on, and whether a place may be smaller than the force."""

import polars as pl

from transforms.harmonise import Harmonised

from .places import MOPAC, ONS


def test_footnotes_are_joined_to_the_areas_that_carry_their_marks(harmonised: Harmonised) -> None:
    notes = harmonised.notes.filter(
        (pl.col("edition_id") == "ye-dec-2019") & (pl.col("table") == "Table P1") & (pl.col("area_id") == "E23000005")
    )
    assert notes["mark"].to_list() == ["8", "9"]
    assert "unable to supply data for the period July to December 2019" in notes["text"][0]
    assert notes["text"][1].endswith("indicates data not available.")


def test_the_same_mark_means_another_note_in_another_table(harmonised: Harmonised) -> None:
    manchester = harmonised.notes.filter(
        (pl.col("edition_id") == "ye-dec-2019") & (pl.col("area_id") == "E23000005")
    ).sort("table", "mark")
    assert manchester.select("table", "mark").rows() == [
        ("Table P1", "8"),
        ("Table P1", "9"),
        ("Table P3", "10"),
        ("Table P3", "11"),
    ]


def test_a_mark_whose_note_is_not_in_the_file_stays_without_text(harmonised: Harmonised) -> None:
    """The sheet of notes was not exported with Table C2, so Humberside's mark has no text; all others have theirs."""
    without = harmonised.notes.filter(pl.col("text").is_null())
    assert without.select("edition_id", "area_id", "mark", "note_cell").rows() == [
        ("ye-jun-2025", "E23000012", "note 4", None)
    ]


def test_a_page_that_a_figure_was_read_on_stays_with_it(harmonised: Harmonised) -> None:
    transcribed = harmonised.observations.filter(pl.col("source_id") == MOPAC)
    assert transcribed["source_url"].str.starts_with("http").all()
    assert harmonised.observations.filter(pl.col("source_id") == ONS)["source_url"].null_count() == (
        harmonised.observations.filter(pl.col("source_id") == ONS).height
    )


def test_a_place_that_may_be_smaller_than_the_force_is_marked(harmonised: Harmonised) -> None:
    ambiguous = harmonised.observations.filter(pl.col("area_basis") == "ambiguous_label")
    assert set(ambiguous["source_id"]) == {MOPAC}
    assert set(ambiguous["area_id"]) == {"E23000022", "E23000026", "E23000028", "E23000030", "E23000033"}
