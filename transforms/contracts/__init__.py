"""What each table of the lake must look like, and whether it does.

Here belong the contracts (columns, keys, rules as plain data), the check of a frame against its contract, and what is
derived from a contract alone: schemas, expectation suites, the data dictionary. Not here: anything that makes or changes a
table, knows a source's layout, or decides what happens after a broken rule; that is orchestration's.

Great Expectations, pandas and scipy are imported by `validate` when it is called, never by importing this package.
"""

from transforms.contracts.contract import Column, Contract, Rule, Severity
from transforms.contracts.dictionary import dictionary_frame
from transforms.contracts.tables import (
    AREAS,
    BOUNDARIES,
    COMPARABILITY,
    COVERAGE,
    DISTRICTS,
    EDITIONS,
    EXCLUDED,
    INDICATORS,
    INSPECTION_GRADES,
    LANDING_FILES,
    NOTES,
    OBSERVATIONS,
    PLAUSIBILITY,
    RECONCILIATION,
    RECORD_FILES,
    REVISIONS,
    SCOREBOARD,
    SIMILAR,
    UNMATCHED,
    cells,
)
from transforms.contracts.validate import RuleResult, Validation, results_frame, to_suite, validate

__all__ = [
    "AREAS",
    "BOUNDARIES",
    "COMPARABILITY",
    "COVERAGE",
    "DISTRICTS",
    "EDITIONS",
    "EXCLUDED",
    "INDICATORS",
    "INSPECTION_GRADES",
    "LANDING_FILES",
    "NOTES",
    "OBSERVATIONS",
    "PLAUSIBILITY",
    "RECONCILIATION",
    "RECORD_FILES",
    "REVISIONS",
    "SCOREBOARD",
    "SIMILAR",
    "UNMATCHED",
    "Column",
    "Contract",
    "Rule",
    "RuleResult",
    "Severity",
    "Validation",
    "cells",
    "dictionary_frame",
    "results_frame",
    "to_suite",
    "validate",
]
