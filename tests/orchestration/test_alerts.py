"""Alerts as they arrive: a real mail server and a real web server on loopback, the log, and the runbook that each alert has."""

import json
import re
import shutil
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message

from orchestration.service import alert_sensors
from orchestration.service.alerts import ALERTS, alert
from orchestration.store.log import log
from orchestration.store.paths import Paths
from tests.full_build import ROOT
from transforms.errors import CountyLinesError


class _Inbox(Message):
    def __init__(self) -> None:
        super().__init__()
        self.mails: list[Any] = []

    def handle_message(self, message: Any) -> None:
        self.mails.append(message)


@pytest.fixture
def inbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[_Inbox]:
    handler = _Inbox()
    controller = Controller(handler, hostname="127.0.0.1", port=_free_port())
    controller.start()
    monkeypatch.setenv("COUNTYLINES_ALERT_TO", "data@example.org, duty@example.org")
    monkeypatch.setenv("COUNTYLINES_ALERT_FROM", "countylines@example.org")
    monkeypatch.setenv("COUNTYLINES_SMTP_HOST", "127.0.0.1")
    monkeypatch.setenv("COUNTYLINES_SMTP_PORT", str(controller.port))
    try:
        yield handler
    finally:
        controller.stop()


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def test_an_alert_reaches_the_mail_box_with_what_to_do(inbox: _Inbox) -> None:
    alert("source_overdue", "ons_pfa_tables: the edition of 2026-10 is not held.", source="ons_pfa_tables")
    (mail,) = inbox.mails
    assert mail["Subject"] == "countylines: A release month has passed without a new edition"
    assert mail["To"] == "data@example.org, duty@example.org"
    text = mail.get_payload()
    assert "the edition of 2026-10 is not held." in text
    assert "docs/runbook.md, section source_overdue" in text


@pytest.mark.full
def test_a_check_that_failed_is_one_alert(inbox: _Inbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    @dg.asset(check_specs=[dg.AssetCheckSpec("sums", asset="table", description="Sums hold.", blocking=True)])
    def table() -> Iterator[Any]:
        yield dg.AssetCheckResult(
            check_name="sums",
            passed=False,
            description="Sums hold.",
            metadata={"rows failing": 3, "what is wrong": "3 rows fail"},
        )
        raise CountyLinesError("The workbook has no sheet.")

    sensor = alert_sensors._failed_checks(30)
    shutil.copy(ROOT / "deploy" / "sqlite" / "dagster.yaml", tmp_path)
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    with dg.DagsterInstance.from_config(str(tmp_path)) as instance:
        with dg.build_sensor_context(instance=instance) as context:
            first: Any = sensor(context)
        result = dg.materialize([table], instance=instance, raise_on_error=False)
        assert not result.success
        with dg.build_sensor_context(instance=instance, cursor=first.cursor) as context:
            second: Any = sensor(context)
        with dg.build_sensor_context(instance=instance, cursor=second.cursor) as context:
            sensor(context)
    (mail,) = inbox.mails
    assert " ".join(mail["Subject"].split()) == f"countylines: {ALERTS['check_failed']}"
    assert "table/sums (Sums hold.): 3 rows fail" in mail.get_payload(decode=True).decode()


@pytest.mark.full
def test_a_run_that_failed_is_an_alert_with_its_reason_and_a_figure(
    inbox: _Inbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    @dg.asset
    def table() -> None:
        raise CountyLinesError("The workbook has no sheet Table P1.")

    sensor = alert_sensors._failed_runs(Paths(data=ROOT / "data", build=tmp_path / "build"), 30)
    shutil.copy(ROOT / "deploy" / "sqlite" / "dagster.yaml", tmp_path)
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    with dg.DagsterInstance.from_config(str(tmp_path)) as instance:
        result = dg.materialize([table], instance=instance, raise_on_error=False)
        (run,) = instance.get_runs()
        (failure,) = [event for event in result.all_events if event.event_type_value == "PIPELINE_FAILURE"]
        sensor(dg.build_run_status_sensor_context(sensor.name, failure, instance, run).for_run_failure())
    (mail,) = inbox.mails
    text = mail.get_payload(decode=True).decode()
    assert f"Run {run.run_id} failed. table: " in text
    assert "The workbook has no sheet Table P1." in text
    assert "countylines_last_run_success 0.0" in (tmp_path / "build" / "metrics.prom").read_text(encoding="utf-8")


def test_an_alert_that_cannot_be_sent_is_in_the_log_and_says_so(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("COUNTYLINES_ALERT_TO", "data@example.org")
    monkeypatch.setenv("COUNTYLINES_SMTP_HOST", "127.0.0.1")
    monkeypatch.setenv("COUNTYLINES_SMTP_PORT", str(_free_port()))
    with pytest.raises(
        CountyLinesError, match=r"^The alert run_failed could not be sent \(COUNTYLINES_ALERT_TO: .*refused"
    ):
        alert("run_failed", "Run 1 failed.")
    assert [record.getMessage() for record in caplog.records] == ["alert", "alert not sent"]


@pytest.mark.full
def test_a_web_hook_gets_json_and_its_address_is_in_no_message(monkeypatch: pytest.MonkeyPatch) -> None:
    bodies: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            bodies.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200 if len(bodies) == 1 else 500)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing on the terminal of a test."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("COUNTYLINES_ALERT_WEBHOOK", f"http://127.0.0.1:{server.server_port}/token-of-the-hook")
    try:
        alert("check_failed", "core/observations breaks a rule.")
        with pytest.raises(CountyLinesError, match="the web hook answered 500") as caught:
            alert("check_failed", "core/observations breaks a rule.")
    finally:
        server.shutdown()
        server.server_close()
    assert bodies[0]["alert"] == "check_failed"
    assert bodies[0]["runbook"] == "docs/runbook.md#check_failed"
    assert "token-of-the-hook" not in str(caught.value)


def test_a_log_line_has_no_field_that_nobody_knows() -> None:
    with pytest.raises(ValueError, match="no field rowz"):
        log("asset made", rowz=1)


RULES = (ROOT / "deploy" / "prometheus" / "alerts.yml").read_text(encoding="utf-8")


def test_every_alert_has_its_section_in_the_runbook_and_every_section_an_alert() -> None:
    runbook = (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8")
    ruled = set(re.findall(r"- alert: (\w+)", RULES))
    assert re.findall(r"^## (\w+)$", runbook, re.MULTILINE) == list(
        dict.fromkeys([*ALERTS, *sorted(ruled - set(ALERTS))])
    )
    for section in runbook.split("\n## ")[1:]:
        assert all(f"**{part}:**" in section for part in ("Means", "Confirm", "Do")), section.split("\n")[0]
    assert set(re.findall(r"runbook\.md#(\w+)", RULES)) == ruled


def test_every_alert_in_the_code_is_one_of_the_list() -> None:
    code = "".join(
        (ROOT / "orchestration" / "service" / f"{name}.py").read_text(encoding="utf-8")
        for name in ("release_sensors", "alert_sensors")
    )
    assert set(re.findall(r'alert\(\s*"(\w+)"', code)) <= set(ALERTS)
    assert {name for name in ALERTS if f'"{name}"' in code} == set(ALERTS)
