"""How published figures changed from edition to edition."""

import polars as pl

from transforms.contracts.tables import REVISIONS
from transforms.indicators.force_totals import counted
from transforms.sql import query


def revisions(observations: pl.DataFrame, areas: pl.DataFrame, measures: pl.DataFrame) -> pl.DataFrame:
    """Every count that two or more editions print for one measure, area and period, in the order of publication.

    Returns the contract REVISIONS: the first edition of a figure has place 1 and nothing before it. Missing figures are no
    revisions: a symbol that gives way to a number is not counted as a change.
    """
    return (
        query("revisions", counts=counted(observations, measures), areas=areas)
        .select(list(REVISIONS.schema))
        .cast(REVISIONS.schema)
    )
