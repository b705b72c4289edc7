"""Parser of the Home Office open data on the police workforce: people by force, year, sex and rank, as headcount and full-time equivalents.

Its columns and labels are in ``data/layouts/ho_police_workforce_open_data_columns.csv`` and ``ho_police_workforce_open_data_labels.csv``.
"""

from pathlib import Path

from transforms.sources.counts_by_force import parse_counts
from transforms.sources.grid import Parsed
from transforms.sources.registry import Edition


def parse(content: bytes, edition: Edition, data: Path) -> Parsed:
    """Cells of police officers, one row for each sex and rank: no row is a total.

    period_text is the date as stored: '2022-03-01' stands for 31 March 2022. Raises as ``counts_by_force.parse_counts``.
    """
    return parse_counts(content, edition, data)
