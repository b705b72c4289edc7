"""The page that a number of a report opens: its formula, the published cells behind it, what it may be compared with, and their files."""

from collections.abc import Sequence
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

import polars as pl

from reports import formats, wording
from reports.document import Document
from transforms.evidence import Evidence
from transforms.indicators.shares import OF_OFFENCES

EVIDENCE_FOLDER = "evidence"
"""The folder beside the reports that holds these pages."""

_SAID: Final = ("title", "table", "file_anchor", "area_text", "area_id", "area_match", "correction_id", "source_url")


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
    files = found.editions.with_columns(
        pl.concat_str([pl.lit("file"), "source_id", "edition_id"], separator="-").alias("anchor"),
        pl.col("bytes").map_elements(formats.count, return_dtype=pl.String),
        pl.col("retrieved_at")
        .map_elements(lambda day: formats.day(date.fromisoformat(day)), return_dtype=pl.String)
        .alias("read_on"),
    )
    titles = files.select("source_id", "edition_id", "title", pl.col("anchor").alias("file_anchor"))
    cells = found.cells.join(titles, on=["source_id", "edition_id"], maintain_order="left").with_columns(
        pl.col("value_text").fill_null("(blank)").alias("printed"), pl.col("table").str.strip_chars()
    )
    of_number: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for cell in cells.iter_rows(named=True):
        of_number.setdefault((cell["indicator_id"], cell["part"]), []).append(cell)
    lines = {part: _lines(of_part) for part, of_part in of_number.items()}
    compared_of: dict[str, list[dict[str, Any]]] = {}
    for pair in found.comparisons.iter_rows(named=True):
        compared_of.setdefault(pair["indicator_id"], []).append(pair)
    rows = {row["indicator_id"]: row for row in found.indicators.iter_rows(named=True)}
    return {
        "slug": document.slug,
        "title": f"Evidence: {document.title}",
        "subtitle": "Where each number of the report comes from, back to the publisher’s cell and its file.",
        "build_id": document.build_id,
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
                "numerator": lines.get((indicator_id, "numerator"), []),
                "denominator": lines.get((indicator_id, "denominator"), []),
                "compared": wording.compared_with(compared_of.get(indicator_id, [])),
            }
            for indicator_id, texts in printed
            if indicator_id in rows
        ),
        "files": files.to_dicts(),
    }


def _lines(cells: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The cells behind a number, those that follow each other in one table and say the same of their area together in a line."""
    found = []
    for said, alike in groupby(cells, key=itemgetter(*_SAID)):
        listed = [{name: cell[name] for name in ("printed", "cell")} for cell in alike]
        found.append({**dict(zip(_SAID, said, strict=True)), "cells": listed})
    return found


def _name(row: dict[str, Any]) -> str:
    period = formats.period(row["period_start"], row["period_end"])
    return f"{row['area_name']}, {row['measure_id'].replace('_', ' ')}, {period}"


def _residents(row: dict[str, Any]) -> str:
    """The population of a rate with its edition, or nothing where there is no rate, or a share, which the formula says all of."""
    if row["denominator"] is None or row["denominator_rule"] == OF_OFFENCES:
        return ""
    return f"{formats.population(row['denominator'])}, {row['denominator_edition']} ({row['denominator_rule'].replace('_', ' ')})"
