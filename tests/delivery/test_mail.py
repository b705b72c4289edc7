"""Letters to subscribers over a real mail server: each at most once, put off, refused or lost as mail is. Every address is synthetic."""

import hashlib
import logging
import sqlite3
import ssl
from dataclasses import replace
from pathlib import Path

import pytest

from orchestration.delivery import ledger as book
from orchestration.delivery.deliver import ledger_path
from orchestration.delivery.settings import settings_from_environment
from orchestration.delivery.smtp import MailServer
from tests.delivery.conftest import ADDRESS, NOON, Office
from tests.delivery.mail import PASSWORD, Mailbox, mail_server
from transforms.errors import CountyLinesError

NORFOLK, SUFFOLK, BOTH = "a@norfolk.example", "b@suffolk.example", "c@both.example"


@pytest.fixture
def subscribed(office: Office, mailbox: Mailbox) -> Office:
    return office.with_subscribers(
        mailbox, (NORFOLK, ["norfolk"]), (SUFFOLK, ["suffolk"]), (BOTH, ["suffolk", "norfolk"])
    )


def test_each_subscriber_gets_the_areas_they_follow_and_nothing_else(subscribed: Office, mailbox: Mailbox) -> None:
    done = subscribed.deliver()
    assert done.is_whole
    assert {letter.state for letter in done.letters} == {"sent"}
    assert sorted(mailbox.recipients) == [NORFOLK, SUFFOLK, BOTH]
    letter = mailbox.letter(NORFOLK)
    assert letter["Subject"] == "County lines indicators: Norfolk"
    assert letter["To"] == NORFOLK
    assert letter["List-Unsubscribe"] == "<mailto:statistics@police.example>"
    text, page = (letter.get_body([kind]).get_content() for kind in ("plain", "html"))  # type: ignore[union-attr]
    for body in (text, page):
        assert "Police in Norfolk recorded a synthetic number – “7” –" in " ".join(body.split())
        assert "Suffolk" not in body
        assert f"{ADDRESS}/editions/{subscribed.edition}/norfolk.html" in body
    [pdf] = letter.iter_attachments()
    assert (pdf.get_filename(), pdf.get_content()) == (
        "norfolk.pdf",
        (subscribed.paths.reports / "norfolk.pdf").read_bytes(),
    )
    assert mailbox.logins == 1, "all letters go over one connection"


def test_a_pdf_that_is_too_large_is_linked(subscribed: Office, mailbox: Mailbox) -> None:
    assert subscribed.settings.head
    size = (subscribed.paths.reports / "suffolk.pdf").stat().st_size
    subscribed.settings = replace(subscribed.settings, head=replace(subscribed.settings.head, attach_bytes=size))
    subscribed.deliver()
    letter = mailbox.letter(BOTH)
    assert [part.get_filename() for part in letter.iter_attachments()] == ["suffolk.pdf"]
    assert f"{ADDRESS}/editions/{subscribed.edition}/norfolk.pdf" in letter.get_body(["plain"]).get_content()  # type: ignore[union-attr]


def test_nobody_gets_a_letter_twice(subscribed: Office, mailbox: Mailbox) -> None:
    for _ in range(3):
        assert subscribed.deliver().is_whole
    assert sorted(mailbox.recipients) == [NORFOLK, SUFFOLK, BOTH]


def test_who_subscribes_later_gets_the_letter_and_the_others_do_not(subscribed: Office, mailbox: Mailbox) -> None:
    subscribed.deliver()
    subscribed.with_subscribers(mailbox, (NORFOLK.upper(), ["norfolk"]), ("new@norfolk.example", ["norfolk"]))
    subscribed.deliver()
    assert mailbox.recipients[3:] == ["new@norfolk.example"]


def test_a_letter_that_is_put_off_is_tried_again_after_each_wait(subscribed: Office, mailbox: Mailbox) -> None:
    mailbox.at_recipient[NORFOLK] = ["450 greylisted", "451 still", "250 OK"]
    mailbox.after_data[SUFFOLK] = ["452 no room", "250 OK"]
    done = subscribed.deliver()
    assert subscribed.waited == [60, 300]
    assert {letter.address: (letter.state, letter.attempts) for letter in done.letters} == {
        NORFOLK: ("sent", 3),
        SUFFOLK: ("sent", 2),
        BOTH: ("sent", 1),
    }
    assert sorted(mailbox.recipients) == [NORFOLK, SUFFOLK, BOTH]


def test_after_so_many_tries_a_letter_is_given_up_and_reported(subscribed: Office, mailbox: Mailbox) -> None:
    asked = []
    mailbox.seen = lambda step, recipient: asked.append(recipient) if step == "recipient" else None
    mailbox.at_recipient[NORFOLK] = ["450 never"]
    for _ in range(4):
        done = subscribed.deliver()
    assert not done.is_whole
    assert asked.count(NORFOLK) == subscribed.settings.attempts
    assert (done.letters[0].state, done.letters[0].attempts, done.letters[0].reply) == ("deferred", 4, "450 never")


def test_a_refused_letter_is_reported_and_not_tried_again(subscribed: Office, mailbox: Mailbox) -> None:
    mailbox.at_recipient[NORFOLK] = ["550 5.1.1 no such user", "250 OK"]
    mailbox.after_data[SUFFOLK] = ["554 5.7.1 looks like an advertisement", "250 OK"]
    done = subscribed.deliver()
    assert not done.is_whole
    assert [(letter.state, letter.reply) for letter in done.letters] == [
        ("refused", "550 5.1.1 no such user"),
        ("refused", "554 5.7.1 looks like an advertisement"),
        ("sent", "250 OK"),
    ]
    subscribed.deliver()
    assert mailbox.recipients == [BOTH]


def test_a_connection_lost_with_the_letter_leaves_it_unknown_until_a_person_decides(
    subscribed: Office, mailbox: Mailbox
) -> None:
    mailbox.after_data[NORFOLK] = ["drop", "250 OK"]
    done = subscribed.deliver()
    assert {letter.address: letter.state for letter in done.letters} == {
        NORFOLK: "unknown",
        SUFFOLK: "sent",
        BOTH: "sent",
    }
    assert not subscribed.deliver().is_whole
    assert sorted(mailbox.recipients) == [NORFOLK, SUFFOLK, BOTH], "it had been taken, and goes out once"
    assert subscribed.deliver(resend_unknown=True).is_whole
    assert mailbox.recipients.count(NORFOLK) == 2, "a person asked for it"


def test_a_process_that_ended_between_intent_and_outcome_leaves_the_letter_unknown(
    subscribed: Office, mailbox: Mailbox
) -> None:
    with book.open_ledger(_made(subscribed)) as ledger:
        book.write_release(ledger, subscribed.edition, NOON)
        book.write_sending(
            ledger, subscribed.edition, book.subscriber_key(ledger, NORFOLK), "<id@police.example>", NOON
        )
    done = subscribed.deliver()
    assert done.letters[0].state == "unknown"
    assert "process ended" in done.letters[0].reply
    assert sorted(mailbox.recipients) == [SUFFOLK, BOTH]


def _made(office: Office) -> Path:
    path = ledger_path(office.paths)
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def test_the_ledger_refuses_to_hand_over_a_letter_again(subscribed: Office) -> None:
    with book.open_ledger(_made(subscribed)) as ledger:
        book.write_release(ledger, "e", NOON)
        book.write_sending(ledger, "e", "s", "<1@x>", NOON)
        for state in ("sending", "sent", "refused", "unknown", "bounced"):
            ledger.execute("update letters set state = ?", (state,))
            with pytest.raises(CountyLinesError, match="not sent twice"):
                book.write_sending(ledger, "e", "s", "<1@x>", NOON)
        ledger.execute("update letters set state = 'deferred'")
        book.write_sending(ledger, "e", "s", "<1@x>", NOON)


def test_no_address_stands_in_the_ledger_and_no_secret_in_any_message(
    subscribed: Office, mailbox: Mailbox, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    subscribed.deliver()
    assert NORFOLK.encode() not in ledger_path(subscribed.paths).read_bytes()
    assert PASSWORD not in caplog.text
    assert PASSWORD not in repr(subscribed.settings)


def test_a_lost_ledger_stops_the_letters(subscribed: Office, mailbox: Mailbox) -> None:
    subscribed.deliver()
    ledger_path(subscribed.paths).unlink()
    with pytest.raises(CountyLinesError, match=r"Restore delivery/ledger\.sqlite"):
        subscribed.deliver()
    assert len(mailbox.taken) == 3


def test_a_ledger_that_is_none_is_refused(subscribed: Office, mailbox: Mailbox) -> None:
    _made(subscribed).write_bytes(b"not a database" * 100)
    with pytest.raises(CountyLinesError, match="is not the ledger of delivery"):
        subscribed.deliver()
    assert mailbox.taken == []


def test_one_delivery_works_at_a_time(subscribed: Office, mailbox: Mailbox) -> None:
    met: list[str] = []

    def second(step: str, recipient: str) -> None:
        if step == "before":
            with pytest.raises(CountyLinesError, match="Another delivery"):
                subscribed.deliver()
            met.append(recipient)

    mailbox.seen = second
    subscribed.deliver()
    assert len(met) == 3


def test_letters_are_handed_in_with_implicit_tls_as_well(
    office: Office, certificate: ssl.SSLContext, trusted: Path
) -> None:
    with mail_server(certificate, implicit=True) as mailbox:
        office.with_subscribers(mailbox, (NORFOLK, ["norfolk"]), implicit=True).deliver()
        assert mailbox.recipients == [NORFOLK]


def test_a_certificate_that_nobody_vouches_for_stops_the_letters(office: Office, certificate: ssl.SSLContext) -> None:
    for implicit in (False, True):
        with mail_server(certificate, implicit=implicit) as mailbox:
            office.with_subscribers(mailbox, (NORFOLK, ["norfolk"]), implicit=implicit)
            with pytest.raises(CountyLinesError, match="cannot be trusted"):
                office.deliver()
            assert (mailbox.taken, mailbox.logins) == ([], 0)
    assert office.states() == {NORFOLK: "planned"}


def test_a_server_without_tls_gets_neither_login_nor_letter(office: Office, certificate: ssl.SSLContext) -> None:
    with mail_server(certificate, starttls=False) as mailbox:
        office.with_subscribers(mailbox, (NORFOLK, ["norfolk"]))
        with pytest.raises(CountyLinesError, match="no STARTTLS"):
            office.deliver()
        assert (mailbox.taken, mailbox.logins) == ([], 0)


def test_a_refused_login_is_told_without_the_password(subscribed: Office, mailbox: Mailbox) -> None:
    assert subscribed.settings.server
    wrong = MailServer("127.0.0.1", mailbox.port, False, "letters", "another secret")
    subscribed.settings = replace(subscribed.settings, server=wrong)
    with pytest.raises(CountyLinesError, match="refused the login") as refused:
        subscribed.deliver()
    assert "another secret" not in str(refused.value)
    assert refused.value.__suppress_context__
    assert mailbox.taken == []


@pytest.mark.full
def test_a_server_that_is_away_loses_nothing(subscribed: Office, mailbox: Mailbox) -> None:
    assert subscribed.settings.server
    right = subscribed.settings
    subscribed.settings = replace(right, server=replace(subscribed.settings.server, port=9))
    with pytest.raises(CountyLinesError, match="connection refused"):
        subscribed.deliver()
    assert (subscribed.public / "current").exists(), "the edition is out"
    subscribed.settings = right
    assert subscribed.deliver().outcome == "published before"
    assert sorted(mailbox.recipients) == [NORFOLK, SUFFOLK, BOTH]


def test_one_wrong_subscriber_stops_everything_before_it_begins(office: Office, mailbox: Mailbox) -> None:
    office.with_subscribers(mailbox, (NORFOLK, ["norfolk"]), (SUFFOLK, ["Atlantis"]))
    with pytest.raises(CountyLinesError, match=r"subscribers\.toml, subscriber 2: No area is called 'Atlantis'"):
        office.deliver()
    assert office.shown() == {}
    assert mailbox.taken == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"COUNTYLINES_ADDRESS": ""}, "COUNTYLINES_ADDRESS is not set"),
        ({"COUNTYLINES_ADDRESS": "statistics.example"}, "https://"),
        ({"COUNTYLINES_MAIL_FROM": "x@y.example\r\nBcc: z@y.example"}, "COUNTYLINES_MAIL_FROM"),
        ({"COUNTYLINES_MAIL_UNSUBSCRIBE": "mailto:a@b.example>\r\nBcc: z"}, "COUNTYLINES_MAIL_UNSUBSCRIBE"),
        ({"COUNTYLINES_SMTP_TLS": "none"}, "must be implicit or starttls"),
        ({"COUNTYLINES_SMTP_PORT": "smtp"}, "COUNTYLINES_SMTP_PORT"),
        ({"COUNTYLINES_SMTP_USER": "letters"}, "COUNTYLINES_SMTP_PASSWORD is not set"),
    ],
)
def test_a_setting_that_is_missing_or_wrong_is_named(change: dict[str, str], said: str) -> None:
    right = {
        "COUNTYLINES_DELIVER_TO": "public",
        "COUNTYLINES_ADDRESS": ADDRESS + "/",
        "COUNTYLINES_SUBSCRIBERS": "subscribers.toml",
        "COUNTYLINES_MAIL_FROM": "statistics@police.example",
        "COUNTYLINES_SMTP_HOST": "mail.police.example",
    }
    settings = settings_from_environment(None, right)
    assert (settings.address, settings.server) == (ADDRESS, MailServer("mail.police.example", 587, False))
    with pytest.raises(CountyLinesError, match=said):
        settings_from_environment(None, right | change)


def test_the_ledger_says_what_happened_in_plain_sql(subscribed: Office) -> None:
    subscribed.deliver()
    with sqlite3.connect(ledger_path(subscribed.paths)) as connection:
        counts = connection.execute("select state, count(*) from letters group by state").fetchall()
    connection.close()
    assert counts == [("sent", 3)]


def test_the_ledger_and_its_key_are_their_owner_s_and_say_nobody_s_address(subscribed: Office) -> None:
    subscribed.deliver()
    ledger = ledger_path(subscribed.paths)
    key = ledger.with_name(book.KEY)
    assert [file.stat().st_mode & 0o777 for file in (ledger, key)] == [0o600, 0o600]
    with sqlite3.connect(ledger) as connection:
        written = {row[0] for row in connection.execute("select subscriber from letters")}
    assert written
    assert hashlib.sha256(NORFOLK.casefold().encode()).hexdigest() not in written


def test_a_ledger_without_its_key_sends_nothing(subscribed: Office, mailbox: Mailbox) -> None:
    subscribed.deliver()
    sent = len(mailbox.taken)
    key = ledger_path(subscribed.paths).with_name(book.KEY)
    content = key.read_bytes()
    for damaged in (None, b"short"):
        key.unlink() if damaged is None else key.write_bytes(damaged)
        with pytest.raises(CountyLinesError, match="the key of the ledger of delivery"):
            subscribed.deliver()
    key.write_bytes(content)
    subscribed.deliver()
    assert len(mailbox.taken) == sent


def test_a_ledger_of_a_version_without_key_goes_on_and_nobody_is_written_to_twice(
    subscribed: Office, mailbox: Mailbox
) -> None:
    subscribed.deliver()
    ledger, sent = ledger_path(subscribed.paths), len(mailbox.taken)
    with book.open_ledger(ledger) as opened:
        plain = {
            book.subscriber_key(opened, address): hashlib.sha256(address.casefold().encode()).hexdigest()
            for address in mailbox.recipients
        }
        for keyed, hashed in plain.items():
            opened.execute("update letters set subscriber = ? where subscriber = ?", (hashed, keyed))
        opened.execute("pragma user_version = 0")
    ledger.with_name(book.KEY).unlink()
    subscribed.deliver()
    assert len(mailbox.taken) == sent
    with sqlite3.connect(ledger) as connection:
        assert not {row[0] for row in connection.execute("select subscriber from letters")} & set(plain.values())


def test_a_ledger_that_another_program_holds_is_one_sentence(subscribed: Office, mailbox: Mailbox) -> None:
    subscribed.deliver()
    sent = len(mailbox.taken)
    with sqlite3.connect(ledger_path(subscribed.paths), isolation_level=None) as other:
        other.execute("begin exclusive")
        with pytest.raises(CountyLinesError, match=r"cannot be used now .*: nothing was sent"):
            subscribed.deliver()
        other.execute("rollback")
    assert len(mailbox.taken) == sent
