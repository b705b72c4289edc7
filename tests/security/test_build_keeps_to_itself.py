"""A whole build asks nothing of the network, sends no telemetry, and keeps no secret of its environment."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.full_build import CANARIES, NETWORK_NOTES, ROOT, network_notes
from tests.full_build import built as built

GUARD = ROOT / "tests" / "network_guard"


def run_guarded(program: str, notes: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(GUARD), NETWORK_NOTES: str(notes)}
    return subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, env=environment, cwd=ROOT
    )


@pytest.mark.full
@pytest.mark.parametrize(
    "program",
    [
        "import socket; socket.create_connection(('192.0.2.1', 80), timeout=1)",
        "import socket; socket.getaddrinfo('example.org', 443)",
        "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 53))",
        "import httpx; httpx.get('https://192.0.2.1/')",
    ],
)
def test_the_guard_stops_and_notes_what_leaves_loopback(program: str, tmp_path: Path) -> None:
    run = run_guarded(program, tmp_path / "notes")
    assert run.returncode == 1
    assert "no network here" in run.stderr
    assert [line.split()[0] for line in (tmp_path / "notes").read_text().splitlines()][1:]


def test_the_guard_lets_loopback_through(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        program = f"import socket; socket.create_connection(('127.0.0.1', {server.getsockname()[1]}))"
        assert run_guarded(program, tmp_path / "notes").returncode == 0
    assert (tmp_path / "notes").read_text() == "watched\n"


@pytest.mark.full
def test_the_list_of_sources_asks_nothing_of_the_network(tmp_path: Path) -> None:
    run = run_guarded(
        "import sys; sys.argv = ['countylines', 'sources']; import orchestration.cli as c; c.main()", tmp_path / "notes"
    )
    assert run.returncode == 0, run.stderr
    assert set((tmp_path / "notes").read_text().splitlines()) == {"watched"}


@pytest.mark.full
def test_no_process_of_a_whole_build_leaves_loopback(built: Path) -> None:
    """Dagster, Great Expectations and every library included: all of them are Python processes that the guard watches."""
    notes = network_notes(built).read_text(encoding="utf-8").splitlines()
    assert notes
    assert set(notes) == {"watched"}


@pytest.mark.full
def test_no_secret_of_the_environment_is_in_anything_that_a_build_makes_or_prints(built: Path) -> None:
    secrets = [secret.rpartition("/")[2].encode() for secret in CANARIES.values()]
    printed = built.with_name("full-build.printed").read_bytes()
    assert not [secret for secret in secrets if secret in printed]
    files = [path for path in built.rglob("*") if path.is_file()]
    assert len(files) > 100
    assert not [path for path in files if any(secret in path.read_bytes() for secret in secrets)]
