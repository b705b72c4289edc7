"""Every page against the HTML standard, by the standard's own checker."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.full_build import ROOT
from tests.full_build import built as built

pytestmark = pytest.mark.full

CHECKER = ROOT / ".tools" / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"


def messages(pages: list[Path]) -> list[str]:
    """What the Nu HTML checker finds wrong, with file and line."""
    if shutil.which("java") is None or not CHECKER.is_file():
        pytest.skip("the Nu HTML checker is not installed: see .ci/run")
    command = ["java", "-Xss4m", "-jar", str(CHECKER), "--errors-only", "--exit-zero-always", "--format", "json"]
    run = subprocess.run([*command, *map(str, pages)], capture_output=True, text=True, check=True, timeout=300)
    found = json.loads(run.stderr)["messages"]
    return [f"{Path(each['url']).name}:{each.get('lastLine')}: {each['message']}" for each in found]


@pytest.fixture(scope="module")
def found(built: Path, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What the checker, started once, finds wrong with every page, and with one that was broken on purpose."""
    page = (built / "reports" / "norfolk.html").read_text(encoding="utf-8")
    broken = tmp_path_factory.mktemp("broken") / "broken.html"
    broken.write_text(page.replace("<main", "<main><li>loose</li><main", 1), encoding="utf-8")
    pages = sorted((built / "reports").rglob("*.html"))
    assert len(pages) > 100
    assert any(page.parent.name == "evidence" for page in pages)
    return messages([*pages, broken])


def test_every_page_is_valid_html(found: list[str]) -> None:
    assert [message for message in found if not message.startswith("broken.html:")] == []


def test_the_checker_does_find_what_is_wrong(found: list[str]) -> None:
    assert any("li" in message for message in found if message.startswith("broken.html:"))
