"""The contract of every table in the lake, a room for each layer. Types, checks, dictionary page and tidy CSV headers all come from here."""

from transforms.contracts.tables.checks import (
    COVERAGE,
    LANDING_FILES,
    PLAUSIBILITY,
    RECONCILIATION,
    RECORD_FILES,
    REVISIONS,
)
from transforms.contracts.tables.core import AREAS, EXCLUDED, NOTES, OBSERVATIONS, STATUSES, UNMATCHED
from transforms.contracts.tables.out import (
    BESIDE,
    COMPARABILITY,
    COMPARISONS,
    DISTRICTS,
    FORCE_CHARACTERISTICS,
    INDICATORS,
    INSPECTION_GRADES,
    PROFILE,
    SCOREBOARD,
    SCOREBOARD_STATUSES,
    SIMILAR,
)
from transforms.contracts.tables.raw import BOUNDARIES, EDITIONS, cells

__all__ = [
    "AREAS",
    "BESIDE",
    "BOUNDARIES",
    "COMPARABILITY",
    "COMPARISONS",
    "COVERAGE",
    "DISTRICTS",
    "EDITIONS",
    "EXCLUDED",
    "FORCE_CHARACTERISTICS",
    "INDICATORS",
    "INSPECTION_GRADES",
    "LANDING_FILES",
    "NOTES",
    "OBSERVATIONS",
    "PLAUSIBILITY",
    "PROFILE",
    "RECONCILIATION",
    "RECORD_FILES",
    "REVISIONS",
    "SCOREBOARD",
    "SCOREBOARD_STATUSES",
    "SIMILAR",
    "STATUSES",
    "UNMATCHED",
    "cells",
]
