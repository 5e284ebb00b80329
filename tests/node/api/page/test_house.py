"""Health and settings in a browser without JavaScript."""

from tests.node.api.page.reader import TOKEN


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
