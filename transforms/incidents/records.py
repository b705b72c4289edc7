"""One file of an archive to records with types: the quick way where every value is as registered, the patient way where one is not."""

import csv
import difflib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from string import ascii_uppercase

import polars as pl

from transforms.errors import LayoutError, UnmatchedError
from transforms.incidents.archive import Member
from transforms.incidents.registers import Body, HeaderLabel, IncidentRegisters

LINE = "line"
QUARANTINE = pl.Schema({"file": pl.String, LINE: pl.UInt32, "reason": pl.String, "text": pl.String})
# Without these a record cannot be counted at all.
_NEEDED = {
    "street": ("month", "reported_by", "crime_type"),
    "outcomes": ("month", "reported_by", "outcome"),
    "stop-and-search": ("searched_at", "type_of_search"),
}
# The month and the body are the file's own, or the record is set aside.
_OF_THE_FILE = ("ignored", "month", "body")
# Every field beyond the last column of a record that has too many lands here.
_BEYOND = "beyond the last column"
_UNREADABLE = (pl.exceptions.ComputeError, pl.exceptions.SchemaError, pl.exceptions.ShapeError)
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Records:
    """One file read: ``rows_read`` = rows of ``kept`` + rows of ``quarantined``.

    ``letters``: column → letter of that column as it stands in this file, as spreadsheet programs name columns.
    """

    kept: pl.DataFrame
    quarantined: pl.DataFrame
    rows_read: int
    letters: dict[str, str]


def read_records(text: bytes, member: Member, registers: IncidentRegisters) -> Records:
    """The records of one file.

    ``kept`` has the column line (the record's line, the header being line 1), then those of data/registers/incident_columns.csv in its
    order but for the month and the reporting body, which are the file's: null where the file lacks an optional one: text as printed, longitude and latitude in degrees, labels as Enum of printed
    labels, searched_at as UTC. ``quarantined`` has file, line, reason and the text that was the reason.

    Repaired without loss: a byte order mark, line ends of old Macintosh files, a missing header, columns in another order, labels in
    another case, the file's month as a spreadsheet left it ('Aug-22').

    Raises LayoutError for a column that is not registered, or missing, or a file that is no CSV table; UnmatchedError for a label, or a
    force in the file's name, that is not in the registers, naming line and nearest label.
    """
    if member.force not in registers.bodies:
        raise UnmatchedError(
            f"{_where(member)}: no police body has the slug {member.force!r}; nearest: "
            f"{_nearest(member.force, list(registers.bodies))}; add a row to data/registers/incident_bodies.csv."
        )
    text = _with_line_feeds(text.removeprefix(_BYTE_ORDER_MARK))
    columns, has_header = _columns(text, member, registers)
    body = registers.bodies[member.force]
    first_line = 2 if has_header else 1
    try:
        quick = pl.read_csv(
            text,
            has_header=False,
            skip_lines=first_line - 1,
            schema=_schema(columns, member, body, registers),
            row_index_name=LINE,
            row_index_offset=first_line,
        )
    except _UNREADABLE:
        return _patiently(text, columns, first_line, member, body, registers)
    quick = _timed(quick)
    numbers = (column.column for column in columns if column.role == "number")
    if any(quick[needed].null_count() for needed in _NEEDED[member.kind]) or not all(
        quick[number].is_finite().all() for number in numbers
    ):
        return _patiently(text, columns, first_line, member, body, registers)
    return Records(_shaped(quick, member, registers), QUARANTINE.to_frame(), quick.height, _letters(columns))


def columns_read(kind: str, registers: IncidentRegisters) -> list[HeaderLabel]:
    """The columns of the records of a kind as ``read_records`` gives them, in the order of the register."""
    return [column for column in registers.columns[kind].values() if column.role not in _OF_THE_FILE]


def _with_line_feeds(text: bytes) -> bytes:
    """Line ends of old Macintosh files made into line feeds. Elsewhere a carriage return stands before a line feed, or inside quotes."""
    return text.replace(b"\r", b"\n") if b"\n" not in text and b"\r" in text else text


def _columns(text: bytes, member: Member, registers: IncidentRegisters) -> tuple[list[HeaderLabel], bool]:
    """What each column of the file is, and whether the file says so itself in a header."""
    known = registers.columns[member.kind]
    first = io.BytesIO(text).readline().decode("utf-8", errors="replace").strip("\r\n")
    printed = [field.strip() for field in next(csv.reader([first]), [])]
    if not set(printed) & {label for label, column in known.items() if column.required}:
        full = [column for column in known.values() if column.role != "ignored"]
        if len(printed) != len(full):
            raise LayoutError(
                f"{_where(member)}: line 1 has {len(printed)} fields and none is a known column; look whether the publisher changed the file."
            )
        return full, False
    unknown = [label for label in printed if label not in known]
    missing = [label for label, column in known.items() if column.required and label not in printed]
    doubled = sorted({label for label in printed if printed.count(label) > 1})
    for words, labels in (("is not registered", unknown), ("is missing", missing), ("stands there twice", doubled)):
        if labels:
            raise LayoutError(
                f"{_where(member)}: the column {', '.join(map(repr, labels))} {words}; look whether the publisher changed the file, "
                "then add it to data/registers/incident_columns.csv."
            )
    return [known[label] for label in printed], True


def _schema(columns: Sequence[HeaderLabel], member: Member, body: Body, registers: IncidentRegisters) -> pl.Schema:
    """Types so narrow that the parser itself refuses a wrong month, another body's record and an unknown label."""
    plain: dict[str, pl.DataType] = {
        "number": pl.Float64(),
        "month": _only(*_spellings(member.month)),
        "body": _only(*body.names),
    }
    return pl.Schema(
        {
            name: plain.get(column.role, registers.printed.get(column.role, pl.String()))
            for name, column in _named(columns)
        }
    )


@lru_cache
def _only(*values: str) -> pl.Enum:
    """The type of a column that may hold these values alone. Kept, since making one takes as long as a hundred records."""
    return pl.Enum(values)


@lru_cache
def _spellings(month: str) -> tuple[str, ...]:
    """A month, YYYY-MM, as archives print it, and as spreadsheet programs save it when they have taken it for a date."""
    first = date.fromisoformat(f"{month}-01")
    return (
        month,
        f"{first:%b-%y}",
        f"{first:%b-%Y}",
        f"{first:%Y-%m-%d}",
        f"{first:%Y-%m-%d 00:00:00}",
        f"{first:%d/%m/%Y}",
    )


def _letters(columns: Sequence[HeaderLabel]) -> dict[str, str]:
    return {name: letter for (name, _), letter in zip(_named(columns), ascii_uppercase, strict=False)}


def _named(columns: Sequence[HeaderLabel]) -> list[tuple[str, HeaderLabel]]:
    return [(column.column or f"ignored {number}", column) for number, column in enumerate(columns)]


def _timed(frame: pl.DataFrame) -> pl.DataFrame:
    if "searched_at" not in frame.columns:
        return frame
    return frame.with_columns(
        pl.col("searched_at").str.to_datetime("%+", time_unit="us", time_zone="UTC", strict=False)
    )


def _shaped(frame: pl.DataFrame, member: Member, registers: IncidentRegisters) -> pl.DataFrame:
    """The columns of the register in its order, whatever the file's; an optional one that the file lacks is null."""
    wanted = columns_read(member.kind, registers)
    lacking = [
        pl.lit(None, registers.printed.get(column.role, pl.String())).alias(column.column)
        for column in wanted
        if column.column not in frame.columns
    ]
    full = frame.with_columns(lacking) if lacking else frame
    return full[[LINE, *(column.column for column in wanted)]]


def _patiently(
    text: bytes,
    columns: Sequence[HeaderLabel],
    first_line: int,
    member: Member,
    body: Body,
    registers: IncidentRegisters,
) -> Records:
    """Read everything as text, then find out record by record, in whole columns, what is wrong with which."""
    names = [*(name for name, _ in _named(columns)), _BEYOND]
    records = text if first_line == 1 else text.partition(b"\n")[2]
    try:
        printed = pl.read_csv(
            b"\n".join((",".join(names).encode(), records)),
            schema=dict.fromkeys(names, pl.String),
            truncate_ragged_lines=True,
        )
    except (*_UNREADABLE, pl.exceptions.NoDataError) as error:
        raise LayoutError(
            f"{_where(member)}: not a CSV table ({str(error).splitlines()[0]}); fetch it again."
        ) from error
    printed = printed.with_columns(pl.all().replace("", None)).with_row_index(LINE, first_line)
    typed = printed.select(LINE, *(_typed(name, column, registers) for name, column in _named(columns)))
    typed = _timed(typed).with_columns(
        pl.col(name).cast(dtype)
        for name, dtype in _schema(columns, member, body, registers).items()
        if isinstance(dtype, pl.Enum) and name not in ("month", "reported_by")  # compared by the rules, and not kept
    )
    reason, wrong = pl.lit(None, pl.String), pl.lit(None, pl.String)
    for sentence, broken, shown in reversed(_rules(columns, member, body)):
        reason = pl.when(broken).then(pl.lit(sentence)).otherwise(reason)
        wrong = pl.when(broken).then(shown).otherwise(wrong)
    judged = printed.select(
        pl.lit(member.file).alias("file"), LINE, reason.alias("reason"), wrong.alias("text")
    ).with_columns(
        pl.when(pl.col("reason").is_null() & _unread_time(printed, typed))
        .then(pl.lit("the time is not a time"))
        .otherwise("reason")
        .alias("reason")
    )
    is_kept = judged["reason"].is_null()
    _refuse_unknown_labels(printed.filter(is_kept), typed.filter(is_kept), columns, member, registers)
    kept = typed.filter(is_kept)
    quarantined = judged.filter(~is_kept).cast(QUARANTINE)
    return Records(_shaped(kept, member, registers), quarantined, printed.height, _letters(columns))


def _typed(name: str, column: HeaderLabel, registers: IncidentRegisters) -> pl.Expr:
    """A text column as its role has it; labels in any case and with any blanks become the registered spelling, unknown ones null."""
    if column.role == "number":
        return pl.col(name).cast(pl.Float64, strict=False)
    if column.role in registers.labels:
        spellings = {label.strip().lower(): label for label in registers.labels[column.role]}
        folded = pl.col(name).str.strip_chars().str.to_lowercase()
        return folded.replace_strict(spellings, default=None, return_dtype=pl.String).alias(name)
    return pl.col(name)


def _rules(columns: Sequence[HeaderLabel], member: Member, body: Body) -> list[tuple[str, pl.Expr, pl.Expr]]:
    """Why a record is set aside: the reason, the test, and the text to show; the first that holds counts."""
    names = [name for name, _ in _named(columns)]
    rules = [
        ("the line is empty", pl.all_horizontal(pl.col(names).is_null()), pl.lit(None, pl.String)),
        ("the record has more fields than the header", pl.col(_BEYOND).is_not_null(), pl.col(_BEYOND)),
    ]
    rules += [
        (f"the record has no {needed.replace('_', ' ')}", pl.col(needed).is_null(), pl.lit(None, pl.String))
        for needed in _NEEDED[member.kind]
    ]
    for name, column in _named(columns):
        if column.role == "month":
            is_other = ~pl.col(name).str.strip_chars().str.to_lowercase().is_in(
                [text.lower() for text in _spellings(member.month)]
            )
            rules.append(("the month is not the file's", is_other, pl.col(name)))
        elif column.role == "body":
            rules.append(("another body reported the record", ~pl.col(name).is_in(body.names), pl.col(name)))
        elif column.role == "number":
            number = pl.col(name).cast(pl.Float64, strict=False)
            unread = pl.col(name).is_not_null() & ~number.is_finite().fill_null(False)
            rules.append((f"the {name} is not a number", unread, pl.col(name)))
    return rules


def _unread_time(printed: pl.DataFrame, typed: pl.DataFrame) -> pl.Series:
    if "searched_at" not in printed.columns:
        return pl.repeat(False, printed.height, eager=True)
    return printed["searched_at"].is_not_null() & typed["searched_at"].is_null()


def _refuse_unknown_labels(
    printed: pl.DataFrame,
    typed: pl.DataFrame,
    columns: Sequence[HeaderLabel],
    member: Member,
    registers: IncidentRegisters,
) -> None:
    for name, column in _named(columns):
        if column.role not in registers.labels:
            continue
        unknown = printed.filter(printed[name].is_not_null() & typed[name].is_null())
        for line, label in unknown.select(LINE, name).head(1).iter_rows():
            raise UnmatchedError(
                f"{_where(member)}, line {line}: no meaning is known for the {column.role.replace('_', ' ')} {label!r}; nearest: "
                f"{_nearest(label, list(registers.labels[column.role]))}; add a row to data/registers/{registers.file_of(column.role)}."
            )


def _nearest(text: str, known: list[str]) -> str:
    return ", ".join(difflib.get_close_matches(text, known, n=3, cutoff=0.4)) or "none"


def _where(member: Member) -> str:
    """The archive and the file in it; a file that lies by itself once."""
    return member.archive if Path(member.archive).name == member.name else f"{member.archive}, {member.name}"
