"""Properties of name resolution: footnote debris changes nothing, and nothing is ever guessed."""

import string

import polars as pl
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from transforms.harmonise.names import fold, keys

from .places import NAMES, ONS, REGISTERS, area_of, resolved

pytestmark = pytest.mark.full

QUICK = settings(deadline=None, max_examples=25)

debris = st.from_regex(
    r"(?: ?(?:\[note [0-9]{1,2}\]|\(R\)|\((?:19|20)[0-9]{2}\)|\^|[1-9][0-9]?(?:, ?[1-9][0-9]?){0,3})){1,2} ?",
    fullmatch=True,
)
registered = st.sampled_from(
    sorted(
        {(source or ONS, name) for source, name in REGISTERS.area_names.select("source_id", "name").iter_rows()}
        | {(ONS, name) for name in REGISTERS.areas["name"]}
    )
)


@QUICK
@given(st.lists(st.text(), min_size=1))
@example(["e.\u0301"])
def test_folding_twice_is_folding_once(texts: list[str]) -> None:
    once = folded(texts)
    assert folded(once.to_list()).equals(once)


def folded(texts: list[str]) -> pl.Series:
    return pl.DataFrame({"text": texts}, schema={"text": pl.String}).select(fold(pl.col("text"))).to_series()


@QUICK
@given(st.lists(st.tuples(registered, debris, st.sampled_from(["", "*Total ", "Total "])), min_size=1, max_size=20))
def test_footnote_debris_never_changes_the_area(cases: list[tuple[tuple[str, str], str, str]]) -> None:
    plain = resolved(*((source, None, name) for (source, name), _, _ in cases))
    dressed = resolved(*((source, None, prefix + name + marks) for (source, name), marks, prefix in cases))
    assert dressed["area_id"].to_list() == plain["area_id"].to_list()


@QUICK
@given(st.lists(st.text(string.ascii_letters + string.digits + " -'&,.()[]*", max_size=30), min_size=1, max_size=20))
def test_words_of_no_register_never_match(texts: list[str]) -> None:
    unknown = [text for text in texts if not known(text)]
    assume(unknown)
    assert resolved(*((ONS, None, text) for text in unknown))["area_id"].null_count() == len(unknown)


@QUICK
@given(registered, st.data())
def test_one_wrong_letter_is_never_forgiven(place: tuple[str, str], draw: st.DataObject) -> None:
    source, name = place
    position = draw.draw(st.integers(0, len(name) - 1))
    misspelt = draw.draw(
        st.sampled_from(
            [
                name[:position] + name[position + 1 :],
                name[:position] + "q" + name[position:],
                name + "shire",
                "East " + name,
            ]
        )
    )
    assume(not known(misspelt))
    assert area_of(misspelt, source) is None


def known(text: str) -> bool:
    """Whether a register holds the text to the letter, footnote marks and the word police aside."""
    return any(
        key in set(NAMES["key"]) for key in pl.select(key.alias(how) for how, key in keys(pl.lit(text)).items()).row(0)
    )
