"""The page on what changed between two builds: everything in one list, what matters most to a reader first."""

from typing import Final

import polars as pl

from reports import formats, wording
from reports.document import Block, Heading, Page, Paragraph, Table, TableColumn
from transforms.importance import KINDS

CHANGED: Final = "what-changed"
"""The slug of the page beside a published edition."""
TITLE: Final = "What changed since the last edition"
# Rows of one kind that the page shows; the command prints all for machines.
_SHOWN: Final = 200
_LONGEST: Final = 600
_ORDER = (
    "What stands first here matters most to a reader by a fixed rule: findings, then key messages, then the newest figures, by how far they "
    "moved in widths of the 95% interval that stood beside them; then older figures, other sentences, and the published cells behind them."
)


def changes_page(ranked: pl.DataFrame, before: str, after: str) -> Page:
    """What changed from one build to another (``ranked`` as of `transforms.importance`), each build named by its id."""
    kinds = [(kind, ranked.filter(pl.col("kind") == kind)) for kind in KINDS]
    held = [(kind, rows) for kind, rows in kinds if len(rows)]
    said = f"{formats.count(len(ranked))} {wording.plural(len(ranked), 'difference', 'differences')} between build {before} and build {after}."
    return Page(
        slug="changes",
        title="What changed between two builds",
        lead=said if held else f"Nothing differs between build {before} and build {after}.",
        build_id=after,
        status_line=wording.status_line(None),
        home=None,
        blocks=(*_summary(held), *(block for kind, rows in held for block in _kind(kind, rows))),
    )


def first_edition(build_id: str) -> Page:
    """The page of an edition before which none was published from the same folder."""
    return Page(
        slug=CHANGED,
        title=TITLE,
        lead="This is the first edition that was published here, so there is none to compare it with.",
        build_id=build_id,
        status_line=wording.status_line(None),
        blocks=(
            Heading(2, "What the next edition will say here", "next"),
            Paragraph((_ORDER,)),
        ),
    )


def _summary(held: list[tuple[str, pl.DataFrame]]) -> tuple[Block, ...]:
    if not held:
        return ()
    return (
        Heading(2, "In short", "summary"),
        Paragraph((_ORDER,)),
        Table(
            anchor="table-summary",
            caption="Differences by kind, the one that matters most first",
            columns=(TableColumn("Kind"), TableColumn("Differences", numeric=True)),
            rows=tuple((wording.capitalised(kind), formats.count(len(rows))) for kind, rows in held),
            source_note="Counted over everything that the two builds hold.",
        ),
    )


def _kind(kind: str, rows: pl.DataFrame) -> tuple[Block, ...]:
    anchor = f"kind-{KINDS.index(kind) + 1}"
    shown = rows.head(_SHOWN)
    more = len(rows) - len(shown)
    left_out = f" {formats.count(more)} more are in the output of countylines diff for machines." if more else ""
    sized = rows["size"].is_not_null().any()
    return (
        Heading(2, wording.capitalised(kind), anchor),
        Table(
            anchor=f"table-{anchor}",
            caption=wording.capitalised(kind),
            columns=(
                *(TableColumn(header) for header in ("What", "Change", "Before", "After")),
                *([TableColumn("Widths of its interval", numeric=True)] if sized else []),
            ),
            rows=tuple(
                (
                    row["what"],
                    row["change"],
                    *(shortened(row[side]) for side in ("before", "after")),
                    *(["–" if row["size"] is None else formats.rate(row["size"])] if sized else []),
                )
                for row in shown.iter_rows(named=True)
            ),
            source_note=f"Before and after as the two builds hold them.{left_out}",
        ),
    )


def shortened(text: str | None) -> str:
    """A text at a length that a table can hold; 'nothing' for none."""
    if text is None:
        return "nothing"
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
