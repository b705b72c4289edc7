"""A copy of the shared full build, for a test to disturb."""

from tests.orchestration.conftest import copied as copied
