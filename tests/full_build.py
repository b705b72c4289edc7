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

NETWORK_NOTES = "COUNTYLINES_TEST_NETWORK_NOTES"
ROOT = Path(__file__).parents[1]


# Secrets that are in the environment of the build that the tests share, and must be nowhere in what it makes.
CANARIES = {
    "COUNTYLINES_SMTP_PASSWORD": "canary-of-the-mail-server",
    "COUNTYLINES_ALERT_WEBHOOK": "http://127.0.0.1:9/canary-of-the-web-hook",
}


def countylines(arguments: Sequence[str], build: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Run the command line as a person would, in the project's folder, on a build folder, and wait for its end; ``more`` is set in its environment."""
    environment = {name: text for name, text in os.environ.items() if not name.startswith("COUNTYLINES_")}
    environment |= {"COUNTYLINES_BUILD": str(build), "COLUMNS": "110", "NO_COLOR": "1"} | more
    return subprocess.run(
        [str(Path(sys.executable).with_name("countylines")), *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env=environment,
    )


def network_notes(build: Path) -> Path:
    """Where tests/network_guard notes what the processes of the shared build asked of the network."""
    return build.with_name("full-build.network")


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
            guard = {"PYTHONPATH": str(ROOT / "tests" / "network_guard"), NETWORK_NOTES: str(network_notes(build))}
            run = countylines(["build"], build, **guard, **CANARIES)
            build.with_name("full-build.printed").write_text(run.stdout + run.stderr, encoding="utf-8")
            if run.returncode != 0:
                failure.write_text(run.stderr, encoding="utf-8")
    if failure.exists():
        pytest.fail(f"The build that these tests read failed: {failure.read_text(encoding='utf-8')}", pytrace=False)
    return build
