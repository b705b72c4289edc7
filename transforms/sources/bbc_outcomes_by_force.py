"""Parser of the three tables of outcomes by force that journalists added up from the street-level data of the police.

The columns and labels of all three are in ``data/layouts/bbc_outcomes_by_force_columns.csv`` and ``bbc_outcomes_by_force_labels.csv``.
"""

from pathlib import Path

from transforms.sources.counts_by_force import parse_counts
from transforms.sources.grid import Parsed
from transforms.sources.registry import Edition


def parse(content: bytes, edition: Edition, data: Path) -> Parsed:
    """Cells of drug crimes by force, year and last outcome; of all crimes by force and outcome; or of all crimes by outcome.

    breakdown_text is the last outcome, null where the table leaves it blank. Raises as ``counts_by_force.parse_counts``.
    """
    return parse_counts(_with_line_feeds(content), edition, data)


def _with_line_feeds(content: bytes) -> bytes:
    """The files end their lines with a carriage return alone, which a CSV reader takes for one endless header without rows."""
    return content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
