"""The wording rules: what no page or PDF may say, why, and what to write instead.

They hold for our own words. What a publisher said is quoted as it stands, in a quotation, and is not looked at.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final


@dataclass(frozen=True)
class Rule:
    """A wording rule: its name, the pattern that breaks it (case is ignored), why, and what to write instead."""

    rule_id: str
    pattern: str
    why: str
    instead: str


RULES: Final = (
    Rule(
        "recorded-not-happened",
        r"\bdrugs? (?:crimes?|offending|dealing) (?:has |have )?(?:rose|risen|fell|fallen|increased|decreased|went up|went down|grew|grown)\b",
        "police figures show what was recorded, not what happened",
        "drug offences recorded by the police were higher or lower",
    ),
    Rule(
        "no-county-lines-offence",
        r"\bcounty[ -]lines (?:offences?|crimes?)\b",
        "no offence of county lines exists to be counted",
        "drug offences, which are not only county lines",
    ),
    Rule(
        "highest-rate-untested",
        r"\b(?:highest|lowest) (?:drug |recorded )?rates?\b",
        "a rank by rate is uncertain, and a count is not a rate",
        "the largest number, or among the highest with a rank interval",
    ),
    Rule(
        "potential-victims",
        r"(?<!potential )(?<!how many )\bvictims?\b",
        "a referral is made before anybody decides whether the person is a victim",
        "potential victims, or potential victims referred",
    ),
    Rule(
        "children-referred-not-exploited",
        r"\bexploited children (?:in|of|from)\b|\bchildren (?:who (?:are|were) )?(?:being )?exploited in\b",
        "referrals show whom the police identified, not how many children were exploited",
        "referrals of children made by the force",
    ),
    Rule(
        "significant-untested",
        r"\bsignifican(?:t(?:ly)?|ce)\b",
        "the word belongs to a statistical test",
        "the figures and their intervals",
    ),
    Rule("notable-empty", r"\bnotabl[ey]\b", "it judges without a number", "the figures themselves"),
    Rule(
        "no-cause",
        r"\bdue to\b|\bbecause of\b|\bled to\b|\bthanks to\b|\bas a result of\b|\bcaused by\b|\bresulted in\b",
        "no figure here can show a cause",
        "since, or over the same period",
    ),
    Rule(
        "grades-across-scales",
        r"\bgrades? (?:fell|rose|dropped|improved|worsened) from\b",
        "grades of different cycles are on different scales",
        "graded so in its cycle; earlier grades used a different scale",
    ),
    Rule(
        "no-drama",
        r"\bsoar\w*|\bplummet\w*|\bsurg(?:e|es|ed|ing)\b|\bskyrocket\w*|\bepidemic\b|\bspik(?:e|es|ed)\b",
        "it colours a figure",
        "higher or lower, with the figures",
    ),
    Rule(
        "no-league-table",
        r"\bworst\b|\bbest[ -]performing\b|\bleague table\b",
        "recording more is neither good nor bad",
        "the figure and its interval",
    ),
    Rule(
        "rate-decimals",
        r"\b\d+\.\d{2,} per (?:1,000|100,000)\b",
        "more digits than the data can bear",
        "the rate with one decimal place",
    ),
    Rule(
        "thousands-apart",
        r"(?<![\w./,:#-])\d{5,}(?![\w%./:-])",
        "a long number without commas is misread",
        "the number with a comma between thousands",
    ),
    Rule(
        "missing-is-not-zero",
        r"\b0 \((?:missing|not available|not published|suppressed)\)|\bno figure[^.]*: 0\b",
        "a missing figure is not zero",
        "[x], not available",
    ),
    Rule(
        "words-of-readers",
        r"\bnoughts?\b|\byoungest\b|\bmiddle length\b|\bnot everybody\b|\bas a variance\b|\bheretofore\b|\bthereof\b|\bwhilst\b|\butili[sz]e\w*",
        "readers do not use these words",
        "zero, newest, median, some forces are missing, or another plain word",
    ),
    Rule(
        "period-in-words",
        r"\bYE (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\w*\b",
        "an abbreviation that readers do not know",
        "the period in words, such as the year ending in that month",
    ),
)

_PATTERNS: Final = tuple((rule, re.compile(rule.pattern, re.IGNORECASE)) for rule in RULES)
_SENTENCE_END: Final = re.compile(r"(?<=[.!?])\s+|\n+")
_NOT_OURS: Final = re.compile(r"<(style|script|blockquote|cite|code|samp)\b.*?</\1>", re.DOTALL)
_INLINE: Final = re.compile(r"</?(?:a|span|b|strong|em)\b[^>]*>")
_TAG: Final = re.compile(r"<[^>]*>")


def lint(text: str) -> list[str]:
    """Each place where a text breaks a rule: the words, their sentence, the rule and why, what to write; empty when there is none."""
    return [said for line in text.splitlines() for said in _broken_in(line)]


@cache
def _broken_in(line: str) -> tuple[str, ...]:
    """What a line breaks. Remembered: most lines of a report are lines of every report."""
    return tuple(
        f"'{words}' in the sentence '{sentence}' (rule {rule.rule_id}: {rule.why}): write {rule.instead}"
        for rule, words, sentence in _broken(line)
    )


def _broken(text: str) -> Iterator[tuple[Rule, str, str]]:
    for rule, pattern in _PATTERNS:
        for found in pattern.finditer(text):
            yield rule, found.group(0), _sentence_around(text, found.start(), found.end())


def _sentence_around(text: str, start: int, end: int) -> str:
    before = [match.end() for match in _SENTENCE_END.finditer(text, 0, start)]
    after = _SENTENCE_END.search(text, end)
    return text[before[-1] if before else 0 : after.start() if after else len(text)].strip()


def words_of_page(source: str) -> str:
    """The words of a finished HTML page, a line for each element: text, captions and the text of charts, without quotations."""
    without_markup = _TAG.sub("\n", _INLINE.sub("", _NOT_OURS.sub("\n", " ".join(source.split()))))
    lines = (line.strip() for line in html.unescape(without_markup).splitlines())
    return "\n".join(line for line in lines if line)
