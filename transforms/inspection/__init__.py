"""What the inspectorate found and graded, and what public figures show of each finding since.

Here belong grades as intervals on an ordered scale, the findings of the inspection of January 2020 with their indicators, and the rule by
which an indicator becomes a status. Not here: whether two figures may be compared (transforms.comparability), and sentences.
"""

from transforms.inspection.claim_check import claim_check
from transforms.inspection.curated import with_programme
from transforms.inspection.grades import find_grade, inspection_grades, load_scale, sides_of_grades, with_inspections
from transforms.inspection.scoreboard import load_findings, scoreboard, status
from transforms.inspection.statements import confirmed, statements

__all__ = [
    "claim_check",
    "confirmed",
    "find_grade",
    "inspection_grades",
    "load_findings",
    "load_scale",
    "scoreboard",
    "sides_of_grades",
    "statements",
    "status",
    "with_inspections",
    "with_programme",
]
