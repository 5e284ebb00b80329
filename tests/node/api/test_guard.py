"""The rules of the local surface (the daemon's page in specs/), each under its number, over a real listener."""

import socket

import msgspec
import pytest
import trio

from freehold.node.api import browser_door, sessions
from freehold.node.api.application import OPERATIONS, PREFIX, application
from freehold.node.api.bodies.given import Signing
from freehold.node.api.browser_door import Place, serve_browsers
from freehold.node.api.callers import ALL, Caller, Scope
from freehold.node.api.guard import HEADERS
from freehold.node.config import Config, page_place
from freehold.node.core.desk import Denied
from tests.node.api.browser import browser_at

STATUS = f"{PREFIX}/status"
PEERS = f"{PREFIX}/node/unban"
FORM = "application/x-www-form-urlencoded"
ORIGINS = [
    "http://evil.example", "null", "http://127.0.0.1:1", "https://127.0.0.1:{port}", "http://localhost:{port}",
    "http://127.0.0.1", "http://127.0.0.1:{port}.evil.example", "http://127.0.0.1:{port}/", "file://", "",
]  # fmt: skip


@pytest.fixture
async def browser(counters):
    async with browser_at(counters[0]) as found:
        yield found


@pytest.fixture
async def inside(browser):
    await browser.sign_in()
    return browser


# Rule 1: the socket is its owner's (test_http.py); TCP on loopback only.


@pytest.mark.parametrize("place", ["0.0.0.0:7777", "[::]:7777", "192.168.1.2:7777", "[2001:db8::1]:80", "8.8.8.8:1"])
def test_rule_1_another_address_than_loopback_is_refused_unless_everything_says_that_it_is_meant(place):
    whole = Config(
        page_listen=place, page_public=True, page_certificate="c", page_key="k", page_names=("node.example",)
    )
    assert page_place(whole) is not None
    for missing in ({"page_public": False}, {"page_certificate": ""}, {"page_key": ""}, {"page_names": ()}):
        with pytest.raises(Denied) as caught:
            page_place(msgspec.structs.replace(whole, **missing))
        assert next(iter(missing)) in caught.value.what


@pytest.mark.parametrize(
    "place", ["localhost:7777", "127.0.0.1", "127.0.0.1:70000", ":7777", "::1:7777", "*:1", "", "x"]
)
def test_rule_1_what_is_no_address_is_told(place):
    with pytest.raises(Denied, match="page_listen"):
        page_place(Config(page_listen=place))


def test_rule_1_loopback_and_off_need_nothing():
    assert page_place(Config()) == ("127.0.0.1", 7777)
    assert page_place(Config(page_listen="[::1]:0")) == ("::1", 0)
    assert page_place(Config(page_listen="off")) is None


async def test_rule_1_the_listener_is_on_the_one_address_of_loopback_alone(inside):
    with pytest.raises(OSError, match=r"127\.0\.0\.2"), trio.fail_after(5):
        await trio.open_tcp_stream("127.0.0.2", inside.port)  # one that listened everywhere would answer here
    assert (await inside.get(STATUS)).status == 200


async def test_rule_1_nothing_listens_for_others_without_a_certificate_and_a_token(counters, nursery, tmp_path):
    held = counters[0].surface
    for place in (Place("0.0.0.0", 0), Place("0.0.0.0", 0, tmp_path / "c", tmp_path / "k", ("node.example",))):
        await nursery.start(serve_browsers, application(counters[0].office, held), held, place)
        assert held.page.address is None
        assert "others could reach it" in held.page.trouble


# Rule 2: exactly one Host, of an exact list; no other origin; no write without one; no CORS; JSON.


@pytest.mark.parametrize(
    "host",
    [
        "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "localhost", "LOCALHOST:{port}", "127.0.0.1:{port}.",
        "[::1]:{port}", "127.1:{port}", "0.0.0.0:{port}", "127.0.0.1:0{port}", "2130706433:{port}",
        "user@127.0.0.1:{port}", "a b", None,
    ],
)  # fmt: skip
async def test_rule_2_another_host_is_421_whatever_else_is_right(inside, host):
    named = host and host.format(port=inside.port)
    for path in (STATUS, "/", "/login?code=x", "/static/x"):
        reply = await inside.ask("GET", path, [("Cookie", inside.cookie)], host=named)
        assert reply.status == (421 if host else 400), path


async def test_rule_2_two_hosts_none_and_http_1_0_are_refused(inside):
    good = f"Host: {inside.host}\r\n"
    for head in (f"{good}{good}", f"{good}Host: evil\r\n", ""):
        answer = await inside.send(f"GET {STATUS} HTTP/1.1\r\n{head}Connection: close\r\n\r\n".encode())
        assert answer.split(b" ")[1] in (b"400", b"421")
    answer = await inside.send(f"GET {STATUS} HTTP/1.0\r\n\r\n".encode())
    assert answer.split(b" ")[1] == b"421"


async def test_rule_2_localhost_is_a_name_of_ours(inside):
    reply = await inside.ask("GET", STATUS, [("Cookie", inside.cookie)], host=f"localhost:{inside.port}")
    assert reply.status == 200


@pytest.mark.parametrize("origin", ORIGINS)
async def test_rule_2_another_origin_is_refused_for_reading_and_for_writing(inside, origin):
    sent = origin.format(port=inside.port)
    headers = [("Cookie", inside.cookie), ("Origin", sent), ("X-Page-Token", inside.page_token)]
    for method in ("GET", "POST"):
        reply = await inside.ask(method, PEERS, headers)
        assert (reply.status, reply.code) == (403, "other-origin")


@pytest.mark.parametrize(
    ("site", "status"), [("cross-site", 403), ("same-site", 403), ("x", 403), ("none", 200), ("same-origin", 200)]
)
async def test_rule_2_what_another_site_had_the_browser_ask_is_refused(inside, site, status):
    assert (await inside.get(STATUS, Sec_Fetch_Site=site)).status == status


async def test_rule_2_a_change_needs_an_origin_or_a_token(inside):
    reply = await inside.post(PEERS, {"peer": "x"}, Origin="")
    assert (reply.status, reply.code) == (403, "no-origin")
    assert (await inside.post(PEERS, {"peer": "x"})).status == 200


async def test_rule_2_no_answer_ever_lets_another_origin_read(inside):
    asked = [
        await inside.get(STATUS), await inside.get("/nothing"), await inside.post(PEERS, {"peer": "x"}),
        await inside.ask("OPTIONS", STATUS, [("Origin", inside.origin), ("Access-Control-Request-Method", "POST")]),
        await inside.ask("OPTIONS", STATUS, [("Origin", "http://evil.example")]), await inside.ask("GET", "/"),
    ]  # fmt: skip
    for reply in asked:
        assert not [name for name, _ in reply.headers if name.startswith("access-control")]
    assert [reply.status for reply in asked[3:5]] == [405, 403]


@pytest.mark.parametrize("kind", ["text/plain", FORM, "multipart/form-data; boundary=x", "application/jsonx", ""])
async def test_rule_2_the_api_takes_json_only(inside, kind):
    assert (await inside.post(PEERS, {"peer": "x"}, Content_Type=kind)).status == 415


@pytest.mark.parametrize("method", ["TRACE", "PROPFIND", "OPTIONS", "get"])
async def test_rule_2_other_methods_are_not_answered(inside, method):
    assert (await inside.ask(method, STATUS, [("Cookie", inside.cookie)])).status == 405


# Rule 3: a code that is good once and for a minute; a cookie no script reads; a page token.


async def test_rule_3_a_code_lets_one_browser_in_once(browser):
    code, _ = browser.surface.sessions.new_code("/offers")
    first = await browser.ask("GET", f"/login?code={code}")
    assert (first.status, first.all("location")) == (303, ["/offers"])
    (cookie,) = first.all("set-cookie")
    name, _, flags = cookie.partition("; ")
    assert name.startswith(f"freehold_{browser.port}=")
    assert flags == f"HttpOnly; SameSite=Strict; Path=/; Max-Age={sessions.SESSION_MS // 1000}"
    for bad in (code, "", "x", code.upper(), "%00"):
        reply = await browser.ask("GET", f"/login?code={bad}")
        assert (reply.status, reply.all("set-cookie")) == (403, [])


async def test_rule_3_a_code_is_good_for_a_minute(browser, market):
    code, until = browser.surface.sessions.new_code()
    assert until == market.now + 60_000
    market.now = until + 1
    assert (await browser.ask("GET", f"/login?code={code}")).status == 403


@pytest.mark.parametrize("header", ["Purpose", "Sec-Purpose"])
async def test_rule_3_a_code_is_not_used_up_by_a_browser_that_only_looks_ahead(browser, header):
    code, _ = browser.surface.sessions.new_code()
    assert (await browser.ask("GET", f"/login?code={code}", [(header, "prefetch")])).status == 403
    assert (await browser.ask("HEAD", f"/login?code={code}")).status == 403
    assert (await browser.ask("GET", f"/login?code={code}")).status == 303


async def test_rule_3_a_session_ends_without_use_at_its_end_and_by_signing_out(inside, market):
    market.now += sessions.SESSION_MS - 1
    assert (await inside.get(STATUS)).status == 200
    market.now += sessions.SESSION_MS - 1
    assert (await inside.post(f"{PREFIX}/session/logout")).status == 200
    assert (await inside.get(STATUS)).code == "no-session"
    await inside.sign_in()
    market.now += sessions.SESSION_MS + 1
    assert (await inside.get(STATUS)).code == "no-session"


async def test_rule_3_no_change_without_the_token_of_a_page(inside):
    for token in ("", "x", inside.page_token[:-1], inside.page_token + "x"):
        reply = await inside.post(PEERS, {"peer": "x"}, X_Page_Token=token)
        assert (reply.status, reply.code) == (403, "no-page-token")
    other = await inside.post(PEERS, {"peer": "x"}, X_Page_Token=inside.cookie.partition("=")[2])
    assert other.code == "no-page-token"


async def test_rule_3_codes_are_made_over_the_socket_alone(inside, counters):
    reply = await inside.post(f"{PREFIX}/session/code", {})
    assert (reply.status, reply.code) == (403, "only-at-home")
    link = await counters[0].post("/session/code", {"path": "/offers?q=a"})
    assert link["url"] == f"{inside.origin}/login?code={link['code']}"
    for path in ("//evil.example", "/\\evil", "http://evil", "/a\r\nSet-Cookie: x", "x", "/a#b", "/%0d", "/ "):
        assert await counters[0].denied("POST", "/session/code", {"path": path}) == (400, "bad-request")


async def test_rule_3_the_page_tells_who_comes_without_a_session_how_to_get_in(browser):
    reply = await browser.ask("GET", "/offers")
    assert reply.status == 401
    assert b"freehold open" in reply.body
    assert (await browser.ask("GET", STATUS, [("Cookie", f"freehold_{browser.port}=x; a=b")])).code == "no-session"


# Rule 4: a strict policy on every answer.


async def test_rule_4_every_answer_has_the_headers(inside):
    asked = [
        await inside.get(STATUS), await inside.get("/nothing"), await inside.ask("GET", "/"),
        await inside.ask("GET", "/login?code=x"), await inside.ask("GET", STATUS, host="evil"),
        await inside.post(PEERS, {}), await inside.sign_in(),
    ]  # fmt: skip
    for reply in asked:
        for name, value in HEADERS:
            assert reply.all(name.decode()) == [value.decode()]
        assert reply.all("cache-control") == ["no-store"]
    policy = asked[0].all("content-security-policy")[0]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'; ")
    assert "unsafe" not in policy


async def test_rule_4_what_was_asked_is_escaped_where_it_is_shown(browser):
    reply = await browser.ask("GET", "/login?code=<script>alert(1)</script>")
    assert b"<script" not in reply.body


# Who may do what.


async def test_nothing_is_answered_where_no_door_says_who_asks(counters):
    counters[0].caller = None
    for operation in OPERATIONS:
        answer = await counters[0].ask(operation.method, operation.path.replace("{ref}", "x"))
        assert answer["code"] == "no-session", operation.path


async def test_every_operation_names_what_its_caller_needs(counters):
    """By the table: with all other scopes it is refused, and with that one it is not."""

    async def refused(operation, caller):
        counters[0].caller = caller
        answer = await counters[0].ask(operation.method, operation.path.replace("{ref}", "x"))
        code = answer.get("code") if isinstance(answer, dict) else None
        return code if code in ("scope-missing", "only-at-home") else None

    for operation in OPERATIONS:
        others, this = ALL - {operation.scope}, frozenset({operation.scope})
        assert await refused(operation, Caller("t", others, owner=True)) == "scope-missing", operation.path
        assert await refused(operation, Caller("t", this, owner=True)) is None, operation.path
        expected = "only-at-home" if operation.only_socket else None
        assert await refused(operation, Caller("t", ALL)) == expected, operation.path


def test_what_signs_needs_the_scope_to_sign_and_what_reads_that_to_read():
    for operation in OPERATIONS:
        assert isinstance(operation.scope, Scope)
        if issubclass(operation.takes, Signing):
            assert operation.scope is Scope.SIGN, operation.path
        if operation.method == "GET":
            assert operation.scope in (Scope.READ, Scope.ADMIN), operation.path


# The listener itself.


async def test_a_port_that_is_taken_is_told_and_tried_again(counters, autojump_clock, nursery):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        app = application(counters[0].office, counters[0].surface)
        await nursery.start(serve_browsers, app, counters[0].surface, Place("127.0.0.1", port))
        page = (await counters[0].get("/status"))["page"]
        assert page["address"] is None
        assert f"another program listens on 127.0.0.1:{port}" in page["trouble"]
        assert await counters[0].denied("POST", "/session/code", {}) == (409, "no-page")
    await trio.sleep(browser_door.AGAIN_S + 1)
    assert (await counters[0].get("/status"))["page"] == {"address": f"http://127.0.0.1:{port}", "trouble": None}


async def test_a_mistake_of_the_server_is_told_and_it_begins_again(
    counters, autojump_clock, nursery, monkeypatch, caplog
):
    def broken(*_):
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(browser_door, "Guard", broken)
    app = application(counters[0].office, counters[0].surface)
    await nursery.start(serve_browsers, app, counters[0].surface, Place("127.0.0.1", 0))
    assert "made a mistake" in counters[0].surface.page.trouble
    assert "a bug" in caplog.text
    monkeypatch.undo()
    await trio.sleep(browser_door.AGAIN_S + 1)
    assert counters[0].surface.page.address
