"""The page that a number of a report opens: its formula, the published cells behind it, what it may be compared with, and their files."""

from datetime import date
from typing import Any, Final

import polars as pl
from markupsafe import Markup

from reports import formats, wording
from reports.document import Document
from transforms.evidence import Evidence
from transforms.indicators.shares import OF_OFFENCES

EVIDENCE_FOLDER = "evidence"
"""The folder beside the reports that holds these pages."""

_ESCAPED: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&#34;", "'": "&#39;"}
"""As the templates escape."""
_PRINTED: Final = (
    *(
        "value_text",
        "cell",
        "title",
        "table",
        "file_kind",
        "file_anchor",
        "area_text",
        "area_id",
        "area_match",
        "correction_id",
    ),
    "source_url",
)


def evidence_address(slug: str) -> str:
    """The address of the evidence page of a report, relative to the report."""
    return f"{EVIDENCE_FOLDER}/{slug}.html"


def evidence_anchor(indicator_id: str) -> str:
    """The identifier of a number's section on its evidence page: HTML allows no blank in one, and a table's name may have some."""
    return "_".join(indicator_id.split())


def evidence_context(
    document: Document, printed: tuple[tuple[str, tuple[str, ...]], ...], found: Evidence
) -> dict[str, Any]:
    """What the template of the evidence page prints: numbers in reading order with their cells, then the files."""
    anchored = found.editions.with_columns(
        pl.concat_str([pl.lit("file"), "source_id", "edition_id"], separator="-").alias("anchor")
    )
    lines = _lines(found.cells, anchored)
    compared_of: dict[str, list[dict[str, Any]]] = {}
    for pair in found.comparisons.iter_rows(named=True):
        compared_of.setdefault(pair["indicator_id"], []).append(pair)
    rows = {row["indicator_id"]: row for row in found.indicators.iter_rows(named=True)}
    return {
        "slug": document.slug,
        "title": f"Evidence: {document.title}",
        "subtitle": "Where each number of the report comes from, back to the publisher’s cell and its file.",
        "id": document.id,
        "id_of": document.id_of,
        "status_line": document.status_line,
        "home": f"../{document.home}",
        "compared_title": wording.COMPARED,
        "numbers": tuple(
            {
                **rows[indicator_id],
                "name": _name(rows[indicator_id]),
                "anchor": evidence_anchor(indicator_id),
                "printed": texts,
                "residents": _residents(rows[indicator_id]),
                "numerator": lines.get((indicator_id, "numerator")),
                "denominator": lines.get((indicator_id, "denominator")),
                "compared": wording.compared_with(compared_of.get(indicator_id, [])),
            }
            for indicator_id, texts in printed
            if indicator_id in rows
        ),
        "files": tuple(
            {
                **file,
                "bytes": formats.count(file["bytes"]),
                "read_on": formats.day(date.fromisoformat(file["retrieved_at"])),
            }
            for file in anchored.iter_rows(named=True)
        ),
    }


def _lines(cells: pl.DataFrame, files: pl.DataFrame) -> dict[tuple[str, str], Markup]:
    """The cells behind each number, by its identifier and part, as the items of a list: those that follow each other in one table and say the
    same of their area stand together in one.

    By columns, since a page has more than a thousand cells and a template would take them one by one.
    """
    titles = files.select("source_id", "edition_id", "title", "file_kind", pl.col("anchor").alias("file_anchor"))
    correction, address = (
        pl.when(pl.col(column) != "").then(pl.format(said, column)).fill_null("")
        for column, said in (("correction_id", "; correction {} applied"), ("source_url", "; seen at {}"))
    )
    number = ("indicator_id", "part")
    listed = (
        cells.lazy()
        .join(titles.lazy(), on=["source_id", "edition_id"], how="left", maintain_order="left")
        .with_columns(pl.col("value_text").fill_null("(blank)"), pl.col("table").str.strip_chars())
        .with_columns(pl.col(*_PRINTED).str.replace_many(_ESCAPED))
        .select(
            *number,
            pl.format("<b>{}</b> in cell {}", "value_text", "cell").alias("cells"),
            pl.format(
                ' of {}, {} ({}, <a href="#{}">file</a>), printed as “{}”; area {} found by {}{}{}',
                *(
                    "title",
                    "table",
                    "file_kind",
                    "file_anchor",
                    "area_text",
                    "area_id",
                    "area_match",
                    correction,
                    address,
                ),
            ).alias("said"),
        )
        .group_by(*number, pl.struct(*number, "said").rle_id().alias("item"), "said", maintain_order=True)
        .agg(pl.col("cells").str.join(", "))
        .group_by(*number, maintain_order=True)
        .agg(pl.format("<li>{}{}</li>", "cells", "said").str.join("\n").alias("items"))
        .collect()
    )
    return {(indicator_id, part): Markup(items) for indicator_id, part, items in listed.iter_rows()}


def _name(row: dict[str, Any]) -> str:
    period = formats.period(row["period_start"], row["period_end"])
    return f"{row['area_name']}, {row['measure_id'].replace('_', ' ')}, {period}"


def _residents(row: dict[str, Any]) -> str:
    """The population of a rate with its edition, or nothing where there is no rate, or a share, which the formula says all of."""
    if row["denominator"] is None or row["denominator_rule"] == OF_OFFENCES:
        return ""
    return f"{formats.population(row['denominator'])}, {row['denominator_edition']} ({row['denominator_rule'].replace('_', ' ')})"
