"""A real browser for the tests of pages: headless Chromium, driven by Playwright; `conftest` hands its fixtures out."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager

import pytest

from support.paths import ROOT

FIND = ROOT / ".ci" / "browser"
SERIOUS = {"serious", "critical"}
WITHOUT_FORMULAS = {"exclude": ["math > *"]}  # thousands of letters on one page, as dark as the text about them


@contextmanager
def running():
    """A headless Chromium; RuntimeError with advice on a machine that has none."""
    from playwright.sync_api import sync_playwright

    found = subprocess.run(["sh", str(FIND), sys.executable], capture_output=True, text=True)
    if found.returncode:
        raise RuntimeError(found.stderr)
    sandbox = hasattr(os, "getuid") and os.getuid() != 0  # Chromium has none for root
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found.stdout.strip(), chromium_sandbox=sandbox)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def browser():
    """One Chromium for all tests of a process. A machine without one is a failure that says what helps."""
    with running() as chromium:
        yield chromium


@pytest.fixture
def page(browser):
    """An empty page of a desktop's width; see `complaints`."""
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    context.set_default_timeout(5000)  # what a test waits for is there at once, or never
    opened = watched(context.new_page())
    yield opened
    context.close()


def watched(page):
    """A page that keeps what went wrong on it, for `complaints`."""
    page.complaints = []
    page.on("console", lambda said: page.complaints.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.on("request", lambda asked: None if asked.url.startswith(("file:", "data:")) else page.complaints.append(asked.url))
    return page


def complaints(page) -> list[str]:
    """Errors and warnings of its console, and requests that left the machine."""
    return page.complaints


def serious_findings(page) -> list[str]:
    """What axe-core finds serious or critical on a page: rule, what it asks, and where."""
    from axe_playwright_python.sync_playwright import Axe

    return [
        f"{found['id']}: {found['help']} ({', '.join(str(node['target']) for node in found['nodes'])})"
        for found in Axe().run(page, context=WITHOUT_FORMULAS).response["violations"]
        if found["impact"] in SERIOUS
    ]
