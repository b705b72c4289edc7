"""Letters and the list of subscribers: the same bytes each time, and no name that adds a header. Every address is synthetic."""

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.delivery.editions import Edition
from reports.delivery.letters import Letterhead, letter, letter_bytes, letter_id
from reports.delivery.subscribers import Subscriber, read_subscribers
from reports.wording_rules import lint
from tests.full_build import ROOT
from transforms.errors import CountyLinesError

EDITION = Edition("0123456789ab-0123456789ab", datetime(2026, 11, 26, 9, 30, tzinfo=UTC), ("A message.",))
HEAD = Letterhead(
    "statistics@police.example", "mailto:statistics@police.example?subject=unsubscribe", "https://s.example", 100
)
READER = Subscriber("reader@norfolk.example", "Alex Reader", ("norfolk",))
HEADERS = [
    *("Subject", "From", "To", "Date", "Message-ID", "List-Unsubscribe", "Auto-Submitted"),
    *("MIME-Version", "Content-Type"),
]


def texts(title: str = "Norfolk", *messages: str) -> dict[str, Any]:
    return {
        "title": f"County lines indicators: {title}",
        "period": "2024",
        "key_messages": list(messages or ("Norfolk Constabulary recorded 2,045 drug offences – a synthetic figure.",)),
    }


def made(title: str = "Norfolk", *messages: str, subscriber: Subscriber = READER, size: int = 50) -> bytes:
    slug = subscriber.reports[0]
    return letter_bytes(letter(EDITION, subscriber, {slug: texts(title, *messages)}, {slug: b"%" * size}, HEAD))


def test_the_same_letter_is_the_same_bytes() -> None:
    assert made() == made()
    content = made()
    assert max(map(len, content.split(b"\r\n"))) <= 78
    assert content.isascii()


def test_the_message_id_is_that_of_subscriber_and_edition() -> None:
    ids = {
        letter_id(edition, subscriber, HEAD)
        for edition in (EDITION, replace(EDITION, id="another"))
        for subscriber in (READER, replace(READER, address="other@norfolk.example"))
    }
    assert len(ids) == 4
    assert letter_id(EDITION, replace(READER, address=READER.address.upper(), name=""), HEAD) in ids


hostile = st.text(alphabet=st.sampled_from("\r\n\t\0\x85\u2028\u202e Bcc:<>@é,;\"'&{}%"), max_size=40)


@pytest.mark.full
@settings(deadline=None)  # the first letter reads the templates
@given(title=hostile, message=hostile, name=hostile.filter(str.isprintable))
def test_no_text_adds_a_header_a_part_or_markup(title: str, message: str, name: str) -> None:
    content = made(
        f"x{title}Bcc: all@everywhere.example\r\n\r\nbody", f"<script>{message}", subscriber=replace(READER, name=name)
    )
    parsed = message_from_bytes(content, policy=default)
    assert parsed.keys() == HEADERS
    assert [part.get_content_type() for part in parsed.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        *("text/plain", "text/html"),
        "application/pdf",
    ]
    assert [address.addr_spec for address in parsed["To"].addresses] == [READER.address]
    assert "<script" not in parsed.get_body(["html"]).get_content()  # type: ignore[attr-defined]


def test_a_pdf_is_attached_up_to_the_limit_and_linked_beyond() -> None:
    assert b"norfolk.pdf" in made(size=100).partition(b"application/pdf")[2]
    assert b"application/pdf" not in made(size=101)


def test_our_own_words_keep_the_wording_rules() -> None:
    parsed = message_from_bytes(made(), policy=default)
    assert lint(parsed.get_body(["plain"]).get_content()) == []  # type: ignore[attr-defined]


def find(area: str) -> str:
    if area == "Atlantis":
        raise CountyLinesError("No area is called 'Atlantis'.")
    return area.lower()


def test_the_example_list_is_a_list(data: Any) -> None:
    from orchestration.delivery.from_environment import report_finder

    content = (ROOT / "docs" / "deploy" / "subscribers.toml").read_bytes()
    first, second = read_subscribers(content, "subscribers.toml", report_finder(data))
    assert first.reports == ("norfolk", "region-east-of-england", "england-and-wales")
    assert second.reports == ("metropolitan", "merseyside")
    assert {subscriber.address.rpartition(".")[2] for subscriber in (first, second)} == {"example"}
    assert "@" not in repr(first)


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ("subscriber = 1", r"\[\[subscriber\]\] entries"),
        ("[[subscriber]\n", "is not TOML"),
        ('[[subscriber]]\naddress = "a@b.example"\nareas = ["Norfolk"]\nbcc = "x"', "nothing else"),
        ('[[subscriber]]\naddress = "a@b.example"\nareas = []', "at least one name"),
        ('[[subscriber]]\naddress = "a@b.example"\nareas = ["Atlantis"]', "subscriber 1: No area is called"),
        ('[[subscriber]]\naddress = "a@b.example\\r\\nBcc: c@d.example"\nareas = ["Norfolk"]', "not one plain e-mail"),
        ('[[subscriber]]\naddress = "a@b.example, c@d.example"\nareas = ["Norfolk"]', "not one plain e-mail"),
        ('[[subscriber]]\naddress = "Ann <a@b.example>"\nareas = ["Norfolk"]', "not one plain e-mail"),
        ('[[subscriber]]\naddress = "a@b.example"\nname = "A\\nBcc: c@d.example"\nareas = ["Norfolk"]', "one line"),
        ('[[subscriber]]\naddress = "a@b.example"\nareas = ["N"]\n[[subscriber]]\naddress = "A@B.example"\nareas = ["N"]', "listed twice"),
    ],
)  # fmt: skip
def test_a_list_that_is_not_right_is_refused_with_the_entry(toml: str, said: str) -> None:
    with pytest.raises(CountyLinesError, match=said):
        read_subscribers(toml.encode(), "subscribers.toml", find)


@pytest.mark.parametrize(("name", "to"), [("Alex Reader", "Alex Reader"), ("Siân O'Neill", ""), ("", "")])
def test_a_name_stands_in_a_header_only_as_it_is(name: str, to: str) -> None:
    content = made(subscriber=replace(READER, name=name))
    assert b"=?" not in content.partition(b"\r\n\r\n")[0]
    (address,) = message_from_bytes(content, policy=default)["To"].addresses
    assert (address.display_name, address.addr_spec) == (to, "reader@norfolk.example")


def test_a_name_that_a_mail_program_would_read_as_something_else_is_refused() -> None:
    entry = '[[subscriber]]\naddress = "a@norfolk.example"\nareas = ["norfolk"]\nname = "{}"'
    with pytest.raises(CountyLinesError, match=r"subscriber 1: the name has '=\?'"):
        read_subscribers(entry.format("=?utf-8?q?Alex?=").encode(), "list", str)
    assert read_subscribers(entry.format("Alex = Reader?").encode(), "list", str)


def test_a_letter_with_another_header_is_not_sent() -> None:
    message = letter(EDITION, READER, {"norfolk": texts()}, {"norfolk": b"%"}, HEAD)
    message["X-Synthetic"] = "one more"
    with pytest.raises(CountyLinesError, match=r"with the headers Subject, From, .*X-Synthetic, and not"):
        letter_bytes(message)
