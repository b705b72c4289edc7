"""What only a fresh interpreter can show: what importing costs, and that checking opens no connection."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.full

LIGHT_IMPORT = """
import sys
import transforms.contracts
print(sorted({"great_expectations", "pandas", "scipy"} & {name.split(".")[0] for name in sys.modules}))
"""

NO_CONNECTION = """
import socket
import threading

connect, refused = socket.socket.connect, []


def loopback_only(self, address):
    if self.family == socket.AF_UNIX or address[0] in ("127.0.0.1", "::1", "localhost"):
        return connect(self, address)
    refused.append(address)
    raise OSError(f"no network here: {address}")


def no_lookup(host, *args, **kwargs):
    refused.append(host)
    raise OSError(f"no network here: {host}")


socket.socket.connect = socket.socket.connect_ex = loopback_only
socket.getaddrinfo = no_lookup

import sys

from tests.contracts.factories import valid_frame
from transforms.contracts import AREAS, validate

validation = validate(valid_frame(AREAS), AREAS)
assert "great_expectations" in sys.modules
assert not validation.failures, validation.failures
assert not refused, refused
talkative = [thread.name for thread in threading.enumerate() if {"posthog", "analytics"} & {type(thread).__module__.split(".")[0]}]
assert not talkative, talkative
assert "posthog" not in sys.modules
print("checked")
"""

PUT_OFF = """
import sys

from transforms.contracts.validate import get_ready

get_ready()
assert "great_expectations" in sys.modules
print("scipy.stats._stats_py" in sys.modules)
from scipy import stats

assert round(stats.chi2.ppf(0.95, 1), 4) == 3.8415
print("scipy.stats._stats_py" in sys.modules)
"""


ROOT = Path(__file__).parents[2]


def _output(program: str) -> str:
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=ROOT)
    assert run.returncode == 0, run.stderr
    assert run.stderr == ""
    return run.stdout.strip()


def test_importing_contracts_is_light() -> None:
    assert _output(LIGHT_IMPORT) == "[]"


def test_validation_opens_no_connection_and_shows_no_progress_bar() -> None:
    assert _output(NO_CONNECTION) == "checked"


def test_what_no_contract_needs_of_great_expectations_is_imported_when_it_is_asked_for() -> None:
    assert _output(PUT_OFF).split() == ["False", "True"]
