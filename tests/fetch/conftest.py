from collections.abc import Iterator

import pytest

from tests.fetch.publisher import Publisher, running_publisher


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with running_publisher() as running:
        yield running
