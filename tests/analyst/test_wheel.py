"""The wheel alone, in an environment of its own, reads the folder of an edition: what somebody has who builds nothing."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

import countylines as cl
from tests.full_build import ROOT
from tests.full_build import built as built

pytestmark = pytest.mark.full

PROGRAM = """
import json, sys
from importlib.metadata import distributions
import countylines as cl

assert not cl.__file__.startswith({project!r})
build = cl.open(sys.argv[1])
number = build.value("Norfolk", "drug_offences", "YE Dec 2019")
pair = build.compare("Norfolk", "Suffolk", measure="drug_offences", period="YE Dec 2019")
build.figure(["Norfolk", "Suffolk"], "drug_offences")
rates = build.series("Norfolk", "drug_offences").select("period_end", "value").write_csv()
installed = sorted(found.metadata["Name"].lower() for found in distributions())
print(json.dumps([number, pair["sentence"], build.explain(number["indicator_id"]).formula, rates, installed]))
"""


def uv() -> str:
    found = os.environ.get("UV") or shutil.which("uv")
    if found is None:
        pytest.skip("uv is not installed: there is nothing to make an environment with")
    return found


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    made = subprocess.run(
        [uv(), "build", "--wheel", "--quiet", "--out-dir", str(folder), str(ROOT)],
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        pytest.skip(f"the wheel could not be made here: {made.stderr.strip().splitlines()[-1]}")
    return next(folder.glob("*.whl"))


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13"])
def test_the_wheel_alone_reads_an_edition(version: str, wheel: Path, built: Path, tmp_path: Path) -> None:
    environment = {
        name: text for name, text in os.environ.items() if not name.startswith(("COUNTYLINES_", "VIRTUAL_ENV"))
    }
    python = tmp_path / "venv" / "bin" / "python"
    made = subprocess.run(
        [uv(), "venv", "--quiet", "--python", version, str(tmp_path / "venv")],
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        pytest.skip(f"Python {version} cannot be had here")
    installed = subprocess.run(
        [uv(), "pip", "install", "--quiet", "--python", str(python), "--constraint", str(pins(tmp_path)), str(wheel)],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    if installed.returncode:
        pytest.skip(f"what the wheel needs cannot be had here: {installed.stderr.strip().splitlines()[-1]}")
    edition = (built / "reports").resolve()
    done = subprocess.run(
        [str(python), "-c", PROGRAM.format(project=str(ROOT)), str(edition)],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env=environment,
    )
    assert done.returncode == 0, done.stderr
    number, sentence, formula, rates, names = json.loads(done.stdout)
    build = cl.open(built)
    assert number == json.loads(json.dumps(build.value("Norfolk", "drug_offences", "YE Dec 2019"), default=str))
    assert sentence == build.compare("Norfolk", "Suffolk", measure="drug_offences", period="YE Dec 2019")["sentence"]
    assert formula == build.explain(number["indicator_id"]).formula
    assert rates == build.series("Norfolk", "drug_offences").select("period_end", "value").write_csv()
    assert not {"dagster", "great-expectations", "pandas", "pyarrow", "typst"} & set(names)
    assert len(names) < 20, names
    told = subprocess.run(
        [str(python.with_name("countylines")), "build"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env=environment,
    )
    assert (told.returncode, told.stderr.count("\n")) == (1, 1), told.stderr
    assert "countylines[pipeline]" in told.stderr


def pins(folder: Path) -> Path:
    """The versions that the project pins, without checksums, so that each Python takes its own wheel."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = [line.partition(" \\")[0] for line in lines if line and not line.startswith((" ", "#"))]
    file = folder / "pins.txt"
    file.write_text("\n".join(pinned), encoding="utf-8")
    return file
