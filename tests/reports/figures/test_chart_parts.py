"""The parts of the charts: scales, labels that keep apart, folding, coordinates, and the contrast of the palette."""

from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.figures import palette, svg, text
from reports.figures.labels import Box, spread, stack
from reports.figures.scale import from_zero
from transforms.errors import CountyLinesError


@given(st.floats(min_value=0, max_value=1e9))
def test_a_scale_starts_at_zero_holds_the_largest_value_and_has_few_round_steps(largest):
    scale = from_zero(largest, 100.0, 600.0)
    assert scale.ticks[0] == 0
    assert scale.top >= largest
    assert 2 <= len(scale.ticks) <= 6
    assert scale.at(0) == 100.0
    assert scale.at(scale.top) == pytest.approx(600.0)


@pytest.mark.parametrize(
    ("largest", "ticks"),
    [(1450, (0, 500, 1000, 1500)), (9.7, (0, 2, 4, 6, 8, 10)), (0.3, (0, 0.1, 0.2, 0.3)), (0, (0, 1))],
)
def test_steps_are_round(largest, ticks):
    assert from_zero(largest, 0, 1).ticks == ticks


@given(st.lists(st.floats(min_value=0, max_value=300), min_size=1, max_size=8), st.floats(min_value=5, max_value=30))
def test_spread_labels_do_not_overlap_and_stay_within_their_room(wanted, height):
    centres = spread(wanted, [height] * len(wanted), 0, 300)
    assert all(later - earlier >= height - 1e-6 for earlier, later in pairwise(sorted(centres)))
    assert min(centres) >= height / 2 - 1e-6
    assert max(centres) <= 300 - height / 2 + 1e-6


def test_labels_with_room_stay_where_they_belong():
    assert spread([50, 200], [15, 15], 0, 300) == [50, 200]


@st.composite
def boxes(draw):
    leader = draw(st.integers(0, 600))
    return Box(leader, leader + draw(st.integers(20, 200)), leader, draw(st.integers(1, 2)))


@given(st.lists(boxes(), max_size=7))
def test_stacked_labels_do_not_overlap(stacked):
    levels = stack(stacked)
    for (one, low), (other, high) in combinations(zip(stacked, levels, strict=True), 2):
        beside = one.right <= other.left or other.right <= one.left
        apart = low >= high + other.lines or high >= low + one.lines
        assert beside or apart


def test_a_label_that_would_run_into_the_next_goes_above_it():
    assert stack([Box(100, 250, 100, 1), Box(180, 300, 180, 1)]) == [1, 0]


@given(st.lists(st.text("abcdefgh", min_size=1, max_size=8), min_size=1, max_size=12).map(" ".join))
def test_folding_loses_no_word_and_keeps_to_the_width(label):
    lines = text.fold(label, 80, 11)
    assert " ".join(lines) == label
    assert all(text.width(line, 11) <= 80 for line in lines)


def test_a_county_too_wide_for_its_tile_breaks_before_shire():
    assert text.fold("Northamptonshire", 78, 11) == ("Northampton-", "shire")
    assert text.fold("Wiltshire", 78, 11) == ("Wiltshire",)


def test_a_word_that_fits_nowhere_is_refused():
    with pytest.raises(CountyLinesError, match="shorter label"):
        text.fold("Llanfairpwllgwyngyllgogerychwyrn", 78, 11)


@pytest.mark.parametrize(
    ("value", "written"), [(0, "0"), (-0.001, "0"), (12.0, "12"), (1.255, "1.25"), (100, "100"), (0.1 + 0.2, "0.3")]
)
def test_coordinates_are_short(value, written):
    assert svg.coordinate(value) == written


def luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4 for channel in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


TEXT_PAIRS = [
    *(
        (ink, ground)
        for ink in ("ink", "muted", "accent")
        for ground in ("background", "accent-soft", "highlight-soft")
    ),
    *((ink, ground) for ink in ("highlight",) for ground in ("background", "highlight-soft")),
    *((f"on-{band}", band) for band in palette.BANDS),
]
GRAPHIC_PAIRS = [
    *((mark, ground) for mark in ("accent", "highlight", "axis", "ink") for ground in ("background", "highlight-soft")),
    ("accent", "accent-soft"),
]
# A colour that is used and is in no pair is one that nobody has looked at.
BEHIND = {"background", "accent-soft", "highlight-soft", *palette.BANDS}
DECORATIVE = {"rule"}  # grid lines, which the numbers at the axis say again


@pytest.mark.parametrize("scheme", [palette.LIGHT, palette.DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT_PAIRS)
def test_text_has_the_contrast_that_wcag_asks(scheme, ink, ground):
    assert contrast(scheme[ink], scheme[ground]) >= 4.5


@pytest.mark.parametrize("scheme", [palette.LIGHT, palette.DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("mark", "ground"), GRAPHIC_PAIRS)
def test_graphics_have_the_contrast_that_wcag_asks(scheme, mark, ground):
    assert contrast(scheme[mark], scheme[ground]) >= 3


def test_every_colour_of_the_palette_is_in_a_pair_that_is_tested():
    tested = {colour for pair in (*TEXT_PAIRS, *GRAPHIC_PAIRS) for colour in pair}
    assert set(palette.LIGHT) == tested | DECORATIVE
    assert {ground for _, ground in (*TEXT_PAIRS, *GRAPHIC_PAIRS)} == BEHIND


def test_both_schemes_name_the_same_colours_and_bands_run_one_way():
    assert palette.LIGHT.keys() == palette.DARK.keys()
    light = [luminance(palette.LIGHT[band]) for band in palette.BANDS]
    dark = [luminance(palette.DARK[band]) for band in palette.BANDS]
    assert light == sorted(light, reverse=True)
    assert dark == sorted(dark)
