"""The shared builds, and copies of them that a test may change."""

from pathlib import Path

import pytest

from tests.full_build import Small, copy_of_small
from tests.full_build import built as built
from tests.full_build import small as small
from tests.orchestration.builds import copy_of_build


@pytest.fixture
def copied(built: Path, tmp_path: Path) -> Path:
    """A copy of the shared full build, for this test alone."""
    return copy_of_build(built, tmp_path / "build")


@pytest.fixture
def small_copy(small: Small, tmp_path: Path) -> Small:
    """A copy of the small data and their build, for this test alone."""
    return copy_of_small(small, tmp_path)
