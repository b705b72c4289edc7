"""Mail that comes back is written down: for good, or so that it is sent again. Every notification here is synthetic, in the form of RFC 3464."""

import mailbox as mailboxes
from dataclasses import replace
from pathlib import Path

import pytest

from reports.delivery.letters import letter_id
from reports.delivery.subscribers import Subscriber
from tests.delivery.conftest import Office
from tests.delivery.mail import Mailbox
from transforms.errors import CountyLinesError

READER = "reader@norfolk.example"


def notification(message_id: str, action: str = "failed", status: str = "5.1.1", headers_only: bool = True) -> bytes:
    original = f"Message-ID: {message_id}\nSubject: County lines indicators: Norfolk\n"
    kind = "text/rfc822-headers" if headers_only else "message/rfc822"
    return f"""\
From: MAILER-DAEMON@mail.example
To: statistics@police.example
Subject: Returned mail
Message-ID: <of-the-notification@mail.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="part"

--part
Content-Type: text/plain

Your message could not be delivered.

--part
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example

Final-Recipient: rfc822; {READER}
Action: {action}
Status: {status}

--part
Content-Type: {kind}

{original}
{"" if headers_only else "The letter."}
--part--
""".encode()


@pytest.fixture
def sent(office: Office, mailbox: Mailbox, tmp_path: Path) -> Office:
    office.with_subscribers(mailbox, (READER, ["norfolk"]))
    mailboxes.Maildir(tmp_path / "returned", create=True)
    office.settings = replace(office.settings, bounces=tmp_path / "returned")
    office.deliver()
    return office


def our_id(office: Office, mailbox: Mailbox) -> str:
    message_id = str(mailbox.letter(READER)["Message-ID"])
    assert office.settings.head
    from reports.delivery.editions import Edition

    edition = Edition(office.edition, office.time, ())
    assert message_id == letter_id(edition, Subscriber(READER, "", ("norfolk",)), office.settings.head)
    return message_id


def returned(office: Office, content: bytes) -> None:
    assert office.settings.bounces
    mailboxes.Maildir(office.settings.bounces).add(content)


@pytest.mark.parametrize("headers_only", [True, False])
def test_a_letter_that_came_back_for_good_is_reported_and_not_sent_again(
    sent: Office, mailbox: Mailbox, headers_only: bool
) -> None:
    returned(sent, notification(our_id(sent, mailbox), headers_only=headers_only))
    done = sent.deliver()
    assert (done.bounced, done.is_whole) == (1, False)
    assert (done.letters[0].state, done.letters[0].reply) == ("bounced", "returned with status 5.1.1")
    assert sent.deliver().bounced == 0
    assert len(mailbox.taken) == 1


def test_a_letter_that_came_back_for_now_is_sent_again_within_the_limit(sent: Office, mailbox: Mailbox) -> None:
    message_id = our_id(sent, mailbox)
    for count in range(2, sent.settings.attempts + 3):
        returned(sent, notification(message_id, status="4.4.7"))
        sent.deliver()
        assert len(mailbox.taken) == min(count, sent.settings.attempts)
    assert sent.deliver().letters[0].state == "deferred"


@pytest.mark.parametrize(
    "content",
    [
        notification("<of-somebody-else@mail.example>"),
        notification("<id>", action="delayed"),
        b"Subject: Out of office\n\nBack on Monday.\n",
        b"\xff\xfe\x00 not mail at all",
        b"",
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=x\n\n--x\nContent-Type: message/delivery-status\n\nAction: failed\n--x--",
    ],
)
def test_other_mail_changes_nothing(sent: Office, mailbox: Mailbox, content: bytes) -> None:
    returned(sent, content.replace(b"<id>", our_id(sent, mailbox).encode()))
    done = sent.deliver()
    assert (done.bounced, done.is_whole) == (0, True)


def test_a_folder_that_is_no_maildir_is_refused(sent: Office, tmp_path: Path) -> None:
    sent.settings = replace(sent.settings, bounces=tmp_path)
    with pytest.raises(CountyLinesError, match="is no Maildir folder"):
        sent.deliver()
