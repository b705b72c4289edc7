"""The files of deploy/ as the programs that read them see them."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.full_build import ROOT
from tests.orchestration.builds import definitions_that_load

DEPLOY = ROOT / "deploy"
SERVICES = sorted((DEPLOY / "systemd").glob("*.service"))


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
@pytest.mark.parametrize("service", SERVICES, ids=lambda path: str(path.stem))
def test_a_service_is_well_formed_and_may_do_little(service: Path, tmp_path: Path) -> None:
    # The programs are not installed at that place here; all else is as it is.
    text = re.sub(r"(?m)^(ExecStart(?:Pre)?)=\S+", r"\1=/bin/true", service.read_text(encoding="utf-8"))
    copy = tmp_path / service.name
    copy.write_text(text.replace("WorkingDirectory=/opt/countylines", "WorkingDirectory=/tmp"), encoding="utf-8")
    verified = subprocess.run(["systemd-analyze", "verify", str(copy)], capture_output=True, text=True, check=False)
    assert not [line for line in verified.stderr.splitlines() if service.name in line]
    # Exposure from 0 to 10, in tenths: systemd itself calls up to 2 well protected.
    rated = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=20", str(copy)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert rated.returncode == 0, rated.stdout[-300:]


def test_the_webserver_of_a_server_is_for_readers_on_loopback_only() -> None:
    text = (DEPLOY / "systemd" / "countylines-webserver.service").read_text(encoding="utf-8")
    assert "dagster-webserver --read-only -h 127.0.0.1 -p 3000" in text
    assert "proxy_pass         http://127.0.0.1:3000;" in (DEPLOY / "nginx.conf").read_text(encoding="utf-8")


def test_both_storages_have_the_same_settings_otherwise() -> None:
    texts = [(DEPLOY / name / "dagster.yaml").read_text(encoding="utf-8") for name in ("sqlite", "postgresql")]
    common = [text[text.index("# Nothing is sent to anybody.") :] for text in texts]
    assert common[0] == common[1]


@pytest.mark.full
@pytest.mark.parametrize("location", ["workspace", "delivery"])
def test_the_code_locations_of_a_server_load_as_dagsters_own_tools_load_them(location: str, tmp_path: Path) -> None:
    definitions_that_load(f"deploy/{location}.yaml", tmp_path)
