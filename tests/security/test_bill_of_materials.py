"""The bill of materials is what `just sbom` writes: valid CycloneDX, every pinned distribution with its checksums, the same bytes each time."""

import json
import os
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.full_build import ROOT
from tests.test_project import constraints, normalised

pytestmark = pytest.mark.full

# Nothing is said of a document that the standard's strict schema takes.
VALIDATE = """
import sys
from pathlib import Path
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
sys.exit(JsonStrictValidator(SchemaVersion.V1_6).validate_str(Path(sys.argv[1]).read_text(encoding="utf-8")))
"""


def recipe() -> list[str]:
    line = next(line for line in (ROOT / "justfile").read_text(encoding="utf-8").splitlines() if "cyclonedx-py" in line)
    return shlex.split(line)


@pytest.fixture(scope="module")
def own_environment() -> list[str]:
    """The first words of the recipe, which give the tool an environment of its own; what it needs is downloaded once."""
    uv = os.environ.get("UV") or shutil.which("uv")
    if uv is None:
        pytest.skip("uv is not installed: the bill of materials cannot be written")
    program, *source = recipe()[: recipe().index("cyclonedx-py")]
    assert program == "uvx"
    words = [uv, "tool", "run", "--quiet", *source]
    if subprocess.run([*words, "cyclonedx-py", "--version"], check=False, capture_output=True, cwd=ROOT).returncode:
        pytest.skip("the tool that writes the bill of materials could not be downloaded")
    return words


def written(path: Path, own_environment: list[str]) -> str:
    arguments = recipe()[recipe().index("cyclonedx-py") : -1]
    subprocess.run([*own_environment, *arguments, str(path)], check=True, cwd=ROOT, capture_output=True)
    return path.read_text(encoding="utf-8")


def test_it_lists_every_pinned_distribution_and_says_nothing_of_this_machine(
    tmp_path: Path, own_environment: list[str]
) -> None:
    text = written(tmp_path / "one.json", own_environment)
    assert written(tmp_path / "two.json", own_environment) == text
    validated = subprocess.run(
        [*own_environment, "python", "-c", VALIDATE, str(tmp_path / "one.json")], check=False, capture_output=True
    )
    assert (validated.returncode, validated.stderr) == (0, b"")
    components = json.loads(text)["components"]
    assert {normalised(each["name"]) for each in components} == constraints().keys()
    for each in components:
        assert each["version"] in constraints()[normalised(each["name"])][0]
        assert each["purl"].startswith("pkg:pypi/")
        assert any(reference.get("hashes") for reference in each["externalReferences"])
    assert str(ROOT) not in text
