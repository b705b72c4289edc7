"""The one browser of a test process, and how it is started; the fixture stands in the conftest of all tests, since a process can hold only one."""

import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright

_FLAGS = ("--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync")


def chromium(playwright: "Playwright") -> "Browser | None":
    """The installed Chromium, headless; None where there is none."""
    installed = shutil.which("chromium") or shutil.which("google-chrome")
    # Chromium does not start as root with its sandbox; the pages are the project's own.
    return installed and playwright.chromium.launch(
        executable_path=installed, args=list(_FLAGS), chromium_sandbox=False
    )
