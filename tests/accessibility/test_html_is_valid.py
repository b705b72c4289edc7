"""Every page against the HTML standard, by the standard's own checker."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.full_build import ROOT, made_once
from tests.full_build import built as built

pytestmark = pytest.mark.full

CHECKER = ROOT / ".tools" / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"


def messages(pages: list[Path]) -> list[str]:
    """What the Nu HTML checker finds wrong, with file and line."""
    # A start this short does not repay the second compiler.
    java = ["java", "-Xss4m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-jar", str(CHECKER)]
    command = [*java, "--errors-only", "--exit-zero-always", "--format", "json"]
    run = subprocess.run([*command, *map(str, pages)], capture_output=True, text=True, check=True, timeout=300)
    found = json.loads(run.stderr)["messages"]
    return [f"{Path(each['url']).name}:{each.get('lastLine')}: {each['message']}" for each in found]


@pytest.fixture(scope="module")
def found(built: Path, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What the checker, started once for all test processes, finds wrong with every page, and with one that was broken on purpose."""
    if shutil.which("java") is None or not CHECKER.is_file():
        pytest.skip("the Nu HTML checker is not installed: see .ci/run")

    def make(folder: Path) -> None:
        folder.mkdir()
        page = (built / "reports" / "norfolk.html").read_text(encoding="utf-8")
        broken = folder / "broken.html"
        broken.write_text(page.replace("<main", "<main><li>loose</li><main", 1), encoding="utf-8")
        pages = sorted((built / "reports").rglob("*.html"))
        assert len(pages) > 100
        assert any(page.parent.name == "evidence" for page in pages)
        (folder / "found.json").write_text(json.dumps(messages([*pages, broken])), encoding="utf-8")

    found: list[str] = json.loads((made_once(tmp_path_factory, "html-checked", make) / "found.json").read_bytes())
    return found


def test_every_page_is_valid_html(found: list[str]) -> None:
    assert [message for message in found if not message.startswith("broken.html:")] == []


def test_the_checker_does_find_what_is_wrong(found: list[str]) -> None:
    assert any("li" in message for message in found if message.startswith("broken.html:"))
