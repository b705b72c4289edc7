"""CITATION.cff is valid, and is of this version."""

from pathlib import Path

import pytest
import yaml

from tests.citations import valid_citation
from tests.test_project import PROJECT, ROOT


@pytest.mark.full
def test_the_citation_is_one_and_of_this_version(tmp_path: Path) -> None:
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert (cited["version"], cited["license"]) == (PROJECT["project"]["version"], PROJECT["project"]["license"])
    assert valid_citation(ROOT / "CITATION.cff")
    wrong = tmp_path / "CITATION.cff"
    wrong.write_text("cff-version: 1.2.0\ntitle: no author\n", encoding="utf-8")
    assert not valid_citation(wrong)
