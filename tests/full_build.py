"""One build for all tests that read what a build makes.

A test module says `from tests.full_build import built as built`, marks itself `full`, and takes `built` as an argument.
"""

import fcntl
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def countylines(arguments: Sequence[str], build: Path) -> subprocess.CompletedProcess[str]:
    """Run the command line as a person would, in the project's folder, on a build folder, and wait for its end."""
    environment = {name: text for name, text in os.environ.items() if not name.startswith("COUNTYLINES_")}
    environment |= {"COUNTYLINES_BUILD": str(build), "COLUMNS": "110", "NO_COLOR": "1"}
    return subprocess.run(
        [str(Path(sys.executable).with_name("countylines")), *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env=environment,
    )


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a full build from the cells that the project keeps; whoever asks first builds, the other workers wait for it."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    build, failure = folder / "full-build", folder / "full-build.failed"
    with (folder / "full-build.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not failure.exists() and not (build / "manifest.json").exists():
            run = countylines(["build"], build)
            if run.returncode != 0:
                failure.write_text(run.stderr, encoding="utf-8")
    if failure.exists():
        pytest.fail(f"The build that these tests read failed: {failure.read_text(encoding='utf-8')}", pytrace=False)
    return build
