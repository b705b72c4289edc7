"""The validator of the Citation File Format, in an environment of its own: it asks for versions of others that the project does not have."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

_VALIDATOR = "cffconvert==2.0.0"


def valid_citation(file: Path) -> bool:
    """Whether the validator takes a file; the test is skipped where it cannot be had."""
    uv = os.environ.get("UV") or shutil.which("uv")
    if uv is None:
        pytest.skip("uv is not installed: the validator of citations cannot be had")
    command = [uv, "tool", "run", "--quiet", "--from", _VALIDATOR, "cffconvert"]
    if subprocess.run([*command, "--version"], check=False, capture_output=True).returncode:
        pytest.skip("the validator of citations could not be downloaded")
    done = subprocess.run(
        [*command, "--validate", "--infile", str(file)], check=False, capture_output=True, cwd=file.parent
    )
    return done.returncode == 0
