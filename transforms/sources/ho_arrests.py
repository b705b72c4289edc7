"""Parser of the Home Office open data on arrests: arrests by force, financial year, offence group, ethnic group, age group and sex.

Its columns and labels are in ``data/layouts/ho_arrests_columns.csv`` and ``ho_arrests_labels.csv``. Offence groups were redrawn in
2015/16; two forces moved a year before the others, so both labels of drug offences are kept.
"""

from pathlib import Path

from transforms.sources.counts_by_force import parse_counts
from transforms.sources.grid import Parsed
from transforms.sources.registry import Edition


def parse(content: bytes, edition: Edition, data: Path) -> Parsed:
    """Cells of arrests for drug offences, one row for each ethnic group, age group and sex: no row is a total.

    period_text is the financial year ('2017/18'); 'NA' is kept as printed. Raises as ``counts_by_force.parse_counts``.
    """
    return parse_counts(content, edition, data)
