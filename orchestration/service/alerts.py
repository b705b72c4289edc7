"""Alerts: what somebody must know, written to the log and, where addresses are configured, sent by e-mail and to a web hook.

Addresses and secrets come from the environment only (`orchestration.store.environment`), the mail server's being those of letters, and no secret
is ever part of a message.
"""

import logging
import os
import smtplib
import socket
import ssl
from collections.abc import Mapping
from email.message import EmailMessage
from typing import Final
from urllib.parse import urlsplit

from orchestration.delivery.settings import mail_server
from orchestration.delivery.smtp import MailServer
from orchestration.store.log import log, log_as
from reports.delivery.subscribers import is_address
from transforms.errors import CountyLinesError

# Every alert, and what it says in one line. docs/runbook.md has a section for each.
ALERTS: Final = {
    "run_failed": "A run failed and will not be tried again",
    "check_failed": "A check that blocks failed: what depends on the table was not made",
    "check_warned": "A check that warns has begun to fail, or fails for more rows",
    "source_overdue": "A release month has passed without a new edition",
    "publisher_unreachable": "A publisher has not answered for several looks in a row",
    "source_not_loaded": "A source has its first edition and the code location must be loaded again",
}
_SECONDS: Final = 20
_LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")


def alert(name: str, message: str, **fields: object) -> None:
    """Write an alert to the log and send it where the environment says.

    Raises CountyLinesError when it could not be sent somewhere: the log has it in any case, and Dagster shows the tick as failed.
    """
    log_as()
    environment = os.environ
    log("alert", logging.ERROR, alert=name, message=message, **fields)
    failures = []
    for needed, send in (("COUNTYLINES_ALERT_TO", _mail), ("COUNTYLINES_ALERT_WEBHOOK", _post)):
        if environment.get(needed):
            try:
                send(name, message, environment)
            except (OSError, smtplib.SMTPException, CountyLinesError) as error:
                failures.append(f"{needed}: {error}")
    if failures:
        reasons = "; ".join(failures)
        log("alert not sent", logging.ERROR, alert=name, message=reasons)
        raise CountyLinesError(f"The alert {name} could not be sent ({reasons}); it is in the log.")


def refuse_wrong_alerts(environment: Mapping[str, str] = os.environ) -> None:
    """Raise CountyLinesError for settings by which no alert could be sent: said when a server starts, and not when the first alert is due."""
    if recipients := environment.get("COUNTYLINES_ALERT_TO"):
        mail_server(environment)
        if wrong := [each for each in recipients.split(",") if not is_address(each.strip())]:
            raise CountyLinesError(
                f"COUNTYLINES_ALERT_TO has {len(wrong)} parts that are no plain e-mail address; separate addresses by commas."
            )
        sender = environment.get("COUNTYLINES_ALERT_FROM")
        if sender and not is_address(sender):
            raise CountyLinesError("COUNTYLINES_ALERT_FROM is not one plain e-mail address.")
    hook = environment.get("COUNTYLINES_ALERT_WEBHOOK")
    if hook and urlsplit(hook).scheme not in {"http", "https"}:
        raise CountyLinesError("COUNTYLINES_ALERT_WEBHOOK must be an address that begins with https:// or http://.")


def _mail(name: str, message: str, environment: Mapping[str, str]) -> None:
    server = mail_server(environment)
    mail = EmailMessage()
    mail["Subject"] = f"countylines: {ALERTS[name]}"
    mail["From"] = environment.get("COUNTYLINES_ALERT_FROM") or f"countylines@{socket.gethostname()}"
    mail["To"] = environment["COUNTYLINES_ALERT_TO"]
    mail.set_content(f"{message}\n\nWhat to do: docs/runbook.md, section {name}\n")
    with _connected(server) as connection:
        if server.user:
            connection.login(server.user, server.password)
        connection.send_message(mail)


def _connected(server: MailServer) -> smtplib.SMTP:
    """Connected by TLS; without it only to a server on this machine, where nothing crosses a wire."""
    trusted = ssl.create_default_context()
    if server.implicit_tls:
        return smtplib.SMTP_SSL(server.host, server.port, timeout=_SECONDS, context=trusted)
    connection = smtplib.SMTP(server.host, server.port, timeout=_SECONDS)
    if server.host not in _LOOPBACK:
        connection.starttls(context=trusted)
    return connection


def _post(name: str, message: str, environment: Mapping[str, str]) -> None:
    import httpx

    body = {"alert": name, "subject": ALERTS[name], "message": message, "runbook": f"docs/runbook.md#{name}"}
    try:
        httpx.post(environment["COUNTYLINES_ALERT_WEBHOOK"], json=body, timeout=_SECONDS).raise_for_status()
    except httpx.HTTPStatusError as error:
        # Its own words hold the address, which may be a secret.
        raise CountyLinesError(f"the web hook answered {error.response.status_code}") from None
    except httpx.HTTPError as error:
        raise CountyLinesError(f"the web hook could not be reached ({type(error).__name__})") from None
