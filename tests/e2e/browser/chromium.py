"""Debian's Chromium, told by playwright. Where it is missing, the tests say so and are skipped; .ci/run wants it."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Generator

    from playwright.sync_api import Browser, ConsoleMessage, Page, Playwright

PATH = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run", "--font-render-hinting=none",
)  # fmt: skip
DESKTOP, PHONE = (1280, 800), (375, 812)
WAIT_MS = 15_000


@contextmanager
def chromium(*flags: str) -> Generator[Browser]:
    """A browser, for a program of its own; `flags` are its own."""
    with sync_playwright() as playwright, launched(playwright, *flags) as browser:
        yield browser


@contextmanager
def launched(playwright: Playwright, *flags: str) -> Generator[Browser]:
    """A browser of a playwright that runs already: there can be one only in a process."""
    if PATH is None:
        pytest.skip("chromium is missing: apt install chromium")
    browser = playwright.chromium.launch(executable_path=PATH, args=[*FLAGS, *flags])
    yield browser
    browser.close()


@dataclass
class Tab:
    """A tab, and what its page complained about."""

    page: Page
    complaints: list[str] = field(default_factory=list[str])

    def __post_init__(self) -> None:
        self.page.set_default_timeout(WAIT_MS)
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _heard(self, said: ConsoleMessage) -> None:
        if said.type != "log":
            self.complaints.append(said.text)


@contextmanager
def tab(browser: Browser, size: tuple[int, int] = DESKTOP, **context: Any) -> Generator[Tab]:
    """A tab of a browser that knows nothing yet."""
    usual: dict[str, Any] = {"locale": "en-GB", "timezone_id": "UTC"}
    found = browser.new_context(viewport={"width": size[0], "height": size[1]}, **{**usual, **context})
    yield Tab(found.new_page())
    found.close()
