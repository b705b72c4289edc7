"""Sentences on referrals in the whole United Kingdom, which the national report alone has."""

from collections.abc import Sequence

from reports import formats
from reports.wording.words import joined

UNITED_KINGDOM_MEANING = (
    "These tables are of the whole United Kingdom, Scotland and Northern Ireland with it, and not of England and Wales. They say who refers, "
    "and nothing of any police force."
)


def quarters_not_held(quarters: Sequence[str]) -> str:
    """Which quarters between the first and the last of a table are not held; nothing where all are."""
    return f"No table of {joined(quarters)} is held." if quarters else ""


def counties(count: int, referrals: float, period: str) -> str:
    """What the table by UK county is, and what it must not be used for."""
    return (
        f"The Home Office also prints referrals by UK county: {formats.count(referrals)} in {formats.count(count)} counties, {period}. These counties "
        "are no police force areas, though some share a name; whether the county is that of exploitation or of the referral is not known here, and a "
        "county that is not listed has an unknown number. The figures are shown, and never set beside those of a force."
    )
