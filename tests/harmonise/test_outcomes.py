"""Three outcomes of a cell: matched, excluded with a reason, or unmatched; and then nothing goes on."""

import polars as pl
import pytest

from transforms.contracts.tables import EXCLUDED, NOTES, OBSERVATIONS, UNMATCHED
from transforms.errors import UnmatchedError
from transforms.harmonise import Harmonised, Registers, harmonise
from transforms.harmonise.observe import refuse_unmatched
from transforms.sources.registry import Source

from .misprints import altered, assert_no_cell_lost, one
from .places import HO, NRM, ONS


def test_every_published_figure_is_accounted_for(published_cells: pl.DataFrame, harmonised: Harmonised) -> None:
    assert_no_cell_lost(published_cells, harmonised)
    assert harmonised.unmatched.is_empty()


def test_the_frames_keep_their_contracts(harmonised: Harmonised) -> None:
    for frame, contract in (
        (harmonised.observations, OBSERVATIONS),
        (harmonised.excluded, EXCLUDED),
        (harmonised.unmatched, UNMATCHED),
        (harmonised.notes, NOTES),
    ):
        assert frame.schema == contract.schema
        assert frame.select(pl.struct(contract.key).is_unique().all()).item()


@pytest.mark.full
def test_the_order_of_the_cells_does_not_matter(
    published_cells: pl.DataFrame, harmonised: Harmonised, sources: dict[str, Source], registers: Registers
) -> None:
    shuffled = harmonise(published_cells.sample(fraction=1, shuffle=True, seed=1), sources, registers)
    assert shuffled.observations.equals(harmonised.observations)
    assert shuffled.excluded.equals(harmonised.excluded)
    assert shuffled.notes.equals(harmonised.notes)


def test_what_is_left_out_has_its_reason(harmonised: Harmonised) -> None:
    counts = dict(harmonised.excluded.group_by("rule").len().rows())
    assert counts.keys() == {
        "archive-file-numbers",
        "archive-districts",
        "archive-northern-ireland",
        "children-inner-outer-london",
        "episodes-inner-outer-london",
        "exclusions-before-2009",
        "exclusions-inner-outer-london",
        "looked-after-inner-outer-london",
        "referrals-inner-outer-london",
        "cin-inner-outer-london",
        "district-rows",
        "fraud-action-fraud",
        "fraud-cifas",
        "fraud-uk-finance",
        "interface-file-numbers",
        "london-links-towns",
        "nrm-northern-ireland",
        "nrm-scotland",
        "open-data-action-fraud",
        "open-data-cifas",
        "open-data-uk-finance",
        "seizures-border-force",
        "population-counties",
        "workforce-secondments",
        "workforce-total",
        "workforce-total-of-forces",
    }
    towns = harmonised.excluded.filter(pl.col("rule") == "london-links-towns")
    assert dict(towns.filter(pl.col("edition_id") == "year-1").select("area_text", "value_text").rows()).items() >= {
        ("Norwich", "167.0"),
        ("Great Yarmouth", "34.0"),
    }
    assert harmonised.excluded["reason"].str.len_chars().min() > 10  # type: ignore[operator]


def test_an_exclusion_never_hides_a_cell_that_is_understood(harmonised: Harmonised) -> None:
    """The City of London's only district is its force row, though the rule for districts would match it."""
    district = harmonised.observations.filter((pl.col("table") == "Table C2") & (pl.col("area_id") == "E23000034"))
    assert district["value"].to_list() == [495.0]


UNKNOWN: dict[str, tuple[tuple[str, str, str, str | None], dict[str, str | None], str, str]] = {
    "a misspelt force": (
        (NRM, "2022-q2", "Norfolk Constabulary", None),
        {"area_text": "Norfulk Constabulary"},
        "area",
        "Norfulk Constabulary (the name is not known)",
    ),
    "a code of another area": (
        (ONS, "ye-mar-2019", "East ", "Drug offences"),
        {"area_text": "East Midlands"},
        "area",
        "E12000006 East Midlands (code E12000006 does not go with this name)",
    ),
    "a new offence group": (
        (ONS, "ye-mar-2019", "Norfolk", "Drug offences"),
        {"measure_text": "Drug and alcohol offences"},
        "measure",
        "Drug and alcohol offences",
    ),
    "a new breakdown": (
        (NRM, "2022-q2", "Norfolk Constabulary", None),
        {"breakdown_text": "Criminal exploitation"},
        "measure",
        "People | Criminal exploitation",
    ),
    "a period that ends no quarter": (
        (HO, "2019-04", "Norfolk", "Drug offences"),
        {"period_text": "31-01-2018"},
        "period",
        "31-01-2018",
    ),
    "words where a number stood": (
        (ONS, "ye-dec-2024", "Norfolk", "Drug offences"),
        {"value_text": "see note"},
        "value",
        "see note",
    ),
    "an unknown symbol": ((ONS, "ye-dec-2024", "Norfolk", "Drug offences"), {"value_text": "[x]"}, "value", "[x]"),
    "a blank": ((ONS, "ye-dec-2024", "Norfolk", "Drug offences"), {"value_text": None}, "value", ""),
}


@pytest.mark.full
@pytest.mark.parametrize(("place", "texts", "what", "text"), UNKNOWN.values(), ids=UNKNOWN)
def test_an_unknown_text_stops_the_build_and_says_where(
    place: tuple[str, str, str, str | None],
    texts: dict[str, str | None],
    what: str,
    text: str,
    published_cells: pl.DataFrame,
    sources: dict[str, Source],
    registers: Registers,
) -> None:
    where = one(published_cells, *place)
    cells = altered(published_cells, where, **texts)
    result = harmonise(cells, sources, registers)
    assert_no_cell_lost(cells, result)
    row = result.unmatched.row(0, named=True)
    assert (result.unmatched.height, row["what"], row["text"]) == (1, what, text)
    printed = published_cells.filter(where).row(0, named=True)
    with pytest.raises(UnmatchedError) as error:
        refuse_unmatched(result.unmatched)
    for told in (
        printed["source_id"],
        printed["edition_id"],
        repr(printed["table"]),
        f"cell {printed['cell']}:",
        "(1 cell)",
    ):
        assert told in str(error.value)
    assert f"the {what} {text!r}" in str(error.value)


@pytest.mark.full
def test_the_error_offers_the_three_nearest_names(
    published_cells: pl.DataFrame, sources: dict[str, Source], registers: Registers
) -> None:
    cells = altered(
        published_cells,
        (pl.col("source_id") == HO) & (pl.col("area_text") == "South Yorkshire"),
        area_text="South Yorkshyre",
    )
    result = harmonise(cells, sources, registers)
    assert_no_cell_lost(cells, result)
    with pytest.raises(
        UnmatchedError, match=r"\(52 cells\) is in no register; nearest known: south yorkshire, [^,]+, [^,]+\."
    ):
        refuse_unmatched(result.unmatched)


@pytest.mark.full
def test_a_cell_may_be_wrong_twice_and_counts_once(
    published_cells: pl.DataFrame, sources: dict[str, Source], registers: Registers
) -> None:
    where = one(published_cells, ONS, "ye-dec-2024", "Norfolk", "Drug offences")
    cells = altered(published_cells, where, area_text="Norfulk", value_text="n/k")
    result = harmonise(cells, sources, registers)
    assert result.unmatched["what"].to_list() == ["area", "value"]
    assert_no_cell_lost(cells, result)


@pytest.mark.full
def test_what_is_unknown_is_told_before_the_row_that_died_of_it(
    published_cells: pl.DataFrame, sources: dict[str, Source], registers: Registers
) -> None:
    """A force that a source renames leaves both an unknown name and a dead one; the unknown name has the cell."""
    everywhere = (pl.col("source_id") == ONS) & (pl.col("area_code_text") == "E23000024")
    cells = altered(published_cells, everywhere, area_text="North Folk")
    result = harmonise(cells, sources, registers)
    assert result.unmatched["text"].unique().to_list() == [
        "E23000024 North Folk (code E23000024 does not go with this name)"
    ]


def test_nothing_unmatched_is_no_error(harmonised: Harmonised) -> None:
    refuse_unmatched(harmonised.unmatched)
