"""Every setting that the environment may give: the one table of their names, which the documents are made from.

A name that is misspelt would be a setting that nobody reads: an embargo that does not hold, a password that is missing. So a name that is not
in the table is refused, with the nearest that is. Standard library only: the command line needs it before anything else.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from transforms.errors import CountyLinesError

_PREFIX: Final = "COUNTYLINES_"


@dataclass(frozen=True)
class Setting:
    """One setting: its name, for whom it is (a heading of docs/settings.md), what it says, what holds without it, and the form that it must have.

    ``form`` is a regular expression, and stands here only where whoever reads the setting does not check it; ``such_as`` shows a right value.
    """

    name: str
    of: str
    says: str
    otherwise: str = ""
    form: str = ""
    such_as: str = ""


BUILD: Final = "Builds"
DELIVERY: Final = "Delivery"
MAIL: Final = "Mail"
SERVER: Final = "A server"
TESTS: Final = "Tests and drills"

SETTINGS: Final = (
    Setting("COUNTYLINES_DATA", BUILD, "The folder of what people write: registers, cells, layouts", "`data`"),
    Setting("COUNTYLINES_BUILD", BUILD, "The build folder", "`data/build`"),
    Setting(
        "COUNTYLINES_LANDING", BUILD, "Where publishers' originals are: a folder, or `s3://bucket/folder`", "nowhere"
    ),
    Setting("COUNTYLINES_RECORDS", BUILD, "Where single records are kept: a folder or a store", "in the build folder"),
    Setting(
        "COUNTYLINES_AS_OF",
        BUILD,
        "Only what had been published by this day; the build goes to a folder of its own",
        "all that is held",
    ),
    Setting("COUNTYLINES_CONTACT", BUILD, "Whom readers may ask, as PDFs print it", "nobody is named"),
    Setting("COUNTYLINES_PROCESSES", BUILD, "How many local processes take in single records", "1"),
    Setting("COUNTYLINES_HISTORY_DAYS", BUILD, "How many days the run history is kept", "90"),
    Setting(
        "COUNTYLINES_LOG_FORMAT",
        BUILD,
        "Log lines on standard error: `json`, or `none`; `--log-format` stands before it",
        "`none`",
        "json|none",
        "json",
    ),
    Setting(
        "COUNTYLINES_DELIVER_TO",
        DELIVERY,
        "A folder or `s3://bucket/prefix`; `--to` stands before it",
        "a delivery is refused",
    ),
    Setting(
        "COUNTYLINES_DELIVER_ON",
        DELIVERY,
        "When the daemon of a server delivers by itself: a cron expression, read in London",
        "never",
    ),
    Setting(
        "COUNTYLINES_RELEASE_AT",
        DELIVERY,
        "The time before which nothing leaves, whatever edition it is; `--release-at` stands before it",
        "the time noted for the edition, else now",
    ),
    Setting(
        "COUNTYLINES_ADDRESS",
        DELIVERY,
        "The address at which readers find what is delivered: stands in feed, list, letters and PDFs",
        "a delivery is refused",
    ),
    Setting("COUNTYLINES_SUBSCRIBERS", DELIVERY, "The list of subscribers, a TOML file", "nobody is written to"),
    Setting("COUNTYLINES_BOUNCES", DELIVERY, "A Maildir folder in which returned mail arrives", "none is looked at"),
    Setting("COUNTYLINES_MAIL_FROM", MAIL, "The sender's address of letters", "letters are refused"),
    Setting(
        "COUNTYLINES_MAIL_UNSUBSCRIBE",
        MAIL,
        "`mailto:` or `https:` address for those who want no more letters",
        "a letter to the sender",
    ),
    Setting(
        "COUNTYLINES_MAIL_ATTACH_BYTES",
        MAIL,
        "PDFs are attached up to so many bytes a letter, in the subscriber's order, and linked beyond",
        "5000000",
    ),
    Setting("COUNTYLINES_SMTP_HOST", MAIL, "The mail server, of letters and of alerts", "mail is refused"),
    Setting("COUNTYLINES_SMTP_PORT", MAIL, "Its port", "587"),
    Setting("COUNTYLINES_SMTP_USER", MAIL, "The user of the login", "no login is tried"),
    Setting("COUNTYLINES_SMTP_PASSWORD", MAIL, "The password of that user", "a login is refused"),
    Setting("COUNTYLINES_SMTP_TLS", MAIL, "`starttls` or `implicit`", "`implicit` on port 465, else `starttls`"),
    Setting(
        "COUNTYLINES_ALERT_TO",
        SERVER,
        "E-mail addresses for alerts, separated by commas",
        "alerts go to nobody by mail",
    ),
    Setting("COUNTYLINES_ALERT_FROM", SERVER, "The sender's address of alerts", "`countylines@` and the host's name"),
    Setting("COUNTYLINES_ALERT_WEBHOOK", SERVER, "An address that takes alerts as JSON by POST", "none is called"),
    *(
        Setting(f"COUNTYLINES_POSTGRES_{part}", SERVER, f"PostgreSQL's {what}, where the run history is kept there")
        for part, what in (("HOST", "host"), ("USER", "user"), ("PASSWORD", "password"), ("DATABASE", "database"))
    ),
    Setting(
        "COUNTYLINES_POSTGRES_PORT",
        SERVER,
        "PostgreSQL's port, where the run history is kept there",
        "",
        r"\d+",
        "5432",
    ),
    Setting(
        "COUNTYLINES_DRILL_POINTS", TESTS, "How many places a drill kills a build or delivery at", "12", r"\d+", "100"
    ),
    Setting("COUNTYLINES_DRILL_SEED", TESTS, "Chooses the places at which builds are killed", "", r"\d+", "1"),
    Setting(
        "COUNTYLINES_DRILL_POSTGRESQL",
        TESTS,
        "Carries out the drill of the server with PostgreSQL",
        "it is skipped",
        "1",
        "1",
    ),
    Setting(
        "COUNTYLINES_TEST_NETWORK_NOTES",
        TESTS,
        "Where the guard of the tests writes down what a process asked the network for",
        "set by the tests themselves",
    ),
)
_KNOWN: Final = {setting.name: setting for setting in SETTINGS}


def refuse_unknown_settings(environment: Mapping[str, str] = os.environ) -> None:
    """Raise CountyLinesError for a setting that is not in the table, with the nearest that is, and for one that has not its form.

    The value is not printed: a misspelt name may hold a password. An empty value is as good as none.
    """
    for name in sorted(name for name in environment if name.upper().startswith(_PREFIX)):
        if name not in _KNOWN:
            near = get_close_matches(name.upper(), _KNOWN, 1, 0)[0]
            raise CountyLinesError(
                f"There is no setting {_shown(name)}; the nearest is {near}. docs/settings.md lists all of them: correct the name, or take it away."
            )
        setting = _KNOWN[name]
        if setting.form and environment[name] and not re.fullmatch(setting.form, environment[name]):
            raise CountyLinesError(f"{name} cannot be read; write it as {setting.such_as}.")


def _shown(name: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in name)
