"""Alerts: what somebody must know, written to the log and, where addresses are configured, sent by e-mail and to a web hook.

Addresses and secrets come from the environment only, and no secret is ever part of a message:

    COUNTYLINES_ALERT_TO        e-mail addresses, separated by commas
    COUNTYLINES_ALERT_FROM      the sender; countylines@<this host> unless given
    COUNTYLINES_SMTP_HOST       the mail server, with COUNTYLINES_SMTP_PORT (587), COUNTYLINES_SMTP_USER and COUNTYLINES_SMTP_PASSWORD
    COUNTYLINES_ALERT_WEBHOOK   an address that takes JSON by POST: alert, subject, message, runbook
"""

import logging
import os
import smtplib
import socket
import ssl
from collections.abc import Mapping
from email.message import EmailMessage
from typing import Final

from orchestration.store.log import log, log_as
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


def _mail(name: str, message: str, environment: Mapping[str, str]) -> None:
    host = environment.get("COUNTYLINES_SMTP_HOST", "localhost")
    mail = EmailMessage()
    mail["Subject"] = f"countylines: {ALERTS[name]}"
    mail["From"] = environment.get("COUNTYLINES_ALERT_FROM", f"countylines@{socket.gethostname()}")
    mail["To"] = environment["COUNTYLINES_ALERT_TO"]
    mail.set_content(f"{message}\n\nWhat to do: docs/runbook.md, section {name}\n")
    with smtplib.SMTP(host, int(environment.get("COUNTYLINES_SMTP_PORT", "587")), timeout=_SECONDS) as server:
        # Without TLS only to a server on this machine: nothing of it crosses a wire.
        if host not in _LOOPBACK:
            server.starttls(context=ssl.create_default_context())
        if user := environment.get("COUNTYLINES_SMTP_USER"):
            server.login(user, environment["COUNTYLINES_SMTP_PASSWORD"])
        server.send_message(mail)


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
