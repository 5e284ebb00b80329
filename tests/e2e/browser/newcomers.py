"""People who have nothing but the command and a browser: an empty folder, a node, the page."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect

from tests.e2e.browser.chromium import WAIT_MS, tab
from tests.e2e.household import LOOPBACK, PAGE, PASSPHRASE, eventually

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from playwright.sync_api import Browser, Locator, Page, Request, Response

COMMAND_S = 90
ARRIVES_MS = 30_000
"""From one node to another and into an open page, on a busy machine."""


@dataclass
class Newcomer:
    """Somebody with a node of their own, in front of its page."""

    folder: Path
    page: Page
    address: str
    scripts: bool
    complaints: list[str]

    def open(self, path: str) -> None:
        """A page."""
        self.page.goto(self.address + path)

    def becomes(self, name: str, role: str) -> None:
        """The whole first run, from the first page to the market."""
        page = self.page
        page.get_by_label("Name", exact=True).fill(name)
        for label in ("Passphrase", "The same again"):
            page.get_by_label(label, exact=True).fill(PASSPHRASE)
        page.get_by_role("checkbox", name=role).check()
        page.get_by_role("button", name="Next: your 24 words").click()
        page.get_by_role("button", name="I have written them down").wait_for()
        words = page.locator(".words b").all_inner_texts()
        assert len(words) == 24
        page.get_by_role("button", name="I have written them down").click()
        page.get_by_role("button", name="Open the market").wait_for()
        for field in page.locator("input[name^='word-']").all():
            field.fill(words[int((field.get_attribute("name") or "").removeprefix("word-")) - 1])
        page.get_by_role("button", name="Open the market").click()
        expect(page.locator(".notice")).to_contain_text("Welcome to the market", timeout=WAIT_MS)

    def signs(self, button: str = "Sign it", *, shown: str = "") -> str:
        """From a filled form to what will be signed, and the signature; the text that was shown for it."""
        self.page.get_by_role("button", name="Preview what you sign").click()
        exact = self.page.locator("pre.signed").text_content() or ""
        assert self.page.locator(".exact").is_visible()
        assert shown in exact, exact
        self.page.get_by_role("button", name=button).click()
        expect(self.page.locator(".notice.good")).to_be_visible(timeout=WAIT_MS)
        return exact

    def sees(self, found: Locator) -> Locator:
        """Something that comes from elsewhere: by itself into an open page, without scripts when it is loaded again."""
        if self.scripts:
            expect(found.first).to_be_visible(timeout=ARRIVES_MS)
        else:
            assert eventually(lambda: self._now(found), ARRIVES_MS / 1000), f"{found} never came"
        return found.first

    def _now(self, found: Locator) -> bool:
        if found.first.is_visible():
            return True
        self.page.reload()
        return found.first.is_visible()

    def _heard(self, answer: Response) -> None:
        if answer.status >= 400:
            self.complaints.append(f"{answer.status} {answer.url}")

    def _failed(self, request: Request) -> None:
        if request.resource_type != "eventsource" and "ERR_ABORTED" not in (request.failure or ""):
            self.complaints.append(f"{request.url}: {request.failure}")

    def listen(self) -> None:
        """To every answer that is none."""
        self.page.on("response", self._heard)
        self.page.on("requestfailed", self._failed)


def command(folder: Path, *words: str) -> Any:
    """`freehold` as it is typed, for a folder; what it prints as JSON."""
    done = subprocess.run(
        [sys.executable, "-P", "-m", "freehold.cli.main", *words, "--folder", str(folder), "--json"],
        env={**os.environ, "BROWSER": "true"}, capture_output=True, text=True, timeout=COMMAND_S, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.partition("\n}")[0] + "\n}")


@contextmanager
def newcomer(browser: Browser, folder: Path, *more: str, scripts: bool = True) -> Generator[Newcomer]:
    """Somebody whose folder is empty, from `freehold up --open` to the first page; the node is stopped afterwards."""
    try:
        command(folder, "up", "--open", "--network", "test-story", "--listen", LOOPBACK, "--page-listen", PAGE, *more)
        with tab(browser, java_script_enabled=scripts) as found:
            url = command(folder, "open", "--print")["url"]
            someone = Newcomer(folder, found.page, url.partition("/login")[0], scripts, found.complaints)
            someone.listen()
            found.page.goto(url)
            yield someone
    finally:
        if folder.exists():
            command(folder, "down")
