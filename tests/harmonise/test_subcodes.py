"""Which subcodes of drug trafficking are supply of Class A drugs: synthetic descriptions beside the register's patterns."""

import polars as pl
import pytest

from tests.sources.workbooks import DATA
from transforms.contracts.registers import read_register
from transforms.errors import RegisterError
from transforms.harmonise.subcodes import class_a_supply

REGISTER = read_register(DATA, "class_a_supply_subcodes")


def test_class_a_supply_follows_the_register_and_is_not_confirmed() -> None:
    texts = pl.Series(
        [
            "Possession of a Class A drug with intent to supply (synthetic)",
            "Supplying a Class B drug (synthetic)",
            "Possession of a Class A drug (synthetic)",
        ]
    )
    assert class_a_supply(texts, REGISTER).select("is_class_a_supply", "confirmed_by_subject_expert").rows() == [
        (True, False),
        (False, False),
        (None, None),
    ]


def test_two_patterns_that_disagree_are_refused() -> None:
    with pytest.raises(RegisterError, match="two patterns disagree about 'Supply of Class A and Class B drugs'"):
        class_a_supply(pl.Series(["Supply of Class A and Class B drugs"]), REGISTER)
