"""The asset report/delivery: asked for in the asset graph, never made by a build."""

import dagster as dg
import pytest

from orchestration.assets.delivery import DELIVERY, delivery_asset
from orchestration.service import alert_sensors
from orchestration.service.automation import automated
from tests.delivery.conftest import Office, variables
from tests.delivery.mail import Mailbox
from tests.orchestration.graph import all_assets, built_assets, defs


@pytest.mark.full
def test_it_is_in_the_graph_and_in_no_build() -> None:
    assert all_assets() - built_assets() == {"report/delivery"}


@pytest.mark.full
def test_no_condition_of_the_daemon_publishes() -> None:
    graph = automated(defs(), {}, {}).resolve_asset_graph()
    assert graph.get(DELIVERY).automation_condition is None
    assert graph.get(dg.AssetKey(["report", "site"])).automation_condition is not None


@pytest.mark.full
@pytest.mark.parametrize("refused", [False, True])
def test_it_delivers_and_its_check_says_whether_every_letter_was_taken(
    office: Office, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch, refused: bool
) -> None:
    for name, value in variables(office, mailbox, ["reader@norfolk.example"]).items():
        monkeypatch.setenv(name, value)
    if refused:
        mailbox.at_recipient["reader@norfolk.example"] = ["550 no such user"]
    result = dg.materialize([delivery_asset(office.paths)], resources={"paths": office.paths})
    assert result.success
    said: list[tuple[str, str]] = []
    monkeypatch.setattr(alert_sensors, "alert", lambda name, message, **_: said.append((name, message)))
    [check] = result.get_asset_check_evaluations()
    assert (check.passed, check.severity) == (not refused, dg.AssetCheckSeverity.WARN)
    alert_sensors._alert_for(check, result.run_id, {})
    assert [name for name, message in said if message.endswith("of 1 letters 1 refused")] == ["check_warned"] * refused
    assert len(said) == refused
    [made] = result.asset_materializations_for_node("report__delivery")
    assert made.metadata["edition"].value == office.edition
    assert mailbox.recipients == ([] if refused else ["reader@norfolk.example"])
    assert (office.public / "current").readlink().name == office.edition
