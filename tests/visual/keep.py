"""Keep how the reports of a build look: `uv run python -m tests.visual.keep data/build`, when a change of looks is meant."""

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser import chromium
from tests.visual import pictures


def main(build: Path) -> None:
    """Write the references again from the published reports of a build."""
    reports = build.resolve() / "reports"
    with sync_playwright() as playwright:
        browser = chromium(playwright)
        if browser is None:
            sys.exit("Chromium is not installed: the pages cannot be looked at.")
        for slug in pictures.REPORTS:
            pictures.keep(pictures.pdf_picture(reports / f"{slug}.pdf"), pictures.REFERENCES / f"{slug}-pdf.png")
            shown = pictures.html_picture(browser, reports / f"{slug}.html")
            pictures.keep(shown, pictures.REFERENCES / f"{slug}-html.png")
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
