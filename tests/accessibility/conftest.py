"""One browser for a test process, and pages opened in it from disk."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

_FLAGS = ("--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The installed Chromium, headless."""
    installed = shutil.which("chromium") or shutil.which("google-chrome")
    if installed is None:
        pytest.skip("chromium is not installed: the pages cannot be looked at in a browser")
    with sync_playwright() as playwright:
        # Chromium does not start as root with its sandbox; the pages are the project's own.
        chromium = playwright.chromium.launch(executable_path=installed, args=list(_FLAGS), chromium_sandbox=False)
        yield chromium
        chromium.close()
