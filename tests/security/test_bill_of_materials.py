"""The bill of materials is what `just sbom` writes: valid CycloneDX, every pinned distribution with its checksums, the same bytes each time."""

import json
import shlex
import subprocess
import sys
from pathlib import Path

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from tests.full_build import ROOT
from tests.test_project import constraints, normalised


def recipe() -> list[str]:
    line = next(line for line in (ROOT / "justfile").read_text(encoding="utf-8").splitlines() if "cyclonedx-py" in line)
    return shlex.split(line)[2:]


def written(path: Path) -> str:
    program, *arguments, _ = recipe()
    command = [str(Path(sys.executable).with_name(program)), *arguments, str(path)]
    subprocess.run(command, check=True, cwd=ROOT, capture_output=True)
    return path.read_text(encoding="utf-8")


def test_it_lists_every_pinned_distribution_and_says_nothing_of_this_machine(tmp_path: Path) -> None:
    text = written(tmp_path / "one.json")
    assert written(tmp_path / "two.json") == text
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    components = json.loads(text)["components"]
    assert {normalised(each["name"]) for each in components} == constraints().keys()
    for each in components:
        assert each["version"] in constraints()[normalised(each["name"])][0]
        assert each["purl"].startswith("pkg:pypi/")
        assert any(reference.get("hashes") for reference in each["externalReferences"])
    assert str(ROOT) not in text
