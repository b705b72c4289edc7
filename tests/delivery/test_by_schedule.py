"""Delivery at the times that the settings of a server name: a job that the daemon alone has."""

import re

import dagster as dg
import pytest

from orchestration import definitions, server
from orchestration.delivery.by_schedule import DELIVERY_JOB, delivery_schedule
from tests.delivery.conftest import Office, variables
from tests.delivery.mail import Mailbox
from tests.full_build import ROOT
from transforms.errors import CountyLinesError

THURSDAYS = "30 9 * * 4"


@pytest.mark.full
@pytest.mark.parametrize("refused", [False, True])
def test_the_schedule_delivers_and_its_run_fails_unless_every_letter_was_taken(
    office: Office, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch, refused: bool
) -> None:
    for name, value in variables(office, mailbox, ["reader@norfolk.example"]).items():
        monkeypatch.setenv(name, value)
    if refused:
        mailbox.at_recipient["reader@norfolk.example"] = ["550 no such user"]
    defs = dg.Definitions(schedules=[delivery_schedule(office.paths, THURSDAYS)])
    result = defs.resolve_job_def(DELIVERY_JOB).execute_in_process(raise_on_error=False)
    assert result.success != refused
    said = [str(event.step_failure_data.error) for event in result.get_step_failure_events()]
    assert len(said) == refused
    assert all("Not every letter was taken (1 refused)" in words for words in said)
    assert mailbox.recipients == ([] if refused else ["reader@norfolk.example"])
    assert (office.public / "current").readlink().name == office.edition


def test_without_times_in_the_settings_nothing_delivers_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COUNTYLINES_DELIVER_ON", raising=False)
    assert not list(server.delivery().schedules or [])
    monkeypatch.setenv("COUNTYLINES_DELIVER_ON", THURSDAYS)
    [schedule] = server.delivery().schedules or []
    assert isinstance(schedule, dg.ScheduleDefinition)
    assert (schedule.cron_schedule, schedule.execution_timezone, schedule.default_status) == (
        THURSDAYS,
        "Europe/London",
        dg.DefaultScheduleStatus.RUNNING,
    )


def test_times_that_are_none_are_refused_with_an_example(office: Office) -> None:
    with pytest.raises(CountyLinesError, match=re.escape("COUNTYLINES_DELIVER_ON is 'Thursdays', which is no cron")):
        delivery_schedule(office.paths, "Thursdays")


@pytest.mark.full
def test_what_a_browser_can_reach_has_no_job_that_delivers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTYLINES_DELIVER_ON", THURSDAYS)
    for reached in (definitions.defs(), server.defs()):
        assert not reached.resolve_asset_graph().get_all_asset_keys() & {dg.AssetKey(["report", "delivery"])}
        assert not reached.get_repository_def().has_job(DELIVERY_JOB)
    programs = {
        name: (ROOT / "deploy" / "systemd" / f"countylines-{name}.service").read_text(encoding="utf-8")
        for name in ("webserver", "daemon")
    }
    loaded = {name: re.findall(r"-w \S+/(\S+\.yaml)", text) for name, text in programs.items()}
    assert loaded == {"webserver": ["workspace.yaml"], "daemon": ["workspace.yaml", "delivery.yaml"]}
    assert "attribute: defs" in (ROOT / "deploy" / "workspace.yaml").read_text(encoding="utf-8")
