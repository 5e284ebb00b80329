"""Health and settings in a browser without JavaScript."""

from typing import Any

from freehold.node.core.desk import Denied
from tests.node.api.page.reader import TOKEN, whole_status


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
