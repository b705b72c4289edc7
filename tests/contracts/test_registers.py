"""The contract of every register: the file that is kept keeps to it, and a row that does not is refused."""

from pathlib import Path

import polars as pl
import pytest

from transforms.contracts.contract import Column
from transforms.contracts.registers import REGISTERS, read_register
from transforms.errors import RegisterError

DATA = Path(__file__).parents[2] / "data"
LIMITED = [
    pytest.param(name, column, id=f"{name}-{column.name}")
    for name, contract in REGISTERS.items()
    for column in contract.columns
    if column.allowed or column.pattern
]
FILLED = [
    pytest.param(name, column.name, id=f"{name}-{column.name}")
    for name, contract in REGISTERS.items()
    for column in contract.columns
    if not column.nullable
]


def spoilt(frame: pl.DataFrame, name: str, folder: Path) -> Path:
    (folder / "registers").mkdir()
    frame.write_csv(folder / "registers" / f"{name}.csv")
    return folder


def test_every_register_has_a_contract_and_keeps_to_it(data: Path) -> None:
    assert {path.stem for path in (data / "registers").glob("*.csv")} == set(REGISTERS)
    for name, contract in REGISTERS.items():
        assert read_register(data, name).schema == contract.schema


@pytest.mark.parametrize("name", REGISTERS)
def test_a_key_that_stands_twice_is_refused(name: str, data: Path, tmp_path: Path) -> None:
    frame = read_register(data, name)
    with pytest.raises(RegisterError, match=f"{name}.csv: the key .* stands twice"):
        read_register(spoilt(pl.concat([frame, frame.tail(1)]), name, tmp_path), name)


@pytest.mark.parametrize("name", REGISTERS)
def test_another_header_is_refused(name: str, data: Path, tmp_path: Path) -> None:
    frame = read_register(data, name)
    with pytest.raises(RegisterError, match=f"{name}.csv: its columns are .* restore the header"):
        read_register(spoilt(frame.select(reversed(frame.columns)), name, tmp_path), name)


@pytest.mark.parametrize(("name", "column"), LIMITED)
def test_a_value_out_of_its_limits_is_refused(name: str, column: Column, data: Path, tmp_path: Path) -> None:
    frame = read_register(data, name).head(1).with_columns(pl.lit("no such value!").alias(column.name))
    with pytest.raises(RegisterError, match=f"{name}.csv: {column.name} is (none of|not written like)"):
        read_register(spoilt(frame, name, tmp_path), name)


@pytest.mark.parametrize(("name", "column"), FILLED)
def test_a_blank_is_refused(name: str, column: str, data: Path, tmp_path: Path) -> None:
    frame = read_register(data, name).head(1).with_columns(pl.lit("").alias(column))
    with pytest.raises(RegisterError, match=f"{name}.csv: {column} is blank in the row"):
        read_register(spoilt(frame, name, tmp_path), name)


@pytest.mark.parametrize("name", sorted(REGISTERS))
def test_a_quote_that_is_not_closed_is_one_sentence_with_the_name_of_the_register(name: str, tmp_path: Path) -> None:
    """In the header, at the start of the first value, of a value in the middle, and at the end of the last one."""
    text = (DATA / "registers" / f"{name}.csv").read_text(encoding="utf-8")
    first_row, middle = text.index("\n") + 1, text.index(",", len(text) // 2) + 1
    end = len(text.rstrip("\n"))
    path = tmp_path / "registers" / f"{name}.csv"
    path.parent.mkdir()
    for place in (0, first_row, middle, end):
        path.write_text(f'{text[:place]}"{text[place:]}', encoding="utf-8")
        with pytest.raises(RegisterError) as error:
            read_register(tmp_path, name)
        said = str(error.value)
        assert f"{name}.csv: " in said
        assert "\n" not in said
        assert len(said) < 400
