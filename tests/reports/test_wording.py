from datetime import date
from typing import Any

import pytest

from reports import wording, wording_rules
from reports.document import Callout, Document, KeyMessages, Link, Paragraph, Quotation
from transforms.errors import CountyLinesError


def row(**changes: object) -> dict[str, object]:
    """A synthetic row of out/indicators."""
    return {
        "indicator_id": "M01.synthetic",
        "period_start": date(2024, 1, 1),
        "period_end": date(2024, 12, 31),
        "months": 12,
        "numerator": 1234.0,
        "value": 2.15,
        "lower_95": 2.0,
        "upper_95": 2.3,
        "status": "ok",
        "coverage_note": None,
        "denominator_edition": "mid-2023, synthetic ye-dec-2024",
        **changes,
    }


def measured(**changes: object) -> dict[str, object]:
    """A synthetic measure of page 1: a row of out/profile with its figure."""
    nothing = dict.fromkeys(
        f"{which}_{name}"
        for which in ("year", "since")
        for name in ("change", "lower_95", "upper_95", "grade", "reason")
    )
    about = {"label": "Drug offences", "unit": "drug offences", "multiplier": 1000, "rank": None}
    return row(**nothing, **about) | changes


def test_a_message_has_level_age_change_and_place() -> None:
    change = {"year_change": -5.2, "year_lower_95": -9.0, "year_upper_95": -1.1, "year_grade": "A"}
    since = {"since_change": 12.4, "since_lower_95": 3.0, "since_upper_95": 20.0, "since_grade": "B"}
    place = {"rank": 27, "ranked_areas": 42, "rank_lower": 22, "rank_upper": 31}
    assert wording.plain(wording.headline(measured(**change, **since, **place))) == (
        "Drug offences: 1,234 in the year to December 2024, 2.2 per 1,000. Down 5% in a year; up 12% since 2019. "
        "27th of 42 forces (22 to 31)."
    )


def test_a_change_within_chance_is_no_change_and_one_without_limits_is_given() -> None:
    within = measured(year_change=-5.2, year_lower_95=-12.0, year_upper_95=2.0, year_grade="A")
    assert "No clear change in a year; no figure before 2020." in wording.plain(wording.headline(within))
    assert wording.change_cell(within, "year") == "≈ −5% A"
    unknown = measured(year_change=49.0, year_grade="A")
    assert "Up 49% in a year" in wording.plain(wording.headline(unknown))
    assert wording.change_cell(unknown, "year") == "? +49% A"


def test_what_a_grade_forbids_is_refused_in_words_with_the_reason_in_a_note() -> None:
    refused = measured(since_grade="C", since_reason="R2 B05")
    assert "not comparable since 2019" in wording.plain(wording.headline(refused))
    assert wording.change_cell(refused, "since") == "grade C"
    assert wording.why_not_compared(refused).startswith("Drug offences, since 2019: ")


def test_counts_too_small_for_a_percentage_are_said_to_be_so_and_not_to_be_incomparable() -> None:
    few = measured(numerator=3.0, year_grade="A", year_reason="too few for a percentage")
    assert "Too few to compare in a year" in wording.plain(wording.headline(few))
    assert wording.change_cell(few, "year") == "too few A"


def test_a_share_is_said_in_per_cent_and_its_change_in_points() -> None:
    share = measured(
        unit="per cent", value=19.2, year_change=-20.0, year_lower_95=-30.0, year_upper_95=-10.0, year_grade="A"
    )
    said = wording.plain(wording.headline(share))
    assert said.startswith("Drug offences: 19.2 per cent in the year to December 2024. Down 4.8 points in a year")
    assert "1,234" not in said, "the number of cases is no share"


def test_a_missing_count_is_said_to_be_missing_and_never_zero() -> None:
    said = wording.plain(wording.headline(measured(numerator=None, value=None, status="not_available")))
    assert "[x]" in said
    assert " 0 " not in said


def test_a_count_without_a_rate_says_why() -> None:
    said = wording.plain(wording.headline(measured(value=None, status="population_too_small")))
    assert "1,234 in the year to December 2024, too few people live there for a rate" in said
    assert "per 1,000" not in said


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (0.0, "referred no potential victims"),
        (1.0, "referred 1 potential victim to"),
        (50.0, "referred 50 potential victims to"),
        (None, "No complete year of referrals"),
    ],
)
def test_referrals_in_singular_plural_none_and_missing(number: float | None, expected: str) -> None:
    value = None if number is None else 5.4
    status = "not_available" if number is None else "ok"
    assert expected in wording.plain(wording.referrals("the force", row(numerator=number, value=value, status=status)))


@pytest.mark.parametrize(
    ("rank", "ending"),
    [
        (1, ": a count, not a rate, and the largest number published."),
        (6, "a rate, ranked sixth by number."),
        (None, "a count, not a rate."),
    ],
)
def test_london_links_are_called_a_count_over_their_months(rank: int | None, ending: str) -> None:
    links = row(numerator=416.0, months=15, period_start=date(2018, 1, 1), period_end=date(2019, 3, 31))
    said = wording.plain(wording.london_links("Norfolk", links, rank, 7))
    assert said.startswith(
        "Over 15 months (January 2018 to March 2019) 416 London-linked individuals were identified in Norfolk"
    )
    assert said.endswith(ending)


@pytest.mark.parametrize(
    "sentence",
    [
        "Drug crime rose in Norfolk",
        "Norfolk has the highest rate of dealers",
        "416 county lines offences",
        "50 victims referred by the police",
        "a significant rise",
        "This was due to the inspection",
        "Improvements because of the report",
        "Offences soared",
        "exploited children in Norfolk",
        "a notable fall",
        "the worst force",
    ],
)
def test_forbidden_sentences_are_found(sentence: str) -> None:
    assert wording_rules.lint(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Police recorded 2,045 drug offences",
        "50 potential victims referred",
        "the largest number published",
        "Highest number first",
    ],
)
def test_permitted_sentences_pass(sentence: str) -> None:
    assert wording_rules.lint(sentence) == []


def document(*blocks: object) -> Document:
    return Document("synthetic", "Synthetic", "", "", "", blocks)  # type: ignore[arg-type]


def test_a_document_with_a_forbidden_sentence_is_refused_by_name() -> None:
    with pytest.raises(CountyLinesError, match="synthetic says 'Drug crime rose'"):
        wording.refuse_forbidden_words(document(Paragraph(("Drug crime rose.",))))
    with pytest.raises(CountyLinesError, match="highest rate"):
        wording.refuse_forbidden_words(document(KeyMessages(((("Norfolk has the highest rate.",), "table"),))))
    with pytest.raises(CountyLinesError, match="due to"):
        wording.refuse_forbidden_words(document(Callout("Box", "caveat", (("It fell due to police work.",),))))


def test_a_publishers_own_words_are_not_ours_to_mend() -> None:
    quoted = document(Quotation("Rates have been suppressed due to the small population size.", "ONS"))
    assert wording.refuse_forbidden_words(quoted) is quoted


def test_populations_are_named_once_and_their_absence_is_said() -> None:
    rows = [row(), row(), row(denominator_edition=None)]
    assert wording.populations_used(rows) == (
        "Rates are per resident at mid-2023, the nearest mid-year that is held for each period. "
        "No population is held for years before mid-2023, so earlier figures are counts without rates."
    )
    assert "counts without rates" in wording.populations_used([row(denominator_edition=None)])


def test_names_are_joined_as_in_a_sentence() -> None:
    assert [wording.joined(names) for names in (["a"], ["a", "b"], ["a", "b", "c"])] == ["a", "a and b", "a, b and c"]


def test_every_kind_of_reconciliation_has_its_words() -> None:
    from transforms.contracts import RECONCILIATION

    kinds = next(column.allowed for column in RECONCILIATION.columns if column.name == "kind")
    assert set(wording.RECONCILED) == set(kinds or ())


@pytest.mark.parametrize(
    ("rank", "words"), [(1, "first"), (10, "tenth"), (11, "11th"), (21, "21st"), (42, "42nd"), (43, "43rd")]
)
def test_ranks_in_words_and_figures(rank: int, words: str) -> None:
    assert wording.ordinal(rank) == words


@pytest.mark.parametrize(
    ("periods", "words"),
    [
        ([], "no figure held"),
        (["October 2019"], "October 2019"),
        (["October 2019", "2019/20"], "October 2019; one more"),
        (["October 2019", "2019/20", "April 2020"], "October 2019; two more"),
    ],
)
def test_a_finding_names_the_periods_of_one_indicator_and_counts_the_others(periods: list[str], words: str) -> None:
    assert wording.periods_in_short(periods) == words


def test_a_spread_changed_where_its_intervals_lie_apart_and_those_that_overlap_are_named_together() -> None:
    def year(end: int, scv: float, lower: float, upper: float) -> dict[str, Any]:
        period = {"period_start": date(end - 1, 4, 1), "period_end": date(end, 3, 31), "months": 12}
        return {**period, "scv": scv, "scv_lower": lower, "scv_upper": upper}

    wide, narrow, between = year(2019, 20, 15, 25), year(2024, 5, 3, 7), year(2024, 10, 6, 16)
    said = wording.dispersion_over_time(
        {"Offences": (wide, narrow), "Referrals": (wide, between), "Children": (narrow, between)}
    )
    assert said == (
        "Offences: forces are more alike in the year ending March 2024 than in the year ending March 2019. "
        "No clear change in how unlike forces are, since the intervals of the two years overlap: Referrals; Children."
    )
    assert "less alike" in wording.dispersion_over_time({"Offences": (year(2019, 5, 3, 7), year(2024, 20, 15, 25))})


@pytest.mark.parametrize(
    ("period", "words"),
    [
        ("2023-04 | 2023-09", "April 2023 to September 2023"),
        ("2019-10 | 2019-10", "October 2019"),
        ("2019-05-13 | 2019-05-20", "13 May 2019 to 20 May 2019"),
        ("year to 2023-03, 42 areas", "year to March 2023, 42 areas"),
        ("2019/20", "2019/20"),
        ("this build", "this build"),
    ],
)
def test_the_period_of_a_finding_is_written_as_a_person_would(period: str, words: str) -> None:
    assert wording.periods_of_finding({"baseline_period": None, "latest_period": period}) == words


def test_files_of_a_source_are_told_apart_by_kind_day_and_checksum() -> None:
    file = {
        "file_kind": "original",
        "retrieved_at": "2026-11-24",
        "title": "Year ending March 2018",
        "more": 0,
        "sha256": "ab" * 32,
    }
    other = {**file, "title": "Release 2025", "more": 1, "sha256": "cd" * 32}
    by_hand = {**file, "file_kind": "transcription", "more": 2}
    assert wording.files([file, other, by_hand]) == (
        "Original, read on 24 November 2026: Year ending March 2018 abababab; Release 2025, with one more edition, cdcdcdcd. "
        "Transcription, read on 24 November 2026: Year ending March 2018, with two more editions, abababab."
    )


def test_a_checksum_that_begins_with_digits_is_not_taken_for_a_number() -> None:
    file = {"file_kind": "original", "retrieved_at": "2026-11-24", "title": "Release 2025", "more": 0}
    said = wording.files([{**file, "sha256": "62599644" + "17f" * 18 + "ab"}])
    assert said == "Original, read on 24 November 2026: Release 2025 6259964417f."
    assert wording_rules.lint(said) == []


@pytest.mark.parametrize(("what", "verb"), [("table", "is"), ("chart and its table", "are")])
def test_paper_says_where_what_it_leaves_out_is(what: str, verb: str) -> None:
    said = wording.on_the_page(what, "Synthetic", "norfolk.html", "table-a")
    assert wording.plain(said) == f"The {what} “Synthetic” {verb} on the page norfolk.html."
    assert Link("norfolk.html", "norfolk.html#table-a") in said


def test_rates_of_assessments_are_said_from_the_smallest_to_the_largest_with_ties_and_without_gaps() -> None:
    rows = [
        row(area_name=name, value=value, multiplier=10_000)
        for name, value in (("Alpha", 2.0), ("Beta", None), ("Gamma", 9.0), ("Delta", 2.0))
    ]
    assert wording.plain(wording.children_spread(rows)) == (
        "In the three police force areas with a rate, assessments that record criminal exploitation were from 2.0 (Alpha and Delta) "
        "to 9.0 (Gamma) per 10,000 children."
    )
    assert wording.children_spread(rows[:2]) == ()


@pytest.mark.parametrize(
    ("rates", "said"),
    [
        (
            {"mid-2016": 1.5, "mid-2018": None, "mid-2019": 2.5},
            "Rates are per resident at mid-2016 and mid-2019, the nearest mid-year that is held for each period.",
        ),
        (
            {"mid-2016": None, "mid-2018": None},
            "No rate is reliable enough to be shown, so there are counts without rates.",
        ),
        (
            {None: None, "mid-2016": None, "mid-2018": 1.5},
            "Rates are per resident at mid-2018, the nearest mid-year that is held for each period. No population is held for years before "
            "mid-2016, so earlier figures are counts without rates.",
        ),
        ({None: None}, "No population is held for these periods, so there are counts without rates."),
        (
            {"mid-2011": 1.0, "mid-2012": 1.0, "mid-2013": 1.0, "mid-2015": 1.0, "mid-2016": 1.0},
            "Rates are per resident at mid-2011 to mid-2013, mid-2015 and mid-2016, the nearest mid-year that is held for each period.",
        ),
    ],
    ids=[
        "some rates",
        "every rate is too uncertain",
        "years before any population",
        "no population",
        "three years in a row",
    ],
)
def test_the_populations_named_are_those_of_the_rates_that_are_shown(
    rates: dict[str | None, float | None], said: str
) -> None:
    rows = [{"denominator_edition": edition, "value": value} for edition, value in rates.items()]
    assert wording.populations_used(rows) == said
