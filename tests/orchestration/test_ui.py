"""The asset graph in a browser: the real process, asked what its pages ask."""

import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.full_build import ROOT
from tests.orchestration.builds import COMMAND, WARNED, environment, processes_of
from tests.orchestration.graph import all_assets, graph

pytestmark = pytest.mark.full

QUESTION = """{
  assetNodes {
    assetKey { path } groupName kinds description owners { ... on TeamAssetOwner { team } }
    partitionKeys
    assetChecksOrError { ... on AssetChecks { checks { name description blocking
      executionForLatestMaterialization { status evaluation { severity } } } } }
    assetMaterializations(limit: 1) { runId }
  }
  runsOrError { ... on Runs { results { runId status jobName } } }
}"""


CODE = "{ repositoriesOrError { ... on RepositoryConnection { nodes { name location { name } } } } }"
LAUNCH = """mutation($of: JobOrPipelineSelector!) { launchRun(executionParams: {selector: $of}) {
  __typename ... on LaunchRunSuccess { run { runId } } ... on PythonError { message } } }"""
STATUS = "query($run: ID!) { runOrError(runId: $run) { ... on Run { status } } }"


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def ask(port: int, question: str, **variables: object) -> Any:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/graphql",
        data=json.dumps({"query": question, "variables": variables}).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.loads(answer.read())["data"]


def listening_addresses(port: int) -> set[str]:
    """The addresses, in the kernel's own writing, on which something listens at a port."""
    lines = [line.split() for table in ("tcp", "tcp6") for line in Path(f"/proc/net/{table}").read_text().splitlines()]
    listening = [line[1].split(":") for line in lines if line[3] == "0A"]
    return {address for address, hexadecimal in listening if int(hexadecimal, 16) == port}


@pytest.fixture(scope="module")
def port(built: Path) -> Iterator[int]:
    """The port of a user interface on the shared build, which is ended, children included, after the module."""
    with user_interface(built) as number:
        yield number


@contextmanager
def user_interface(built: Path, *options: str) -> Iterator[int]:
    number = free_port()
    process = subprocess.Popen(
        [COMMAND, "ui", "--port", str(number), *options],
        cwd=ROOT,
        env=environment(built),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        end = time.monotonic() + 150
        while True:
            assert process.poll() is None, process.stderr and process.stderr.read().decode()
            assert time.monotonic() < end, "the user interface did not answer"
            try:
                if ask(number, QUESTION)["assetNodes"]:
                    break
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                pass
            time.sleep(0.5)
        yield number
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            # Six seconds on a machine that has nothing else to do; beside other tests it was once more than a minute.
            process.communicate(timeout=300)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise
    end = time.monotonic() + 30
    while processes_of(built) and time.monotonic() < end:
        time.sleep(0.1)
    assert not processes_of(built), "the user interface left processes behind"


def test_the_browser_shows_the_graph_its_checks_and_the_last_build(port: int) -> None:
    answer = ask(port, QUESTION)
    nodes = {"/".join(node["assetKey"]["path"]): node for node in answer["assetNodes"]}
    assert nodes.keys() == all_assets()
    for name, node in nodes.items():
        here = graph().get(next(key for key in graph().get_all_asset_keys() if key.to_user_string() == name))
        assert node["groupName"] == name.split("/")[0]
        assert node["description"] == here.description
        assert set(node["kinds"]) == here.kinds
        assert {f"team:{owner['team']}" for owner in node["owners"]} == set(here.owners)
        checks = node["assetChecksOrError"].get("checks", [])
        assert {check["name"]: check["blocking"] for check in checks} == {
            key.name: graph().get(key).blocking for key in here.check_keys
        }
        for check in checks:
            assert check["description"], (name, check["name"])
            said = "FAILED" if f"{name}/{check['name']}" == WARNED else "SUCCEEDED"
            execution = check["executionForLatestMaterialization"]
            assert execution, (name, check["name"])
            assert execution["status"] == said, (name, check["name"])
            assert (execution["evaluation"]["severity"] == "ERROR") == check["blocking"]
        assert node["assetMaterializations"], f"{name} was made by the last build"
    assert len(nodes["report/force"]["partitionKeys"]) == 43
    assert "norfolk" in nodes["report/force"]["partitionKeys"]
    (run,) = answer["runsOrError"]["results"]
    assert (run["status"], run["jobName"]) == ("SUCCESS", "build")


def test_it_listens_on_loopback_only(port: int) -> None:
    assert listening_addresses(port) == {"0100007F"}


def started_since(before: Mapping[int, str], build: Path) -> list[str]:
    """The commands of processes that were not there before, but for the tracker that Python gives a code server with its first run: it
    ends with the server."""
    return [
        command
        for number, command in processes_of(build).items()
        if number not in before and "multiprocessing.resource_tracker" not in command
    ]


def test_a_run_that_is_launched_in_the_browser_checks_its_table_and_ends_with_all_its_processes(copied: Path) -> None:
    (copied / "checks" / "core" / "areas.json").unlink()
    with user_interface(copied) as number:
        before = processes_of(copied)
        (code,) = ask(number, CODE)["repositoriesOrError"]["nodes"]
        selected = {
            "repositoryName": code["name"],
            "repositoryLocationName": code["location"]["name"],
            "pipelineName": "__ASSET_JOB",
            "assetSelection": [{"path": ["core", "areas"]}],
        }
        launched = ask(number, LAUNCH, of=selected)["launchRun"]
        assert launched["__typename"] == "LaunchRunSuccess", launched
        end = time.monotonic() + 300
        status = ""
        while status not in {"SUCCESS", "FAILURE", "CANCELED"} and time.monotonic() < end:
            time.sleep(0.5)
            status = ask(number, STATUS, run=launched["run"]["runId"])["runOrError"]["status"]
        assert status == "SUCCESS"
        end = time.monotonic() + 120
        while (left := started_since(before, copied)) and time.monotonic() < end:
            time.sleep(0.2)
        assert not left, "the run, or the process beside it, goes on after its end"
    assert (copied / "checks" / "core" / "areas.json").is_file()
