"""Cells to observations. Three outcomes only: matched, excluded with a reason, or unmatched, which fails the build."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import PurePath

import polars as pl

from transforms.contracts.tables import EXCLUDED, NOTES, OBSERVATIONS, UNMATCHED
from transforms.errors import RegisterError, UnmatchedError
from transforms.harmonise.areas import PLACE, resolve
from transforms.harmonise.corrections import apply_corrections
from transforms.harmonise.meanings import plain, with_measure, with_period, with_value
from transforms.harmonise.names import fold, name_table, nearest
from transforms.harmonise.registers import ASKED_NAME, PUBLISHED_NAME, Registers, known_areas
from transforms.harmonise.subcodes import with_class_a_supply
from transforms.harmonise.supply import SOURCES as RECORDS_SOURCES
from transforms.harmonise.supply import not_supplied, record_files
from transforms.sources.registry import Source

_CELL = ["source_id", "edition_id", "table", "cell"]


@dataclass(frozen=True)
class Harmonised:
    """What became of the cells: figures = observations + excluded + unmatched (as distinct cells); notes stand beside them."""

    observations: pl.DataFrame
    excluded: pl.DataFrame
    unmatched: pl.DataFrame
    notes: pl.DataFrame
    record_files: pl.DataFrame


def harmonise(
    cells: pl.DataFrame, sources: Mapping[str, Source], registers: Registers, settled: Collection[str] | None = None
) -> Harmonised:
    """Give every cell its meaning.

    ``cells`` has the columns of the raw tables, all sources together; the result's frames follow the contracts OBSERVATIONS,
    EXCLUDED, UNMATCHED, NOTES and RECORD_FILES. Raises RegisterError for a correction that finds another number of cells than it expects and,
    once every cell is understood, for a name, exclusion, label or symbol that matches nothing: of the ``settled`` sources, which are
    all unless given. Where other editions are read than the register lists, what those lack says nothing against a row; nor where the
    registers await an original of which re-saves alone are held.
    """
    printed = cells.filter(pl.col("kind") == "figure")
    # Cells that stay as they were gathered are mended where they are printed from (transforms.inspection.statements).
    observed = {source.id for source in sources.values() if source.reaches == "observations"}
    figures = apply_corrections(
        printed, [each for each in registers.corrections if each.source_id in observed], settled
    )
    names = name_table(known_areas(registers), registers.area_names.filter(pl.col("name_type") != ASKED_NAME))
    kinds = {source.id: source.area_kinds for source in sources.values()}
    files = record_files(
        figures.filter(pl.col("source_id").is_in(RECORDS_SOURCES)),
        _archives(sources),
        registers.incident_supply,
        registers.incident_bodies,
    )
    former = registers.local_authorities.filter(pl.col("ended_by") != "")["authority_id"]
    resolved = resolve(figures.select(PLACE), names, kinds, former)
    understood = (
        figures.join(resolved, on=list(PLACE), how="left", nulls_equal=True, maintain_order="left")
        .pipe(with_measure, registers.measure_labels)
        .pipe(with_class_a_supply, registers.class_a_supply_subcodes)
        .pipe(with_period, _edition_frame(sources))
        .pipe(with_value, registers.sentinels)
        .pipe(_with_supply, not_supplied(files))
        .pipe(_with_exclusion, registers.exclusions)
    )
    troubled = pl.any_horizontal(pl.col("area_id", "measure_id", "period_end", "status").is_null())
    excluded = understood.filter(troubled & pl.col("reason").is_not_null())
    matched = understood.filter(~troubled)
    unmatched = understood.filter(troubled & pl.col("reason").is_null())
    if (
        unmatched.is_empty()
    ):  # a renamed force leaves an unknown name and a dead one: the unknown one says in which cell
        _refuse_dead_rows(registers, matched, excluded, resolved, _judged(sources, settled))
    return Harmonised(
        observations=_observations(_as_printed(matched, printed), registers),
        excluded=_as_printed(excluded, printed).select(list(EXCLUDED.schema)).sort(_CELL),
        unmatched=_unmatched(_as_printed(unmatched, printed), names, registers.measure_labels),
        notes=_notes(matched, cells.filter(pl.col("kind") == "note")),
        record_files=files,
    )


def _judged(sources: Mapping[str, Source], settled: Collection[str] | None) -> set[str]:
    """The sources of which a row of a register that matches nothing is a dead one."""
    asked = set(sources if settled is None else settled)
    return asked - {source.id for source in sources.values() if source.original_awaited}


def refuse_unmatched(unmatched: pl.DataFrame) -> None:
    """Raise UnmatchedError with the first unmatched texts in one sentence each, if there are any."""
    if unmatched.is_empty():
        return
    groups = (
        unmatched.group_by("source_id", "edition_id", "table", "what", "text", "candidates", maintain_order=True)
        .agg(pl.col("cell").first(), pl.len().alias("count"))
        .head(5)
    )
    sentences = [
        f"{row['source_id']} {row['edition_id']}, table {row['table']!r}, cell {row['cell']}: the {row['what']} {row['text']!r} "
        f"({row['count']} cell{'s' if row['count'] != 1 else ''}) is in no register"
        + (f"; nearest known: {row['candidates']}" if row["candidates"] else "")
        for row in groups.iter_rows(named=True)
    ]
    raise UnmatchedError(
        ". ".join(sentences)
        + ". Add a name, exclusion, label or symbol with its evidence under data/registers, or correct the cell."
    )


def _edition_frame(sources: Mapping[str, Source]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            (source.id, edition.id, edition.period_start, edition.period_end, edition.vintage)
            for source in sources.values()
            for edition in source.editions
        ],
        schema={
            "source_id": pl.String,
            "edition_id": pl.String,
            "edition_start": pl.Date,
            "edition_end": pl.Date,
            "vintage": pl.String,
        },
        orient="row",
    )


def _archives(sources: Mapping[str, Source]) -> pl.DataFrame:
    """The editions of archives of records: edition_id, archive (name of its file), published, dated."""
    return pl.DataFrame(
        [
            (edition.id, PurePath(edition.file).name, edition.vintage, edition.written)
            for source in sources.values()
            if source.id in RECORDS_SOURCES
            for edition in source.editions
        ],
        schema=dict.fromkeys(("edition_id", "archive", "published", "dated"), pl.String),
        orient="row",
    )


def _with_supply(cells: pl.DataFrame, files: pl.DataFrame) -> pl.DataFrame:
    """Figures of months that were not supplied lose their measure and have the reason."""
    joined = cells.join(files, on=["edition_id", "table"], how="left", maintain_order="left")
    none = pl.col("not_supplied").is_not_null() & pl.col("measure_id").is_not_null()
    return joined.with_columns(
        pl.when(none).then("not_supplied").otherwise("reason").alias("reason"),
        pl.when(none).then(pl.lit("month-not-supplied")).otherwise("rule").alias("rule"),
        pl.when(~none).then("measure_id").alias("measure_id"),
    ).drop("not_supplied")


def _with_exclusion(cells: pl.DataFrame, exclusions: pl.DataFrame) -> pl.DataFrame:
    """Complete reason and rule by the first exclusion of the cell's source whose pattern matches the whole folded text of its column."""
    reason, rule = pl.lit(None, pl.String), pl.lit(None, pl.String)
    for row in exclusions.reverse().iter_rows(named=True):
        here = (pl.col("source_id") == row["source_id"]) & plain(pl.col(row["column"])).str.contains(
            f"^(?:{row['pattern']})$"
        )
        reason = pl.when(here).then(pl.lit(row["reason"])).otherwise(reason)
        rule = pl.when(here).then(pl.lit(row["exclusion_id"])).otherwise(rule)
    return cells.with_columns(pl.coalesce("reason", reason).alias("reason"), pl.coalesce("rule", rule).alias("rule"))


def _as_printed(understood: pl.DataFrame, printed: pl.DataFrame) -> pl.DataFrame:
    """The cells with their texts as published, not as corrected."""
    texts = ["area_code_text", "area_text", "measure_text", "breakdown_text", "period_text", "value_text"]
    return understood.drop(texts).join(printed.select(*_CELL, *texts), on=_CELL, how="left", maintain_order="left")


def _observations(matched: pl.DataFrame, registers: Registers) -> pl.DataFrame:
    basis = registers.area_names.filter(pl.col("name_type") == PUBLISHED_NAME).select(
        "source_id",
        "area_id",
        fold(pl.col("name")).alias("name_key"),
        "area_basis",
    )
    return (
        matched.join(
            known_areas(registers).select("area_id", pl.col("kind").alias("area_kind")), on="area_id", how="left"
        )
        .join(registers.measures.select("measure_id", "definition_id"), on="measure_id", how="left")
        .join(basis, on=["source_id", "area_id", "name_key"], how="left")
        .with_columns(
            pl.concat_str(
                pl.col("source_id", "edition_id"), pl.col("table").str.strip_chars(), "cell", separator="/"
            ).alias("observation_id"),
            pl.col("definition_id").replace("", None),
            pl.col("area_basis").fill_null("same_area"),
            pl.when("is_part").then("breakdown_text").alias("part"),
        )
        .select(list(OBSERVATIONS.schema))
        .sort("observation_id")
    )


def _unmatched(cells: pl.DataFrame, names: pl.DataFrame, labels: pl.DataFrame) -> pl.DataFrame:
    """The contract UNMATCHED. Candidates: for a name the nearest known ones, for a label that stands beside a registered code the registered label."""
    rows = pl.concat(
        [
            cells.filter(pl.col(missing).is_null()).with_columns(pl.lit(what).alias("what"), text.alias("text"))
            for what, missing, text in (
                (
                    "area",
                    "area_id",
                    pl.format(
                        "{}{} ({})",
                        pl.when(pl.col("area_code_text").is_not_null())
                        .then(pl.format("{} ", "area_code_text"))
                        .otherwise(pl.lit("")),
                        pl.col("area_text").fill_null(""),
                        "problem",
                    ),
                ),
                (
                    "measure",
                    "measure_id",
                    pl.concat_str(pl.col("measure_text"), pl.col("breakdown_text"), separator=" | ", ignore_nulls=True),
                ),
                ("period", "period_end", pl.col("period_text").fill_null("")),
                ("value", "status", pl.col("value_text").fill_null("")),
            )
        ]
    )
    texts = rows.filter(pl.col("what") == "area")["area_text"].unique().drop_nulls().to_list()
    candidates = pl.DataFrame(
        [("area", text, ", ".join(nearest(text, names))) for text in sorted(texts)],
        schema={"what": pl.String, "area_text": pl.String, "candidates": pl.String},
        orient="row",
    )
    # The code says what is counted and the label must agree with it: a label that changed is shown beside the one of the register.
    beside_code = (
        labels.filter(pl.col("breakdown") != "")
        .group_by("source_id", pl.col("breakdown").alias("code"), maintain_order=True)
        .agg(pl.concat_str("measure_pattern", "breakdown", separator=" | ").str.join(", ").alias("of_code"))
        .with_columns(what=pl.lit("measure"))
    )
    return (
        rows.with_columns(code=plain(pl.col("breakdown_text")))
        .join(candidates, on=["what", "area_text"], how="left", maintain_order="left")
        .join(beside_code, on=["what", "source_id", "code"], how="left", maintain_order="left")
        .with_columns(candidates=pl.coalesce("candidates", "of_code"))
        .select(list(UNMATCHED.schema))
        .sort(*_CELL, "what")
    )


def _notes(matched: pl.DataFrame, notes: pl.DataFrame) -> pl.DataFrame:
    """Join each mark glued to an area's name to the footnote of that table; a mark whose text is not in the file held keeps null text."""
    marks = (
        matched.filter(pl.col("note_marks").is_not_null())
        .select("source_id", "edition_id", "table", "area_id", pl.col("note_marks").str.split(",").alias("mark"))
        .explode("mark")
        .unique()
    )
    texts = notes.select(
        "source_id",
        "edition_id",
        "table",
        pl.col("measure_text").alias("mark"),
        pl.col("cell").alias("note_cell"),
        pl.col("value_text").alias("text"),
    ).unique(["source_id", "edition_id", "table", "mark"], keep="first", maintain_order=True)
    return (
        marks.join(texts, on=["source_id", "edition_id", "table", "mark"], how="left")
        .select(list(NOTES.schema))
        .sort("source_id", "edition_id", "table", "area_id", "mark")
    )


def _refuse_dead_rows(
    registers: Registers,
    matched: pl.DataFrame,
    excluded: pl.DataFrame,
    resolved: pl.DataFrame,
    judged: set[str],
) -> None:
    """Raise RegisterError for a register row that matched no cell: dead configuration is wrong configuration."""
    live_sources = sorted(judged.intersection(pl.concat([matched["source_id"], excluded["source_id"]])))
    used_names = resolved.select("source_id", "area_id", pl.col("name_key"))
    dead_names = (
        registers.area_names.filter((pl.col("name_type") == PUBLISHED_NAME) & pl.col("source_id").is_in(live_sources))
        .with_columns(fold(pl.col("name")).alias("name_key"))
        .join(used_names, on=["source_id", "area_id", "name_key"], how="anti")
    )
    used_symbols = matched.filter(pl.col("value").is_null()).select("source_id", pl.col("symbol").alias("value_text"))
    dead = {
        "area_names": (dead_names["source_id"] + ": " + dead_names["name"]).to_list(),
        "exclusions": registers.exclusions.filter(
            pl.col("source_id").is_in(live_sources) & ~pl.col("exclusion_id").is_in(excluded["rule"].unique().implode())
        )["exclusion_id"].to_list(),
        "measure_labels": registers.measure_labels.with_row_index("label_row")
        .filter(pl.col("source_id").is_in(live_sources))
        .join(matched.select("label_row"), on="label_row", how="anti")
        .select(pl.concat_str("source_id", "measure_pattern", "breakdown", separator=" "))
        .to_series()
        .to_list(),
        "sentinels": registers.sentinels.filter(pl.col("source_id").is_in(live_sources))
        .join(
            used_symbols,
            left_on=["source_id", plain(pl.col("value_text"))],
            right_on=["source_id", "value_text"],
            how="anti",
        )
        .select(pl.format("{} {}", "source_id", "value_text"))
        .to_series()
        .to_list(),
    }
    for register, rows in dead.items():
        if rows:
            raise RegisterError(
                f"data/registers/{register}.csv: {'; '.join(rows)} matches no cell; delete the row or correct it."
            )
