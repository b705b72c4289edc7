"""Where things are in the data pack of an edition, for what writes it and for what reads it."""

from typing import Final

# The folder of the pack, beside the reports.
FOLDER: Final = "data"
# The registers of the build, one CSV a register as in the folder data of a checkout: areas and their names, measures, breaks.
REGISTERS_FOLDER: Final = "registers"

# Tables of the lake that are no table for readers of the pack, and that answers about its numbers are made of, and their files in the pack.
BEHIND: Final = {
    "out/indicators": "tables/indicators.parquet",
    "out/inspection_grades": "tables/inspection-grades.parquet",
    "core/excluded": "tables/excluded.parquet",
    "core/observations": "tables/observations.parquet",
    "core/record_files": "tables/record-files.parquet",
}

EDITION_TABLES: Final = {
    **{
        table: f"{table.partition('/')[2].replace('_', '-')}.parquet"
        for table in (
            *("core/areas", "core/notes", "raw/editions"),
            *("out/revisions", "out/reconciliation", "out/coverage", "out/plausibility", "out/comparability"),
            *("out/scoreboard", "out/districts", "out/similar"),
        )
    },
    **BEHIND,
}
"""Every table of the lake that an edition publishes as it is, and its Parquet file within the pack."""
