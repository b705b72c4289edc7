"""Each wording rule fires on what it forbids, and lets pass what stands next to it. All sentences are synthetic."""

import pytest

from reports.wording_rules import RULES, lint, words_of_page

FIRES = {
    "recorded-not-happened": ("Drug crime rose in Norfolk", "drug offending has fallen"),
    "no-county-lines-offence": ("416 county lines offences", "a county-lines offence"),
    "highest-rate-untested": ("Norfolk has the highest rate", "the lowest recorded rates"),
    "potential-victims": ("50 victims referred", "victims were identified", "the force referred 50 victims", "referrals of victims", "each victim"),
    "children-referred-not-exploited": ("exploited children in Norfolk", "children exploited in Norfolk"),
    "significant-untested": ("a significant change", "significantly more", "of some significance"),
    "notable-empty": ("a notable change", "notably more"),
    "no-cause": ("due to", "because of it", "led to more", "thanks to the police", "as a result of", "caused by", "resulted in"),
    "grades-across-scales": ("The grade fell from good to adequate", "grades improved from last time"),
    "no-drama": ("It soared", "plummeted", "a surge", "an epidemic", "a spike", "skyrocketing"),
    "no-league-table": ("the worst force", "best-performing", "a league table"),
    "rate-decimals": ("2.19 per 1,000 residents", "5.432 per 100,000"),
    "thousands-apart": ("11952 offences", "a population of 903700"),
    "missing-is-not-zero": ("0 (not available)", "No figure was published: 0"),
    "words-of-readers": ("a true nought", "the youngest figures", "Middle length of bail", "Not everybody is counted", "as a variance, 328 times"),
    "period-in-words": ("in YE Dec 2019", "YE March 2020"),
}  # fmt: skip
PASSES = {
    "recorded-not-happened": ("Drug offences recorded by the police were higher", "recorded drug crime by year"),
    "no-county-lines-offence": ("No offence of county lines exists", "county lines programme"),
    "highest-rate-untested": ("the largest number", "among the highest (rank interval 2 to 7)", "highest first"),
    "potential-victims": ("50 potential victims referred", "potential victims were referred", "referrals of potential victims", "how many victims there are"),
    "children-referred-not-exploited": ("referrals of children in Norfolk", "not how many people were exploited or where"),
    "significant-untested": ("significand", "a sign"),
    "notable-empty": ("a table", "not able to say"),
    "no-cause": ("the due date", "because they differ", "installed today", "the cause is not known"),
    "grades-across-scales": ("graded adequate; earlier grades used a different scale", "counts rose from 3 to 4"),
    "no-drama": ("Surgeons", "a sore place"),
    "no-league-table": ("worsted", "the best estimate"),
    "rate-decimals": ("2.2 per 1,000 residents", "2,045 per 1,000", "multiplied 2.194340 times"),
    "thousands-apart": ("11,952 offences", "area E23000024", "cell AB12345", "2,045 of 2019", "0.12345", "2024-11-30"),
    "missing-is-not-zero": ("0 offences", "[x] not available", "10 (suppressed)"),
    "words-of-readers": ("zero", "the newest figures", "median length", "times the variance of chance"),
    "period-in-words": ("the year ending December 2019", "DYE Dec"),
}  # fmt: skip


def test_every_rule_has_a_name_of_its_own_and_is_tried_both_ways() -> None:
    assert [rule.rule_id for rule in RULES] == list(FIRES) == list(PASSES)


@pytest.mark.parametrize(("rule_id", "words"), [(rule, words) for rule, all_ in FIRES.items() for words in all_])
def test_a_rule_fires(rule_id: str, words: str) -> None:
    assert any(f"(rule {rule_id}:" in broken for broken in lint(f"One sentence. It says {words}, then. Another."))


@pytest.mark.parametrize("words", [words for all_ in PASSES.values() for words in all_])
def test_near_misses_pass_all_rules(words: str) -> None:
    assert lint(f"One sentence. It says {words}, then. Another.") == []


def test_the_message_names_sentence_rule_reason_and_remedy() -> None:
    assert lint("It was so. Less was due to police work! More.") == [
        "'due to' in the sentence 'Less was due to police work!' (rule no-cause: no figure here can show a cause): "
        "write since, or over the same period"
    ]


def test_a_finished_page_is_read_as_a_reader_does() -> None:
    page = (
        "<style>.worst { color: red }</style><h2>The figures</h2><p>It was <a href='x'>2.19</a> per\n1,000 residents &amp; more.</p>"
        "<svg><title>Chart of the worst</title></svg><blockquote><p>Suppressed due to size.</p></blockquote>"
    )
    assert words_of_page(page).splitlines() == [
        "The figures",
        "It was 2.19 per 1,000 residents & more.",
        "Chart of the worst",
    ]
    assert [words.split("'")[1] for words in lint(words_of_page(page))] == ["2.19 per 1,000", "worst"]
