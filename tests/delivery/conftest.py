"""A small synthetic edition, a place to deliver it to, a mail server, and a clock that a test sets."""

import json
import ssl
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme

from orchestration.delivery.deliver import Delivered, deliver
from orchestration.delivery.mailing import Outside
from orchestration.delivery.settings import Settings
from orchestration.delivery.smtp import MailServer
from orchestration.delivery.targets import MARKER
from orchestration.store.hashes import hash_files
from orchestration.store.paths import Paths
from reports.delivery.letters import Letterhead
from tests.delivery.mail import PASSWORD, USER, Mailbox, mail_server
from transforms.errors import CountyLinesError

ADDRESS = "https://statistics.example/county-lines"
SLUGS = {"england-and-wales": "England and Wales", "norfolk": "Norfolk", "suffolk": "Suffolk"}
NOON = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)


def texts(slug: str, title: str, word: str = "recorded") -> bytes:
    message = f"Police in {title} {word} a synthetic number – “7” – of drug offences: 2.2 per 1,000 residents."
    described = {
        "slug": slug,
        "title": f"County lines indicators: {title}",
        "period": "2024",
        "key_messages": [message],
    }
    return json.dumps(described | {"sections": []}, ensure_ascii=False).encode()


def publish_locally(build: Path, word: str = "recorded", more: int = 3) -> str:
    """A finished edition as a build leaves it, and the link to it; returns its id."""
    files = {"index.html": b"<p>synthetic index</p>", "data/indicators.csv": b"a,b\n1,2\n"}
    for slug, title in SLUGS.items():
        files[f"{slug}.html"] = f"<p>{title} {word}</p>".encode()
        files[f"{slug}.pdf"] = b"%PDF-1.7 synthetic " + slug.encode() * 100
        files[f"texts/{slug}.json"] = texts(slug, title, word)
    files |= {f"evidence/{number}.html": b"<p>synthetic</p>" * number for number in range(more)}
    half = build / "editions" / "half"
    for name, content in files.items():
        (half / name).parent.mkdir(parents=True, exist_ok=True)
        (half / name).write_bytes(content)
    content_hash = hash_files([half / name for name in files], half)[:12]
    edition = half.rename(half.with_name(f"0123456789ab-{content_hash}"))
    (build / "reports").unlink(missing_ok=True)
    (build / "reports").symlink_to(edition.relative_to(build))
    return edition.name


def subscriber_list(*entries: tuple[str, list[str]]) -> str:
    return "\n".join(
        f'[[subscriber]]\naddress = "{address}"\nareas = {json.dumps(areas)}' for address, areas in entries
    )


def find_report(area: str) -> str:
    if area.lower() not in SLUGS:
        raise CountyLinesError(f"No area is called {area!r}.")
    return area.lower()


@dataclass
class Office:
    """Everything that delivers: folders, settings, the time, and what was waited for."""

    paths: Paths
    settings: Settings
    edition: str
    public: Path
    time: datetime = NOON
    waited: list[float] = field(default_factory=list)

    def deliver(self, **options: object) -> Delivered:
        def wait(seconds: float) -> None:
            self.waited.append(seconds)
            self.time += timedelta(seconds=seconds)

        outside = Outside(lambda: self.time, wait)
        return deliver(self.paths, self.settings, find_report, outside, **options)  # type: ignore[arg-type]

    def states(self) -> dict[str, str]:
        return {letter.address: letter.state for letter in self.deliver(dry_run=True).letters}

    def shown(self) -> dict[str, bytes]:
        """Everything that a reader of the public folder could see, by its path; the marker, which no page leads to, is none of it."""
        return {
            str(path.relative_to(self.public)): path.read_bytes()
            for path in self.public.rglob("*")
            if path.is_file() and path.name != MARKER
        }

    def with_subscribers(self, mailbox: Mailbox, *entries: tuple[str, list[str]], implicit: bool = False) -> "Office":
        listed = self.paths.build.parent / "subscribers.toml"
        listed.write_text(subscriber_list(*entries), encoding="utf-8")
        self.settings = replace(
            self.settings,
            subscribers=listed,
            head=Letterhead("statistics@police.example", "mailto:statistics@police.example", ADDRESS, 5_000_000),
            server=MailServer("127.0.0.1", mailbox.port, implicit, USER, PASSWORD),
            waits=(60, 300),
            attempts=4,
        )
        return self


def variables(office: Office, mailbox: Mailbox, readers: Sequence[str]) -> dict[str, str]:
    """The environment of a delivery by mail to readers who all follow Norfolk."""
    listed = office.paths.build.parent / "subscribers.toml"
    listed.write_text(subscriber_list(*((reader, ["Norfolk"]) for reader in readers)), encoding="utf-8")
    return {
        "COUNTYLINES_DELIVER_TO": str(office.public),
        "COUNTYLINES_ADDRESS": ADDRESS,
        "COUNTYLINES_SUBSCRIBERS": str(listed),
        "COUNTYLINES_MAIL_FROM": "statistics@police.example",
        "COUNTYLINES_SMTP_HOST": "127.0.0.1",
        "COUNTYLINES_SMTP_PORT": str(mailbox.port),
        "COUNTYLINES_SMTP_USER": USER,
        "COUNTYLINES_SMTP_PASSWORD": PASSWORD,
    }


@pytest.fixture
def office(tmp_path: Path, data: Path) -> Office:
    build, public = tmp_path / "build", tmp_path / "public"
    edition = publish_locally(build)
    return Office(Paths(data=data, build=build), Settings(str(public), ADDRESS), edition, public)


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="session")
def certificate(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


@pytest.fixture
def trusted(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(path))
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    return path


@pytest.fixture
def mailbox(certificate: ssl.SSLContext, trusted: Path) -> Iterator[Mailbox]:
    with mail_server(certificate) as running:
        yield running
