"""A build without room or without the right to write says so in a sentence, and readers keep what they have."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.full_build import built as built
from tests.orchestration.builds import digests, good, run

pytestmark = pytest.mark.full


def mount(*arguments: str) -> None:
    """Mount or unmount; a machine that does not allow it skips the test."""
    done = subprocess.run(arguments, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip(f"no small disk can be mounted here: {done.stderr.strip()}")


@pytest.fixture
def small_disk(built: Path, tmp_path: Path) -> Iterator[Path]:
    """A copy of the shared full build on a disk of its own, with one MiB of room."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount a small disk")
    disk = tmp_path / "disk"
    disk.mkdir()
    mount("mount", "-t", "tmpfs", "-o", "size=2g", "tmpfs", str(disk))
    try:
        build = Path(shutil.copytree(built, disk / "build", symlinks=True))
        used = shutil.disk_usage(disk).used
        mount("mount", "-o", f"remount,size={used // 1024 + 1024}k", str(disk))
        yield build
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_without_the_right_to_write_and_without_room_the_last_good_reports_stay(small_disk: Path, built: Path) -> None:
    before, disk = good(small_disk), str(small_disk.parent)
    (small_disk / "lake" / "core" / "observations.parquet").unlink()

    mount("mount", "-o", "remount,ro", disk)
    denied = run(["build"], small_disk)
    assert denied.returncode == 1
    assert denied.stderr.startswith("countylines: ")
    assert "Read-only file system" in denied.stderr
    assert len(denied.stderr.splitlines()) == 1
    mount("mount", "-o", "remount,rw", disk)
    assert good(small_disk) == before

    starved = run(["build"], small_disk)
    assert starved.returncode == 1
    assert "No space left on device" in starved.stderr or "disk is full" in starved.stderr, starved.stderr
    assert digests((small_disk / "reports").resolve()) == digests((built / "reports").resolve())
