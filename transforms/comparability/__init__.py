"""Which numbers may be compared, how far, and why not.

Here belong the description of one side of a comparison, the scores of its eight dimensions, the grade that follows from them, and the
functions that compute a change, a rank or a test only for a comparison whose grade allows it; and which areas are alike. Not here: statistics themselves
(transforms.statistics), sentences (reports.wording), the registers' rows (data/registers).
"""

from transforms.comparability.allowed import difference_test, dispersion_of_series, percentage_change, rank
from transforms.comparability.beside import GROUPS, beside
from transforms.comparability.grade import GRADES, LEVEL, grade, grade_pairs
from transforms.comparability.ledger import entries, ledger
from transforms.comparability.pairs import (
    PAIR,
    SIDE,
    paired,
    same_period,
    side_of_indicators,
    side_of_observations,
    successive,
    year_before,
)
from transforms.comparability.profile import profile
from transforms.comparability.similar import (
    CHARACTERISTICS,
    MOST_SIMILAR,
    characteristics,
    most_similar,
    similar,
    stays,
)

__all__ = [
    "CHARACTERISTICS",
    "GRADES",
    "GROUPS",
    "LEVEL",
    "MOST_SIMILAR",
    "PAIR",
    "SIDE",
    "beside",
    "characteristics",
    "difference_test",
    "dispersion_of_series",
    "entries",
    "grade",
    "grade_pairs",
    "ledger",
    "most_similar",
    "paired",
    "percentage_change",
    "profile",
    "rank",
    "same_period",
    "side_of_indicators",
    "side_of_observations",
    "similar",
    "stays",
    "successive",
    "year_before",
]
