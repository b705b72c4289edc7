"""The asset graph in a browser: the real process, asked what its pages ask."""

import http.client
import json
import os
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.full_build import ROOT, Small
from tests.orchestration.builds import COMMAND, WARNED, environment, processes_of, processes_with, run
from tests.orchestration.graph import all_assets, graph
from tests.orchestration.test_runs_of_dagster import assert_nothing_is_left_to_do

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
LAUNCH = """mutation($of: ExecutionParams!) { launchRun(executionParams: $of) {
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
def user_interface(
    built: Path, *options: str, command: tuple[str, ...] = (COMMAND, "ui", "--port"), **variables: object
) -> Iterator[int]:
    """The port of a user interface on a build: ``command`` and its port, then the options; ended with its children when the test is over."""
    number = free_port()
    # Not a pipe: a run writes more than one holds, and would wait for a reader.
    messages = tempfile.TemporaryFile()  # noqa: SIM115
    process = subprocess.Popen(
        [*command, str(number), *options],
        cwd=ROOT,
        # Other tests have processes on the same build at the same time: those of this interface know its port.
        env=environment(built, **variables, PORT_OF_THE_INTERFACE=number),
        stdout=subprocess.DEVNULL,
        stderr=messages,
        start_new_session=True,
    )
    try:
        end = time.monotonic() + 150
        while True:
            assert process.poll() is None, (messages.seek(0), messages.read().decode())
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
            process.wait(timeout=300)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise
    end = time.monotonic() + 30
    ours = f"PORT_OF_THE_INTERFACE={number}"
    while processes_with(ours) and time.monotonic() < end:
        time.sleep(0.1)
    assert not processes_with(ours), "the user interface left processes behind"


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
            said = "FAILED" if f"{name}/{check['name']}" in WARNED else "SUCCEEDED"
            execution = check["executionForLatestMaterialization"]
            assert execution, (name, check["name"])
            assert execution["status"] == said, (name, check["name"])
            assert (execution["evaluation"]["severity"] == "ERROR") == check["blocking"]
        assert node["assetMaterializations"], f"{name} was made by the last build"
    assert len(nodes["report/force"]["partitionKeys"]) == 43
    assert "norfolk" in nodes["report/force"]["partitionKeys"]
    (run,) = answer["runsOrError"]["results"]
    assert (run["status"], run["jobName"]) == ("SUCCESS", "build")


def test_a_port_that_cannot_be_had_is_refused_before_anything_starts(tmp_path: Path) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        number = listener.getsockname()[1]
        taken = run(["ui", "--port", str(number)], tmp_path)
    assert taken.returncode == 2
    assert taken.stderr.endswith(f"'--port': port {number} cannot be had (Address already in use); give another.\n")
    beyond = run(["ui", "--port", "70000"], tmp_path)
    assert (beyond.returncode, "70000 is not in the range 1<=x<=65535" in beyond.stderr) == (2, True)
    assert not list(tmp_path.iterdir())


def test_it_answers_pages_of_its_own_address_only(port: int) -> None:
    def status(host: str, path: str = "/server_info", **headers: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        connection.request("GET", path, headers={"Host": host, **headers})
        return connection.getresponse().status

    own = f"127.0.0.1:{port}"
    assert status(own) == status(own, Origin=f"http://{own}") == 200
    assert status("statistics.example") == status(own, Origin="https://statistics.example") == 403
    assert status(own, "/graphql?query=%7B+version+%7D") == 200
    assert status(own, "/graphql?query=mutation+%7B+nothing+%7D") == 403


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


def test_all_assets_made_in_the_browser_are_a_build_and_the_run_ends_with_all_its_processes(small_copy: Small) -> None:
    build = small_copy.build
    (build / "checks" / "core" / "areas.json").unlink()
    with user_interface(build, COUNTYLINES_DATA=small_copy.data) as number:
        before = processes_of(build)
        (code,) = ask(number, CODE)["repositoriesOrError"]["nodes"]
        nodes = ask(number, QUESTION)["assetNodes"]
        (partitions,) = [node["partitionKeys"] for node in nodes if node["partitionKeys"]]
        asked = {
            "selector": {
                "repositoryName": code["name"],
                "repositoryLocationName": code["location"]["name"],
                "pipelineName": "__ASSET_JOB",
                "assetSelection": [node["assetKey"] for node in nodes],
            },
            "executionMetadata": {
                "tags": [
                    {"key": "dagster/asset_partition_range_start", "value": partitions[0]},
                    {"key": "dagster/asset_partition_range_end", "value": partitions[-1]},
                ]
            },
        }
        launched = ask(number, LAUNCH, of=asked)["launchRun"]
        assert launched["__typename"] == "LaunchRunSuccess", launched
        end = time.monotonic() + 300
        status = ""
        while status not in {"SUCCESS", "FAILURE", "CANCELED"} and time.monotonic() < end:
            time.sleep(0.5)
            status = ask(number, STATUS, run=launched["run"]["runId"])["runOrError"]["status"]
        assert status == "SUCCESS"
        end = time.monotonic() + 120
        while (left := started_since(before, build)) and time.monotonic() < end:
            time.sleep(0.2)
        assert not left, "the run, or the process beside it, goes on after its end"
    assert (build / "checks" / "core" / "areas.json").is_file()
    assert_nothing_is_left_to_do(small_copy)
