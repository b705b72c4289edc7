"""The section on files that were not read. Every file is synthetic."""

import polars as pl

from reports.document import Paragraph, Quoted, Table
from reports.products.landing import landing_files
from transforms.contracts.tables import LANDING_FILES


def files(*rows: tuple[str, str, str | None]) -> pl.DataFrame:
    given = pl.DataFrame(rows, schema=["file", "outcome", "why"], orient="row")
    return LANDING_FILES.schema.to_frame().clear(len(rows)).with_columns(given["file"], given["outcome"], given["why"])


def test_a_file_that_was_not_read_stands_there_with_its_reason_and_what_was_refused_stands_first() -> None:
    found = landing_files(
        files(
            ("a.xlsx", "read", None),
            ("b.zip", "copy", "the same bytes as c.zip"),
            ("c.zip", "refused", "police_uk_archive 2025-01: the archive c.zip is damaged; fetch it again."),
            ("README", "not recognised", "it is no table"),
        )
    )
    (said,) = (block for block in found if isinstance(block, Paragraph))
    assert said.prose == ("Of 4 files in the landing folder 1 was read, 1 refused, 1 not recognised and 1 copy.",)
    (table,) = (block for block in found if isinstance(block, Table))
    assert [(row[0], row[1]) for row in table.rows] == [
        (Quoted("c.zip"), "refused"),
        (Quoted("README"), "not recognised"),
        (Quoted("b.zip"), "copy"),
    ]
    assert table.rows[2][2] == Quoted("the same bytes as c.zip")


def test_a_folder_of_which_all_is_read_has_no_table_and_a_build_without_one_no_section() -> None:
    assert not any(isinstance(block, Table) for block in landing_files(files(("a.xlsx", "read", None))))
    assert landing_files(files()) == ()
