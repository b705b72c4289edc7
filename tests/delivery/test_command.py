"""`countylines deliver` as a person types it, and killed in the middle of a letter. Every address is synthetic."""

import json
import signal
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from tests.delivery.conftest import Office, variables
from tests.delivery.mail import PASSWORD, Mailbox
from tests.forks import run_forked
from tests.full_build import ROOT
from tests.orchestration.builds import COMMAND, environment

RELEASE = "2026-01-08 09:30"
READERS = [f"reader{number}@norfolk.example" for number in range(6)]
pytestmark = pytest.mark.full


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
    ended = run_forked(["deliver", *options], environment(office.paths.build, **given))
    return ended.returncode, ended.stdout, ended.stderr


def test_a_person_tries_first_and_delivers_then(office: Office, mailbox: Mailbox, trusted: Path) -> None:
    given = {**variables(office, mailbox, READERS), "SSL_CERT_FILE": str(trusted)}
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
    code, output, _ = run(
        office,
        {**variables(office, mailbox, READERS), "SSL_CERT_FILE": str(trusted)},
        "--release-at",
        "2999-07-01 09:30",
    )
    assert code == 0
    assert "is held until 1 July 2999 at 09:30 (London); nothing was published or sent" in output
    assert office.shown() == {}


@pytest.mark.parametrize("step", ["before", "taken"])
def test_killed_in_the_middle_of_a_letter_it_says_so_and_sends_it_to_nobody_twice(
    office: Office, mailbox: Mailbox, trusted: Path, step: str
) -> None:
    given = {**variables(office, mailbox, READERS), "SSL_CERT_FILE": str(trusted)}
    process = start(office, given, "--release-at", RELEASE)

    def seen(at: str, recipient: str) -> None:
        if (at, recipient) == (step, READERS[2]) and process.poll() is None:
            process.send_signal(signal.SIGKILL)
            process.wait()

    mailbox.seen = seen
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    code, output, _ = run(office, given | {"COLUMNS": "300"})
    assert code == 1
    assert "Letters: 5 sent, 1 unknown" in output
    assert "the process ended while the letter was handed over" in " ".join(output.split())
    assert max(Counter(mailbox.recipients).values()) == 1


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "sigterm"])
def test_an_interruption_between_letters_is_one_sentence_and_the_next_run_goes_on(
    office: Office, mailbox: Mailbox, trusted: Path, by: signal.Signals
) -> None:
    given = {**variables(office, mailbox, READERS), "SSL_CERT_FILE": str(trusted)}
    process = start(office, given, "--release-at", RELEASE)

    def seen(at: str, recipient: str) -> None:
        if (at, recipient) == ("before", READERS[2]) and process.poll() is None:
            process.send_signal(by)
            process.wait()

    mailbox.seen = seen
    _, messages = process.communicate()
    assert process.returncode == 130, messages
    assert messages.strip() == (
        "countylines: interrupted; readers have a whole edition, and the next countylines deliver goes on where this one ended."
    )
    run(office, given)
    assert set(mailbox.recipients) | {READERS[2]} == set(READERS)
    assert max(Counter(mailbox.recipients).values()) == 1
