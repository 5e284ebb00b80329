"""From an empty folder to a board that can be read, with the command as people type it and a browser beside it."""

import json
import os
import subprocess
import sys

import pytest
from playwright.sync_api import expect

from tests.e2e.browser.chromium import WAIT_MS, tab

pytestmark = pytest.mark.slow
PASSPHRASE = "correct horse battery"
COMMAND_S = 60


@pytest.fixture
def freehold(tmp_path_factory):
    """The command, for a folder of its own; its node is stopped whatever happens."""
    folder = tmp_path_factory.mktemp("n")
    environment = {**os.environ, "FREEHOLD_HOME": str(folder / "home"), "BROWSER": "true"}

    def run(*words):
        command = [sys.executable, "-m", "freehold.cli.main", *words]
        return subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=COMMAND_S, check=False, cwd=folder
        )

    yield run
    run("down")


def test_a_newcomer_is_in_the_market_within_a_minute(browser, freehold):
    up = freehold(
        "up", "--open", "--network", "test-newcomer", "--listen", "/ip4/127.0.0.1/tcp/0", "--page-listen", "127.0.0.1:0"
    )
    assert up.returncode == 0, up.stderr
    link = json.loads(freehold("open", "--print", "--json").stdout)["url"]
    with tab(browser) as found:
        page = found.page
        page.goto(link)
        page.get_by_label("Name", exact=True).fill("Amélie")
        for label in ("Passphrase", "The same again"):
            page.get_by_label(label, exact=True).fill(PASSPHRASE)
        page.get_by_role("button", name="Next: your 24 words").click()
        page.get_by_role("button", name="I have written them down").wait_for()
        words = page.locator(".words b").all_inner_texts()
        page.get_by_role("button", name="I have written them down").click()
        page.get_by_role("button", name="Open the market").wait_for()
        for field in page.locator("input[name^='word-']").all():
            place = int((field.get_attribute("name") or "").removeprefix("word-"))
            field.fill(words[place - 1])
        page.get_by_role("button", name="Open the market").click()
        expect(page.locator(".notice")).to_contain_text("Welcome to the market", timeout=WAIT_MS)
        status = json.loads(freehold("status", "--json").stdout)
        assert (status["name"], status["key"]) == ("Amélie", "unlocked")
        page.goto(f"{status['page']['address']}/health?examine=1")
        expect(page.locator(".findings")).to_contain_text("your node runs", timeout=WAIT_MS)
        page.goto(f"{status['page']['address']}/unlock")
        page.get_by_role("button", name="Lock it now").click()
        page.get_by_label("Passphrase").fill(PASSPHRASE)
        page.get_by_role("button", name="Unlock", exact=True).click()
        expect(page.locator(".notice")).to_contain_text("Your key is unlocked", timeout=WAIT_MS)
        assert found.complaints == []
