"""Health and settings in a browser without JavaScript."""

import csv
import io
import re
from typing import Any

import pytest

from freehold.node.api.page import exports
from freehold.node.core.desk import Denied
from tests.node.api.page.reader import TOKEN, whole_status
from tests.node.api.story import BID, LOGO, agreed


async def test_nodes_are_connected_refused_and_let_in_again(readers, offices):
    at_alice, _, _ = readers
    page = await at_alice.get("/health")
    assert page.says("Your node is alone", "test-market", "What was counted since the start")
    page = await at_alice.send(page.form("/health/connect"), address="nonsense")
    assert at_alice.status == 502
    assert page.says("no connection to nonsense", "check the address")
    assert ("address", "nonsense") in page.form("/health/connect").fields
    assert (await at_alice.send(page.form("/health/connect"), address="/ip4/127.0.0.1/tcp/1")).says("Connected.")
    await at_alice.post("/health/ban", {"page_token": TOKEN, "peer": "12D3bad"})
    assert offices[0].banned == {"12D3bad": 24}


async def test_language_and_look_are_chosen_for_this_browser(readers):
    at_alice, at_bob, _ = readers
    form = (await at_alice.get("/settings")).form("/settings")
    page = await at_alice.send(form, language="de", theme="dark")
    assert page.says("Einstellungen gespeichert.", "Sprache der Seite")
    assert '<html lang="de" dir="ltr" data-theme="dark">' in page.html
    assert ("language", "de") in page.form("/settings").fields
    at_alice.session.language = ""  # a new session
    assert 'lang="de"' in (await at_alice.get("/")).html
    assert 'lang="en"' in (await at_bob.get("/")).html
    page = await at_alice.send(page.form("/settings"), language="", theme="")
    assert '<html lang="en" dir="ltr">' in page.html
    page = await at_alice.send(page.form("/settings"), language="<x>", theme='"><script>')
    assert '<html lang="en" dir="ltr">' in page.html


async def test_a_browser_is_signed_out(readers):
    at_alice, _, _ = readers
    await at_alice.send((await at_alice.get("/settings")).form("/settings/sign-out"))
    assert at_alice.surface.sessions.find("anything") is None


async def test_messages_say_honestly_that_they_are_to_come(readers):
    assert (await readers[0].get("/messages")).says("cannot carry private messages yet")


class Keys:
    """A key with one passphrase."""

    def __init__(self) -> None:
        self.minutes: int | None = None
        self.key = "locked"

    def state(self) -> dict[str, Any]:
        return {"key": self.key, "unlocked_until": None, "wrong_passphrases": 0}

    async def unlock(self, passphrase: str, minutes: int | None) -> None:
        if passphrase != " four words ":
            raise Denied("wrong-passphrase", "this passphrase does not open the key", "type it again")
        self.key, self.minutes = "unlocked", minutes

    def lock(self) -> None:
        self.key = "locked"


async def test_the_key_is_unlocked_for_a_time_and_locked(readers, offices):
    at_alice, keys = readers[0], Keys()
    offices[0].keys = keys
    offices[0].status = lambda: whole_status(offices[0]) | keys.state()
    form = (await at_alice.get("/unlock")).form("/unlock")
    page = await at_alice.send(form, passphrase="guess", hours="1")
    assert at_alice.status in (403, 409)
    assert page.says("does not open the key")
    assert "guess" not in page.html
    assert (await at_alice.get("/")).says("Key locked")
    page = await at_alice.send(page.form("/unlock"), passphrase=" four words ", hours="24")
    assert page.says("Your key is unlocked.", "Key unlocked")
    assert keys.minutes == 24 * 60
    locking = (await at_alice.get("/unlock")).form("/lock")
    assert (await at_alice.send(locking)).says("Nothing can be signed until you unlock it")
    assert keys.key == "locked"


async def test_whoever_signs_with_a_locked_key_keeps_what_was_typed(readers, offices):
    at_alice = readers[0]
    form = (await at_alice.get("/offers/new")).form("/offers/new")
    desk = offices[0].desk
    desk.owner, desk.signer = desk.me, None
    page = await at_alice.send(form, title="A logo")
    assert at_alice.status == 423
    assert page.says("Your key is locked.", "what you typed is still here", "Unlock in a new tab")
    assert dict(page.form("/offers/new").fields)["title"] == "A logo"


async def test_the_doctors_findings_stand_with_what_to_do_and_a_button(readers, offices, monkeypatch):
    at_alice, fixed = readers[0], []
    finding = {
        "state": "warn", "what": "the key file can be read by others", "why": "it is <b>yours</b>", "do": "chmod",
        "fixable": True, "check": "folder",
    }  # fmt: skip

    async def doctor(page):
        return {"state": "warn", "findings": [{**finding, "state": "ok", "fixable": False, "check": "clock"}, finding]}

    monkeypatch.setattr(offices[0], "doctor", doctor)

    async def fix(check):
        fixed.append(check)

    monkeypatch.setattr(offices[0], "fix", fix)
    assert (await at_alice.get("/health")).says("Examine now")
    assert "<html" not in (await at_alice.get("/health/examined")).html
    page = await at_alice.get("/health?examine=1")
    assert page.says("something to look at", "can be read by others", "it is <b>yours</b>", "chmod")
    page = await at_alice.send(page.form("/health/fix"))
    assert page.says("Done. The check ran again.", "Examined")
    assert fixed == ["folder"]


async def test_what_is_ones_own_can_be_taken_along(readers, counters, offices):
    at_alice, *_ = readers
    _, _, name = await agreed(counters)
    page = await at_alice.get("/backup")
    assert page.says("There is no backup yet.", "A logo for a bakery", "freehold backup create", "Back up now")
    whole = await counters[0].get(f"/contracts/{name}/bundle")
    assert await downloaded(at_alice, f"/backup/contracts/{name}") == whole["bundle"]
    rows = list(csv.reader(io.StringIO(await downloaded(at_alice, "/backup/contracts.csv"))))
    assert [row[6:9] for row in rows[1:]] == [["Sketch", "150.00 EUR", "working"], ["Drawing", "350.00 EUR", "working"]]
    await at_alice.send(page.form("/backup/reputation"))
    assert dict(at_alice.headers)["content-disposition"] == 'attachment; filename="my-reputation.txt"'


async def test_no_title_is_run_by_a_spreadsheet(readers, counters):
    offer = await counters[0].post("/offers", LOGO | {"title": "=HYPERLINK(1)", "intake": None})
    sent = await counters[1].post("/proposals", {**BID, "offer": offer["offer"], "answers": []})
    await counters[0].post(f"/proposals/{sent['proposal']}/accept")
    rows = list(csv.reader(io.StringIO(await downloaded(readers[0], "/backup/contracts.csv"))))
    assert {row[1] for row in rows[1:]} == {"'=HYPERLINK(1)"}


@pytest.mark.parametrize("name", ["", "../../x", 'a"b', "x\r\nset-cookie: a=b", "\u202egnp.exe", "ü" * 200, "..."])
def test_names_of_files_are_harmless(name):
    shown = exports.download("", name).headers["content-disposition"]
    assert re.fullmatch(r'attachment; filename="[a-z0-9][a-z0-9.-]{0,79}"', shown)


async def downloaded(reader, path):
    page = await reader.get(path)
    assert dict(reader.headers)["content-disposition"].startswith("attachment; ")
    return page.html


async def test_the_nodes_settings_are_changed_but_never_what_it_runs(readers, offices, monkeypatch):
    at_alice, changes = readers[0], []
    config = {
        "seeds": (), "announce": (), "witness": False, "store_mb": 4096, "files_mb": 1024, "notify_quiet": "",
        "notify_command": ("mail",), "notify_topics": ("turn",),
    }  # fmt: skip

    def configure(wanted):
        if "store_mb" in wanted:
            raise Denied("bad-config", "store_mb: 1 is too little", "correct it")
        changes.append(wanted)
        return {}

    monkeypatch.setattr(offices[0], "settings", lambda: {"config": config, "restart": ["seeds"]})
    monkeypatch.setattr(offices[0], "configure", configure)
    page = await at_alice.get("/settings")
    assert page.says("wait for the next start", "seeds", "mail")
    form = page.form("/settings/node")
    seed = "/ip4/192.0.2.1/tcp/7747"
    page = await at_alice.send(form, seeds=f" {seed}\n", topic=["turn", "offer", "evil"], notify_command="rm")
    assert page.says("Settings saved.")
    assert changes == [{"seeds": (seed,), "notify_topics": ("turn", "offer")}]
    await at_alice.send(form)
    assert len(changes) == 1
    assert (await at_alice.send(form, store_mb="1")).says("too little")
    assert at_alice.status == 400


async def test_a_token_is_made_shown_once_and_ended(readers, counters):
    at_alice = readers[0]
    form = (await at_alice.get("/settings")).form("/settings/tokens")
    page = await at_alice.send(form, label="my <script>", scope=["read", "sign", "root"], days="7")
    (secret,) = re.findall(r"fht?_[0-9a-f]+_[0-9a-f]+|\w+_[0-9a-f]{12}_[0-9a-f]{64}", page.html)
    assert page.says("it is shown this once", "my <script>", "sign in your name")
    assert secret not in (await at_alice.get("/settings")).html
    (token,) = (await counters[0].get("/tokens"))["tokens"]
    assert token["scopes"] == ["read", "sign"]
    page = await at_alice.send(page.form(f"/settings/tokens/{token['name']}/revoke"))
    assert page.says("The token is ended.")
    assert (await counters[0].get("/tokens"))["tokens"] == []
    await at_alice.send(form, scope=[])
    assert at_alice.status == 400


async def test_a_backup_is_made_at_a_press_and_not_handed_to_the_browser(readers):
    at_alice = readers[0]
    page = await at_alice.send((await at_alice.get("/backup")).form("/backup"))
    assert page.says("The backup is written.", "Last backup:", "/node/backups/one.backup")
    assert not [link for link in page.links if "one.backup" in link]
