"""A damaged or hostile file is read, or refused by an error that this project declares; nothing else may come out of a parser.

A few hundred damaged files here, the same on every run. ``just fuzz`` goes on for as long as one likes, from the originals.
"""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.mutations import mutated
from tests.fuzz.seeds import Seed, fixture_seeds
from tests.sources.workbooks import DATA
from transforms.errors import CountyLinesError
from transforms.sources.registry import load_sources

pytestmark = pytest.mark.full


class Drawn:
    """Chance from hypothesis."""

    def __init__(self, data: st.DataObject) -> None:
        self._data = data

    def integer(self, least: int, most: int) -> int:
        return self._data.draw(st.integers(least, most))


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Seed]]:
    found: dict[str, list[Seed]] = {}
    for seed in fixture_seeds(tmp_path_factory.mktemp("registers")):
        found.setdefault(seed.source.parser, []).append(seed)
    return found


PARSERS = sorted({source.parser for source in load_sources(DATA).values()} - {"none"})


@pytest.mark.parametrize("parser", PARSERS)
def test_what_is_damaged_here_is_good_before(parser: str, seeds: dict[str, list[Seed]]) -> None:
    assert parser in seeds, f"give tests/fuzz/seeds.py a good file for the parser {parser}"
    for seed in seeds[parser]:
        seed.parse(seed.content)


@pytest.mark.parametrize("parser", PARSERS)
@settings(max_examples=6, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_only_declared_errors_come_out_of_a_parser(
    parser: str, seeds: dict[str, list[Seed]], data: st.DataObject
) -> None:
    seed = data.draw(st.sampled_from(seeds[parser]))
    content = mutated(seed.content, Drawn(data))
    try:
        seed.parse(content)
        message = ""
    except CountyLinesError as error:
        message = str(error)
    assert not message or seed.source.id in message or Path(seed.edition.file).name in message
