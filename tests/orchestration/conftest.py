"""The shared full build, and copies of it that a test may change."""

from pathlib import Path

import pytest

from tests.full_build import built as built
from tests.orchestration.builds import copy_of_build


@pytest.fixture
def copied(built: Path, tmp_path: Path) -> Path:
    """A copy of the shared full build, for this test alone."""
    return copy_of_build(built, tmp_path / "build")
