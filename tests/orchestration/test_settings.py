"""The settings of the environment: one table, each name in use, each read both ways, and no name beside them."""

import io
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from docs.refresh import with_settings
from orchestration.delivery.settings import Settings, settings_from_environment
from orchestration.run.engine import engine_from_environment
from orchestration.service.alerts import refuse_wrong_alerts
from orchestration.store import log
from orchestration.store.environment import SETTINGS, TESTS, Setting, refuse_unknown_settings
from orchestration.store.paths import PROJECT, Paths, paths_from_environment, records_root
from transforms.errors import CountyLinesError

NAMES = [setting.name for setting in SETTINGS]
TABLE = PROJECT / "orchestration" / "store" / "environment.py"


def texts(*folders: str) -> Iterator[tuple[Path, str]]:
    for folder in folders:
        below = [PROJECT / folder] if (PROJECT / folder).is_file() else sorted((PROJECT / folder).rglob("*"))
        for path in below:
            if path.suffix in {".py", ".md", ".service", ".yaml", ".toml", ".conf", ""} and path.is_file():
                yield path, path.read_text(encoding="utf-8")


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An environment without any setting."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def test_every_name_that_code_and_documents_use_is_in_the_table() -> None:
    places = (
        "countylines",
        "orchestration",
        "transforms",
        "reports",
        "docs",
        "deploy",
        "benchmarks",
        "justfile",
        "README.md",
    )
    used = {
        (name, str(path.relative_to(PROJECT)))
        for path, text in texts(*places, "CONTRIBUTING.md", "CHANGELOG.md")
        # What begins with an underscore is the command line library's own, for completion in a shell.
        for name in re.findall(r"(?<!_)COUNTYLINES_[A-Z]\w*", text)
        if not name.endswith("_")
    }
    assert {pair for pair in used if pair[0] not in NAMES} == set()


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_every_name_of_the_table_is_used_and_tested(setting: Setting) -> None:
    name, of = setting.name, setting.of
    places = ("tests", "justfile") if of == TESTS else ("orchestration", "transforms", "deploy")
    assert [path for path, text in texts(*places) if name in text and path not in {TABLE, Path(__file__)}]
    assert [path for path, text in texts("tests") if name in text]


def test_the_document_is_made_from_the_table() -> None:
    document = (PROJECT / "docs" / "settings.md").read_text(encoding="utf-8")
    assert with_settings(document) == document, "run just docs"
    assert [name for name in NAMES if f"| `{name}` |" not in document] == []


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("COUNTYLINES_RELEASE", "COUNTYLINES_RELEASE_AT"),
        ("COUNTYLINES_SMTP_PASWORD", "COUNTYLINES_SMTP_PASSWORD"),
        ("countylines_build", "COUNTYLINES_BUILD"),
        ("COUNTYLINES_LANDING_FOLDER", "COUNTYLINES_LANDING"),
    ],
)
def test_another_name_is_refused_with_the_nearest_and_without_its_value(
    plain: pytest.MonkeyPatch, name: str, nearest: str
) -> None:
    plain.setenv(name, "a-secret-perhaps")
    with pytest.raises(CountyLinesError, match=rf"no setting {name}; the nearest is {nearest}\.") as refused:
        paths_from_environment()
    assert "a-secret-perhaps" not in str(refused.value)


def test_names_of_other_programs_and_all_of_the_table_are_let_through() -> None:
    refuse_unknown_settings({"COUNTYLINESX": "", "PATH": "", **dict.fromkeys(NAMES, "")})


def test_the_folders_of_a_build_are_chosen_by_settings(plain: pytest.MonkeyPatch, tmp_path: Path) -> None:
    usual = paths_from_environment()
    assert usual == Paths(PROJECT / "data", PROJECT / "data" / "build")
    assert records_root(usual) == str(usual.lake / "raw" / "police_uk_records")
    for name in ("COUNTYLINES_DATA", "COUNTYLINES_BUILD", "COUNTYLINES_LANDING", "COUNTYLINES_RECORDS"):
        plain.setenv(name, str(tmp_path / name.removeprefix("COUNTYLINES_")))
    plain.setenv("COUNTYLINES_CONTACT", "statistics@police.example")
    plain.setenv("COUNTYLINES_ADDRESS", "https://statistics.example/county-lines/")
    chosen = paths_from_environment()
    assert (chosen.data, chosen.build, chosen.landing) == (tmp_path / "DATA", tmp_path / "BUILD", tmp_path / "LANDING")
    assert records_root(chosen) == str(tmp_path / "RECORDS")
    assert (chosen.contact, chosen.address) == ("statistics@police.example", "https://statistics.example/county-lines")
    plain.setenv("COUNTYLINES_AS_OF", "2020-05-31")
    past = paths_from_environment()
    assert (past.as_of, past.build) == (date(2020, 5, 31), tmp_path / "BUILD" / "as-of-2020-05-31")


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("COUNTYLINES_AS_OF", "2020-02-31", "which is no day"),
        ("COUNTYLINES_LOG_FORMAT", "xml", "write it as json"),
        ("COUNTYLINES_POSTGRES_PORT", "postgres", "write it as 5432"),
        ("COUNTYLINES_DRILL_POINTS", "many", "write it as 100"),
        ("COUNTYLINES_DRILL_SEED", "x", "write it as 1"),
        ("COUNTYLINES_DRILL_POSTGRESQL", "yes", "write it as 1"),
    ],
)
def test_a_value_that_cannot_be_read_is_refused(plain: pytest.MonkeyPatch, name: str, value: str, words: str) -> None:
    plain.setenv(name, value)
    with pytest.raises(CountyLinesError, match=rf"^{name} .*{words}"):
        paths_from_environment()


def test_processes_are_a_whole_number(plain: pytest.MonkeyPatch) -> None:
    plain.delenv("DASK_SCHEDULER", raising=False)
    alone = engine_from_environment()
    plain.setenv("COUNTYLINES_PROCESSES", "2")
    assert engine_from_environment() != alone
    plain.setenv("COUNTYLINES_PROCESSES", "two")
    with pytest.raises(CountyLinesError, match="COUNTYLINES_PROCESSES"):
        engine_from_environment()


def test_log_lines_are_written_when_they_are_asked_for(plain: pytest.MonkeyPatch) -> None:
    logger = log._LOGGER
    plain.setattr(logger, "handlers", [])
    plain.setattr(logger, "propagate", True)
    plain.setattr("sys.stderr", io.StringIO())
    log.log_as()
    assert not log.is_logged()
    plain.setenv("COUNTYLINES_LOG_FORMAT", "json")
    log.log_as()
    assert log.is_logged()


def test_what_delivery_and_mail_are_told_is_what_they_do(tmp_path: Path) -> None:
    least = {"COUNTYLINES_DELIVER_TO": "public", "COUNTYLINES_ADDRESS": "https://statistics.example"}
    assert settings_from_environment(None, least) == Settings("public", "https://statistics.example")
    more = least | {
        "COUNTYLINES_SUBSCRIBERS": str(tmp_path / "subscribers.toml"),
        "COUNTYLINES_BOUNCES": str(tmp_path / "bounces"),
        "COUNTYLINES_MAIL_FROM": "statistics@police.example",
        "COUNTYLINES_MAIL_UNSUBSCRIBE": "https://statistics.example/unsubscribe",
        "COUNTYLINES_MAIL_ATTACH_BYTES": "1000",
        "COUNTYLINES_SMTP_HOST": "mail.police.example",
        "COUNTYLINES_SMTP_PORT": "2525",
        "COUNTYLINES_SMTP_USER": "letters",
        "COUNTYLINES_SMTP_PASSWORD": "synthetic",
        "COUNTYLINES_SMTP_TLS": "implicit",
    }
    found = settings_from_environment(None, more)
    assert (found.subscribers, found.bounces) == (tmp_path / "subscribers.toml", tmp_path / "bounces")
    assert found.head is not None
    assert found.server is not None
    assert found.head.unsubscribe == "https://statistics.example/unsubscribe"
    assert (found.server.host, found.server.port, found.server.implicit_tls) == ("mail.police.example", 2525, True)
    assert "synthetic" not in repr(found)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"COUNTYLINES_ALERT_TO": "duty@police.example"}, "COUNTYLINES_SMTP_HOST is not set"),
        (
            {"COUNTYLINES_ALERT_TO": "duty@police.example, everybody", "COUNTYLINES_SMTP_HOST": "mail.example"},
            "COUNTYLINES_ALERT_TO has 1 parts",
        ),
        (
            {
                "COUNTYLINES_ALERT_TO": "duty@police.example",
                "COUNTYLINES_SMTP_HOST": "mail.example",
                "COUNTYLINES_ALERT_FROM": "us",
            },
            "COUNTYLINES_ALERT_FROM is not",
        ),
        (
            {"COUNTYLINES_ALERT_TO": "duty@police.example", "COUNTYLINES_SMTP_HOST": "m", "COUNTYLINES_SMTP_PORT": "x"},
            "COUNTYLINES_SMTP_PORT must be",
        ),
        ({"COUNTYLINES_ALERT_WEBHOOK": "statistics.example/token"}, "COUNTYLINES_ALERT_WEBHOOK must be"),
    ],
)
def test_settings_by_which_no_alert_could_be_sent_are_said_when_a_server_starts(
    given: dict[str, str], words: str
) -> None:
    with pytest.raises(CountyLinesError, match=words) as refused:
        refuse_wrong_alerts(given)
    assert "token" not in str(refused.value)


def test_right_settings_of_alerts_and_none_at_all_are_let_through() -> None:
    refuse_wrong_alerts({})
    refuse_wrong_alerts(
        {
            "COUNTYLINES_ALERT_TO": "duty@police.example, data@police.example",
            "COUNTYLINES_SMTP_HOST": "mail.police.example",
            "COUNTYLINES_ALERT_WEBHOOK": "https://hooks.example/token",
        }
    )


def test_a_log_line_has_no_controls(plain: pytest.MonkeyPatch) -> None:
    written = io.StringIO()
    plain.setattr(log._LOGGER, "handlers", [])
    plain.setattr(log._LOGGER, "propagate", True)
    plain.setattr("sys.stderr", written)
    log.log_as("json")
    log.log("file looked at", file="tables\x1b[31m\u202exslx", message="“Norfolk” – 5\n")
    assert written.getvalue().rstrip("\n").isprintable()
    assert "“Norfolk” – 5" in written.getvalue()
