"""What became of the files of the landing folder, on the page on data quality: which were not read, and why."""

from typing import Final

import polars as pl

from reports import formats, wording
from reports.document import Block, Heading, Paragraph, Quoted, Table, TableColumn

# What becomes of a file that is not read, in the order in which a reader wants it.
_READ: Final = "read"
_NOT_READ: Final = ("refused", "not recognised", "copy", "set aside")


def landing_files(files: pl.DataFrame) -> tuple[Block, ...]:
    """The section on the landing folder: how many of its files were read, and each of the others with the reason.

    ``files`` is out/landing_files; without rows, as in a build without a landing folder, there is no section.
    """
    if files.is_empty():
        return ()
    unread = files.filter(pl.col("outcome") != _READ).sort(pl.col("outcome").cast(pl.Enum(_NOT_READ)), "file")
    read = len(files) - len(unread)
    counted = dict(unread.group_by("outcome").len().iter_rows())
    others = [f"{formats.count(counted[outcome])} {outcome}" for outcome in _NOT_READ if outcome in counted]
    said = f"Of {formats.count(len(files))} {wording.plural(len(files), 'file', 'files')} in the landing folder {formats.count(read)} {wording.plural(read, 'was', 'were')} read"
    return (
        Heading(2, "What became of the files in the landing folder", "landing-files"),
        Paragraph((f"{wording.joined([said, *others])}.",)),
        *(
            (
                Table(
                    anchor="table-landing-files",
                    caption="Files in the landing folder that were not read, and why",
                    columns=(TableColumn("File"), TableColumn("What became of it"), TableColumn("Why")),
                    rows=tuple(
                        (Quoted(row["file"]), row["outcome"], Quoted(row["why"]))
                        for row in unread.iter_rows(named=True)
                    ),
                    source_note="Every other file was read to its end; the table out/landing_files says what became of its cells. Where a file "
                    "is refused, what was published of its edition before stands, if the project keeps it.",
                ),
            )
            if len(unread)
            else ()
        ),
    )
