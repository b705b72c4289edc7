import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from orchestration.cli import cli
from orchestration.commands.fetch import fetch_files
from orchestration.store.paths import Paths
from tests.fetch.publisher import DATA, LIMITS, Answer, Publisher, workbook
from transforms.errors import CountyLinesError

ROOT = Path(__file__).parents[2]


@pytest.fixture
def paths(tmp_path: Path, publisher: Publisher) -> Paths:
    """A register of two sources at the publisher on loopback: one whose file is there, one whose page is not."""
    register = tmp_path / "data" / "sources"
    register.mkdir(parents=True)
    publisher.serve("/media/tables.xlsx", Answer(workbook(1204)))
    pages = {"ons_pfa_tables": publisher.page("/tables", "/media/tables.xlsx"), "ho_gone": f"{publisher.address}/gone"}
    entry = (DATA / "sources" / "ons_pfa_tables.toml").read_text(encoding="utf-8").splitlines()
    for source_id, page in pages.items():
        discovery = f'discovery = {{ kind = "landing_page", page = "{page}", file_pattern = "tables\\\\.xlsx", hosts = ["127.0.0.1"] }}'
        lines = [discovery if line.startswith("discovery =") else line for line in entry]
        lines = [f'id = "{source_id}"' if line == 'id = "ons_pfa_tables"' else line for line in lines]
        (register / f"{source_id}.toml").write_text("\n".join(lines), encoding="utf-8")
    return Paths(data=tmp_path / "data", build=tmp_path / "build")


def test_the_table_says_what_became_of_each_file_and_why(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    assert not fetch_files([], paths, LIMITS, as_json=False)
    printed = capsys.readouterr()
    rows = [line.split() for line in printed.out.splitlines()]
    assert ["ons_pfa_tables", "tables.xlsx", "new"] in rows
    assert ["ho_gone", "failed"] in rows
    assert "ho_gone, failed: http://127.0.0.1:" in printed.out
    assert "answered 404 Not Found" in printed.out
    assert printed.err == ""


def test_only_the_named_source_is_fetched_and_told_as_json(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    assert fetch_files(["ons_pfa_tables"], paths, LIMITS, as_json=True)
    (outcome,) = json.loads(capsys.readouterr().out)
    assert (outcome["source_id"], outcome["outcome"]) == ("ons_pfa_tables", "new")
    assert Path(outcome["path"]).is_relative_to(paths.lake / "editions")
    assert Path(outcome["path"]).is_file()


def test_a_source_that_is_not_in_the_register_is_named(paths: Paths) -> None:
    with pytest.raises(
        CountyLinesError, match="There is no source ho_unheard_of; the register has ho_gone, ons_pfa_tables"
    ):
        fetch_files(["ho_unheard_of"], paths, LIMITS, as_json=False)


@pytest.mark.parametrize(("source_id", "status"), [("mopac_rescue_and_response", 0), ("ons_pfa_tables", 1)])
def test_the_exit_status_says_whether_anything_failed(
    paths: Paths, monkeypatch: pytest.MonkeyPatch, source_id: str, status: int
) -> None:
    """A source that is read by hand is no failure; plain http is refused by the command itself, on loopback too."""
    entry = (DATA / "sources" / "mopac_rescue_and_response.toml").read_text(encoding="utf-8")
    (paths.data / "sources" / "mopac_rescue_and_response.toml").write_text(entry, encoding="utf-8")
    monkeypatch.setenv("COUNTYLINES_DATA", str(paths.data))
    result = CliRunner().invoke(cli, ["fetch", source_id, "--output", str(paths.build)])
    assert result.exit_code == status
    assert source_id in result.output


@pytest.mark.full
def test_what_became_of_each_file_is_logged_for_machines_that_ask(paths: Paths) -> None:
    """In a process of its own, as on a server: plain http is refused, on loopback too."""
    command = [str(Path(sys.executable).with_name("countylines")), "fetch", "--output", str(paths.build)]
    environment = os.environ | {"COUNTYLINES_DATA": str(paths.data), "COUNTYLINES_LOG_FORMAT": "json"}
    run = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, env=environment)
    lines = [json.loads(line) for line in run.stderr.splitlines() if line.startswith("{")]
    assert {(line["event"], line["source"], line["message"]) for line in lines} == {
        ("file looked at", "ho_gone", "refused"),
        ("file looked at", "ons_pfa_tables", "refused"),
    }


@pytest.mark.full
def test_the_command_line_starts_without_the_libraries_that_fetch() -> None:
    program = "import sys, orchestration.cli; print(sorted({'httpx', 'stamina', 'ssl', 'rich'} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    assert run.stdout.strip() == "[]"


def test_only_this_package_opens_connections() -> None:
    """A build fetches nothing: the libraries that could are named only where people ask for it, a server watches, or an alert goes out."""
    modules = [
        path for package in ("orchestration", "transforms", "reports") for path in (ROOT / package).rglob("*.py")
    ]
    naming = {
        path.relative_to(ROOT).as_posix()
        for path in modules
        if any(
            word in path.read_text(encoding="utf-8")
            for word in ("httpx", "urllib.request", "http.client", "sources.fetch")
        )
    }
    asked = {"commands/fetch.py", "assets/published.py", "service/release_sensors.py", "server.py", "service/alerts.py"}
    # The doctor compares what was fetched with its checksums, and opens files only.
    allowed = {f"orchestration/{name}" for name in asked | {"care/doctor.py"}}
    assert allowed < naming
    assert all(path.startswith("transforms/sources/fetch/") for path in naming - allowed)
