"""`countylines deliver` as a person types it, and what is left when its process is killed. Every address is synthetic."""

import json
import os
import random
import signal
import subprocess
import threading
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.delivery.conftest import ADDRESS, Office, publish_locally, subscriber_list
from tests.delivery.mail import PASSWORD, USER, Mailbox
from tests.full_build import ROOT
from tests.orchestration.builds import COMMAND, environment

RELEASE = "2026-01-08 09:30"
READERS = [f"reader{number}@norfolk.example" for number in range(6)]
# A drill asks for more points than a test of every day: DRILL_POINTS=150 uv run pytest tests/delivery/test_command.py
POINTS = int(os.environ.get("DRILL_POINTS", "4"))

pytestmark = pytest.mark.full


def variables(office: Office, mailbox: Mailbox, trusted: Path) -> dict[str, str]:
    listed = office.paths.build.parent / "subscribers.toml"
    listed.write_text(subscriber_list(*((reader, ["Norfolk"]) for reader in READERS)), encoding="utf-8")
    return {
        "COUNTYLINES_DELIVER_TO": str(office.public),
        "COUNTYLINES_ADDRESS": ADDRESS,
        "COUNTYLINES_SUBSCRIBERS": str(listed),
        "COUNTYLINES_MAIL_FROM": "statistics@police.example",
        "COUNTYLINES_SMTP_HOST": "127.0.0.1",
        "COUNTYLINES_SMTP_PORT": str(mailbox.port),
        "COUNTYLINES_SMTP_USER": USER,
        "COUNTYLINES_SMTP_PASSWORD": PASSWORD,
        "SSL_CERT_FILE": str(trusted),
    }


def start(office: Office, given: dict[str, str], *options: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [COMMAND, "deliver", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=environment(office.paths.build, **given),
    )


def run(office: Office, given: dict[str, str], *options: str) -> tuple[int, str, str]:
    process = start(office, given, *options)
    output, messages = process.communicate()
    return process.returncode, output, messages


def test_a_person_tries_first_and_delivers_then(office: Office, mailbox: Mailbox, trusted: Path) -> None:
    given = variables(office, mailbox, trusted)
    mailbox.at_recipient[READERS[1]] = ["550 no such user"]
    code, output, _ = run(office, given, "--dry-run")
    assert (code, mailbox.taken, office.public.exists()) == (0, [], False)
    assert "Letters: 6 planned" in output
    code, output, messages = run(office, given, "--release-at", RELEASE)
    assert code == 1
    assert "Letters: 1 refused, 5 sent" in output
    assert "550 no such user" in output
    assert messages.startswith("countylines: Not every letter was taken")
    code, output, _ = run(office, given, "--json")
    assert Counter(letter["state"] for letter in json.loads(output)["letters"]) == {"sent": 5, "refused": 1}
    assert PASSWORD not in output + messages


def test_a_time_of_release_that_has_not_come_is_told(office: Office, mailbox: Mailbox, trusted: Path) -> None:
    code, output, _ = run(office, variables(office, mailbox, trusted), "--release-at", "2999-07-01 09:30")
    assert code == 0
    assert "is held until 1 July 2999 at 09:30 (London); nothing was published or sent" in output
    assert not office.public.exists()


def whole(public: Path) -> bool:
    """Whether what readers see is nothing at all, or an edition of which every file is as its manifest says."""
    import hashlib

    current = public / "current"
    if not current.is_symlink():
        return True
    entries = json.loads((current / "manifest.json").read_bytes())["files"]
    return all(
        hashlib.sha256((current / entry["path"]).read_bytes()).hexdigest() == entry["sha256"] for entry in entries
    )


def tree(public: Path) -> dict[str, bytes]:
    return {str(path.relative_to(public)): path.read_bytes() for path in public.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What an undisturbed delivery of the edition shows; without letters, since these change nothing in it."""
    folder = tmp_path_factory.mktemp("undisturbed")
    publish_locally(folder / "build", more=150)
    given = {"COUNTYLINES_DELIVER_TO": str(folder / "public"), "COUNTYLINES_ADDRESS": ADDRESS}
    command = [COMMAND, "deliver", "--release-at", RELEASE]
    subprocess.run(command, check=True, cwd=ROOT, env=environment(folder / "build", **given), capture_output=True)
    return tree(folder / "public")


@pytest.mark.parametrize("seed", range(POINTS))
def test_killed_anywhere_nothing_is_half_shown_lost_or_sent_twice(
    office: Office, mailbox: Mailbox, trusted: Path, undisturbed: dict[str, bytes], seed: int
) -> None:
    chance = random.Random(seed)
    office.edition = publish_locally(office.paths.build, more=150)
    given = variables(office, mailbox, trusted)
    process = start(office, given, "--release-at", RELEASE)
    ended = threading.Event()

    def kill() -> None:
        if not ended.is_set():
            process.send_signal(signal.SIGKILL)
            ended.set()

    if seed % 3 == 0:  # while files are laid down, or at the switch
        files = chance.randrange(170)
        while process.poll() is None and len(list(office.public.rglob("*"))) < files:
            time.sleep(0.0005)
        kill()
    else:  # at a step of the conversation about one of the letters
        step, reader = chance.choice(["recipient", "before", "taken"]), chance.choice(READERS)

        def seen(at: str, recipient: str) -> None:
            if (at, recipient) == (step, reader):
                kill()
                process.wait()

        mailbox.seen = seen
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    assert whole(office.public)

    code, output, messages = run(office, given, "--release-at", RELEASE, "--json")
    letters = {letter["address"]: letter["state"] for letter in json.loads(output)["letters"]}
    taken = Counter(mailbox.recipients)
    assert max(taken.values()) == 1, "a letter was sent twice"
    unknown = {reader for reader, state in letters.items() if state == "unknown"}
    assert set(letters.values()) <= {"sent", "unknown"}
    assert set(READERS) - taken.keys() <= unknown, "a letter was lost without a word"
    assert len(unknown) <= 1
    assert code == bool(unknown), messages
    assert tree(office.public) == undisturbed

    before = list(mailbox.taken)
    run(office, given)
    assert mailbox.taken == before
