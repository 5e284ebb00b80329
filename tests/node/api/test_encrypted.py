"""The page over TLS, as browsers of other machines reach it: really connected, with a certificate of our own."""

import json
import logging
import random
import ssl
from datetime import UTC, datetime

import pytest
import trio

from freehold.node.api import browser_door
from freehold.node.api.application import PREFIX
from freehold.node.api.browser_door import Place
from freehold.node.api.certificates import BadCertificate, context
from freehold.node.api.http import CONNECTIONS
from tests.node.api.browser import browser_at, parsed
from tests.node.api.page.reader import whole_status
from tests.node.api.paper_certificates import FROM, NAME, TILL, issue

NOW = datetime(2026, 1, 1, tzinfo=UTC)
STATUS = f"{PREFIX}/status"


@pytest.fixture
async def browser(counters, tmp_path, monkeypatch):
    """At a door that others could reach: with a certificate, a name, and because there is a token."""
    office = counters[0].office
    office.status = lambda: whole_status(office)
    await counters[0].post("/tokens", {"label": "a phone", "scopes": ["read"], "days": 1})
    monkeypatch.setattr(browser_door, "is_local", lambda _host: False)
    certificate, key = issue(tmp_path)
    async with browser_at(counters[0], Place("127.0.0.1", 0, certificate, key, (NAME,))) as found:
        found.trusted = ssl.create_default_context(cafile=str(certificate))
        found.name = NAME
        yield found


async def test_a_browser_of_another_machine_signs_in_and_acts(browser):
    reply = await browser.sign_in("/offers")
    (cookie,) = reply.all("set-cookie")
    assert (reply.status, reply.all("location")) == (303, ["/offers"])
    assert {"Secure", "HttpOnly", "SameSite=Strict"} <= set(cookie.split("; "))
    assert reply.all("strict-transport-security") == ["max-age=31536000"]
    assert json.loads((await browser.get(STATUS)).body)["network"] == "test-market"
    assert (await browser.get("/")).status == 200
    reply = await browser.post(f"{PREFIX}/node/unban", {"peer": "12D3"})
    assert reply.status == 200, reply.body
    fields = f"page_token={browser.page_token}&language=de&theme=dark".encode()
    reply = await browser.post("/settings", fields, Content_Type="application/x-www-form-urlencoded")
    assert (reply.status, len(reply.all("set-cookie"))) == (303, 3), reply.body
    assert all(cookie.endswith("Secure") for cookie in reply.all("set-cookie"))


async def test_the_rules_of_the_door_hold_there_too(browser):
    await browser.sign_in()
    assert (await browser.ask("GET", STATUS, host="127.0.0.1:1")).code == "wrong-host"
    assert (await browser.ask("GET", STATUS, host=f"127.0.0.1:{browser.port}")).code == "wrong-host"
    assert (await browser.ask("GET", STATUS)).code == "no-session"
    plain = f"http://{browser.host}"
    assert (await browser.get(STATUS, Origin=plain)).code == "other-origin"
    assert (await browser.post(f"{PREFIX}/node/unban", {"peer": "x"}, Origin="")).code == "no-origin"
    assert (await browser.post(f"{PREFIX}/node/unban", {"peer": "x"}, X_Page_Token="")).code == "no-page-token"


async def test_events_come_over_tls(browser, counters):
    await browser.sign_in()
    ask = f"GET {PREFIX}/events HTTP/1.1\r\nHost: {browser.host}\r\nCookie: {browser.cookie}\r\n\r\n"
    async with await browser.connect() as stream:
        await stream.send_all(ask.encode())
        heard = b""
        with trio.fail_after(20):
            while b"\r\n\r\n" not in heard:
                heard += await stream.receive_some()
            counters[0].surface.events.announce("offer.seen", {"offer": "fho1x"})
            while b"offer.seen" not in heard:
                heard += await stream.receive_some()
    assert parsed(heard).status == 200


async def test_nobody_else_is_taken_for_the_node(browser, tmp_path):
    other, _ = issue(tmp_path, stem="other")
    for trusted, name in ((ssl.create_default_context(cafile=str(other)), NAME), (browser.trusted, "evil.example")):
        browser.trusted, browser.name = trusted, name
        with pytest.raises(trio.BrokenResourceError):
            await browser.ask("GET", STATUS)


async def test_a_client_without_tls_is_answered_by_the_end(browser):
    stream = await trio.open_tcp_stream("127.0.0.1", browser.port)
    async with stream:
        await stream.send_all(f"GET /login HTTP/1.1\r\nHost: {browser.host}\r\n\r\n".encode())
        with trio.fail_after(10):
            answer = b""
            while piece := await stream.receive_some():
                answer += piece
    assert b"HTTP" not in answer
    assert (await browser.ask("GET", "/login")).status == 403  # and it goes on


def hostile(dice, hello):
    """What is no handshake: noise, beginnings of a real one, records that lie about their length, alerts."""
    head = bytes([dice.choice((0x14, 0x15, 0x16, 0x17, 0x80)), 3, dice.randrange(5)])
    return dice.choice((
        dice.randbytes(dice.randrange(1, 400)),
        hello[: dice.randrange(1, len(hello))],
        bytes(byte ^ (dice.random() < 0.02) * dice.randrange(256) for byte in hello),
        head + dice.randrange(65_536).to_bytes(2, "big") + dice.randbytes(dice.randrange(600)),
        head + b"\xff\xff" + b"\x01" * 40_000,
        b"",
    ))  # fmt: skip


def greeting():
    """How a real client begins."""
    out = ssl.MemoryBIO()
    client = ssl.create_default_context().wrap_bio(ssl.MemoryBIO(), out, server_hostname=NAME)
    with pytest.raises(ssl.SSLWantReadError):
        client.do_handshake()
    return out.read()


async def test_hostile_bytes_end_nothing(browser, caplog):
    dice, hello = random.Random(7), greeting()

    async def attack():
        stream = await trio.open_tcp_stream("127.0.0.1", browser.port)
        async with stream:
            try:
                await stream.send_all(hostile(dice, hello))
                await stream.send_eof()
                while await stream.receive_some():
                    pass
            except (trio.BrokenResourceError, OSError):
                pass

    with caplog.at_level(logging.DEBUG), trio.fail_after(30):
        for _ in range(12):
            async with trio.open_nursery() as nursery:
                for _ in range(CONNECTIONS // 2):
                    nursery.start_soon(attack)
        await browser.sign_in()
        assert (await browser.get(STATUS)).status == 200
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda c, _k: c.unlink(), "page.pem cannot be read: No such file"),
        (lambda _c, k: k.unlink(), "page.key cannot be read: No such file"),
        (lambda _c, k: k.chmod(0o644), "everybody on this machine can read or change the key"),
        (lambda c, _k: c.write_bytes(b"no certificate"), "is not a certificate in PEM"),
        (lambda _c, k: k.write_bytes(b"no key"), "holds no private key in PEM"),
        (lambda c, _k: issue(c.parent, passphrase=b"secret"), "is locked by a passphrase, which nobody types here"),
        (lambda c, _k: issue(c.parent, stem="other")[1].replace(c.parent / "page.key"), "does not belong to the"),
        (lambda c, _k: issue(c.parent, good=(FROM, datetime(2021, 5, 4, tzinfo=UTC))), "expired on 2021-05-04: renew"),
        (lambda c, _k: issue(c.parent, good=(datetime(2098, 5, 4, tzinfo=UTC), TILL)), "is good from 2098-05-04 on"),
        (lambda c, _k: issue(c.parent, "other.example"), "is not for node.example, which is in page_names: other.ex"),
    ],
)  # fmt: skip
async def test_what_is_wrong_with_a_certificate_is_told_in_words(tmp_path, counters, nursery, spoil, reason):
    certificate, key = issue(tmp_path)
    spoil(certificate, key)
    with pytest.raises(BadCertificate) as caught:
        context(certificate, key, (NAME,), NOW)
    assert reason in str(caught.value)
    held = counters[0].surface
    await nursery.start(
        browser_door.serve_browsers, lambda *_: None, held, Place("127.0.0.1", 0, certificate, key, (NAME,))
    )
    assert (held.page.address, held.page.trouble) == (None, str(caught.value))


def test_one_file_may_hold_both_and_a_name_may_be_any_of_a_domain(tmp_path):
    certificate, key = issue(tmp_path, "*.example")
    certificate.write_bytes(certificate.read_bytes() + key.read_bytes())
    certificate.chmod(0o640)
    assert isinstance(context(certificate, None, (NAME,), NOW), ssl.SSLContext)
    with pytest.raises(BadCertificate):
        context(certificate, None, ("a.node.example",), NOW)
