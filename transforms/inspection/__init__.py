"""What the inspectorate found and graded, what public figures show of each finding since, and of each claim that was made in public.

Here belong grades as intervals on an ordered scale, the findings of the inspection of January 2020 with their indicators, the rule by
which an indicator becomes a status, and the register of claims with its verdicts. Not here: whether two figures may be compared (transforms.comparability), and sentences.
"""

from transforms.inspection.claim_check import claim_check
from transforms.inspection.claims_checked import answer, claims_checked, group_of, load_claims
from transforms.inspection.curated import with_programme
from transforms.inspection.grades import (
    find_grade,
    inspection_grades,
    load_scale,
    newest_cycle,
    sides_of_grades,
    with_inspections,
)
from transforms.inspection.scoreboard import load_findings, scoreboard, status
from transforms.inspection.statements import confirmed, statements

__all__ = [
    "answer",
    "claim_check",
    "claims_checked",
    "confirmed",
    "find_grade",
    "group_of",
    "inspection_grades",
    "load_claims",
    "load_findings",
    "load_scale",
    "newest_cycle",
    "scoreboard",
    "sides_of_grades",
    "statements",
    "status",
    "with_inspections",
    "with_programme",
]
