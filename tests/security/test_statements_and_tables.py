"""SQL is never put together from values, and no table is written for people without the text that a spreadsheet would run being disarmed."""

import ast
from collections.abc import Iterator
from pathlib import Path

import duckdb
import polars as pl
import pytest

from tests.full_build import ROOT
from tests.test_project import PACKAGES, modules, syntax
from transforms.outputs import csv_bytes
from transforms.sql import identifier, literal

_STATEMENTS = {"execute", "executemany", "executescript", "sql", "query", "create", "create_view", "read_database"}
# The cells as printed, which the build reads back to the letter, and registers out of a DuckDB file, read back at once; people get them through the data pack.
_KEPT_AS_PRINTED = {"transforms/sources/published.py", "countylines/places.py"}
# Made into text for a hash; nobody opens it.
_ONLY_HASHED = {"orchestration/run/documents.py", "reports/datapack/workbook.py"}


# What puts a name or a text into a statement in quotes.
_QUOTED = ("column_name", "identifier", "literal")


def calls(*names: str) -> Iterator[tuple[Path, ast.Call]]:
    for path in modules(*PACKAGES):
        for node in ast.walk(syntax(path)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in names:
                yield path, node


def is_composed(statement: ast.expr) -> bool:
    """Whether a statement is put together from anything but what went through `identifier` or `literal`."""
    match statement:
        case ast.JoinedStr(values=parts):
            held = [part.value for part in parts if isinstance(part, ast.FormattedValue)]
            return not all(isinstance(part, ast.Call) and ast.unparse(part.func) in _QUOTED for part in held)
        case ast.BinOp() | ast.Call(func=ast.Attribute(attr="format" | "join")):
            return True
        case _:
            return False


@pytest.mark.parametrize(
    ("statement", "composed"),
    [
        ("'select 1'", False),
        ("f'select {identifier(x)}'", False),
        ("f'comment on table x is {literal(x)}'", False),
        ("f'select {x}'", True),
        ("'select ' + x", True),
        ("'select {}'.format(x)", True),
        ("'select %s' % x", True),
    ],
)
def test_a_composed_statement_is_known(statement: str, composed: bool) -> None:
    assert is_composed(ast.parse(statement, mode="eval").body) is composed


@pytest.mark.full
def test_no_statement_is_put_together_from_values() -> None:
    found = [(path, node) for path, node in calls(*_STATEMENTS) if node.args]
    assert len(found) > 10
    wrong = [f"{path.relative_to(ROOT)}:{node.lineno}" for path, node in found if is_composed(node.args[0])]
    assert not wrong


@pytest.mark.parametrize("name", ['a"; drop table x; --', "", "Out", "a b", "1a", "ä"])
def test_what_is_no_name_is_no_identifier(name: str) -> None:
    with pytest.raises(ValueError, match="is no name of a table"):
        identifier(name)


@pytest.mark.parametrize("text", ["plain", "it's", "'; drop table x; --", "''", "\\'"])
def test_a_literal_is_the_text_and_nothing_more(text: str) -> None:
    assert duckdb.sql(f"select {literal(text)}").fetchall() == [(text,)]


@pytest.mark.full
def test_every_table_for_people_is_disarmed() -> None:
    found = {path.relative_to(ROOT).as_posix(): node for path, node in calls("write_csv")}
    assert found.keys() > _KEPT_AS_PRINTED
    wrong = [
        name
        for name, node in found.items()
        if name not in _KEPT_AS_PRINTED
        and (node.args or name not in _ONLY_HASHED)
        and not (isinstance(node.func, ast.Attribute) and ast.unparse(node.func.value).startswith("without_formulas("))
    ]
    assert not wrong


@pytest.mark.parametrize("text", ["=cmd|'/c calc'!A1", "+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "＝1"])
def test_a_formula_in_a_text_is_a_text(text: str) -> None:
    assert csv_bytes(pl.DataFrame({"name": [text]})).decode().splitlines()[1].lstrip('"').startswith("'")
