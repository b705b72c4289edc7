"""One browser for a test process, and pages opened in it from disk."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

_FLAGS = ("--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync")


def chromium(playwright: Playwright) -> Browser | None:
    """The installed Chromium, headless; None where there is none."""
    installed = shutil.which("chromium") or shutil.which("google-chrome")
    # Chromium does not start as root with its sandbox; the pages are the project's own.
    return installed and playwright.chromium.launch(
        executable_path=installed, args=list(_FLAGS), chromium_sandbox=False
    )


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The installed Chromium for all tests of a process."""
    with sync_playwright() as playwright:
        opened = chromium(playwright)
        if opened is None:
            pytest.skip("chromium is not installed: the pages cannot be looked at in a browser")
        yield opened
        opened.close()
