"""Tokens: scoped, expiring, revocable, hashed at rest."""

import pytest

from freehold.node.api.application import PREFIX
from tests.node.api.browser import browser_at

STATUS, BAN = f"{PREFIX}/status", f"{PREFIX}/node/ban"
DAY_MS = 24 * 60 * 60 * 1000


@pytest.fixture
async def browser(counters):
    async with browser_at(counters[0]) as found:
        yield found


async def made(counter, *scopes, **more):
    answer = await counter.post("/tokens", {"scopes": scopes, **more})
    assert counter.status == 201, answer
    return answer["token"], answer["name"]


async def with_token(browser, token, method="GET", path=STATUS, body=b""):
    headers = [("Authorization", f"Bearer {token}"), *([("Content-Type", "application/json")] if body else [])]
    return await browser.ask(method, path, headers, body)


async def test_a_token_is_good_for_its_scopes_until_it_expires_or_is_revoked(browser, counters, market):
    token, name = await made(counters[0], "read", days=2, label="a script")
    assert (await with_token(browser, token)).status == 200
    refused = await with_token(browser, token, "POST", BAN, b'{"peer": "x"}')
    assert (refused.status, refused.code) == (403, "scope-missing")
    admin, _ = await made(counters[0], "admin")
    assert (await with_token(browser, admin, "POST", BAN, b'{"peer": "x"}')).status == 200
    assert (await with_token(browser, admin)).code == "scope-missing"
    (shown,) = [one for one in (await counters[0].get("/tokens"))["tokens"] if one["name"] == name]
    assert (shown["name"], shown["label"], shown["scopes"], shown["good"]) == (name, "a script", ["read"], True)
    market.now += 2 * DAY_MS
    assert (await with_token(browser, token)).code == "bad-token"
    assert (await with_token(browser, admin, "DELETE", f"{PREFIX}/tokens/{name}")).status == 200
    assert await counters[0].denied("DELETE", f"/tokens/{name}") == (404, "not-found")


async def test_what_is_kept_makes_no_token(browser, counters):
    token, name = await made(counters[0], "read")
    kept = counters[0].office.desk.stores.tokens.find(name)
    secret = token.rpartition("_")[2]
    assert secret not in repr(kept)
    assert bytes.fromhex(secret) not in kept.hash
    assert secret not in repr(await counters[0].get("/tokens"))
    for bad in (
        name,
        f"fht_{name}_",
        f"fht_{name}_{kept.hash.hex()}",
        token[:-1],
        token + "0",
        token.upper(),
        "",
        "x_y_z",
    ):
        assert (await with_token(browser, bad)).code == "bad-token", bad


@pytest.mark.parametrize("scheme", ["Basic", "bearer", "Bearer  "])
async def test_only_a_bearer_is_one(browser, counters, scheme):
    token, _ = await made(counters[0], "read")
    reply = await browser.ask("GET", STATUS, [("Authorization", f"{scheme} {token}")])
    assert reply.status == (401 if scheme == "Basic" else 200)
    twice = await browser.ask("GET", STATUS, [("Authorization", f"Bearer {token}")] * 2)
    assert twice.status == 401


async def test_a_token_with_a_foreign_origin_is_refused_and_a_bad_one_is_not_helped_by_a_cookie(browser, counters):
    token, _ = await made(counters[0], "read")
    headers = [("Authorization", f"Bearer {token}"), ("Origin", "http://evil.example")]
    assert (await browser.ask("GET", STATUS, headers)).code == "other-origin"
    await browser.sign_in()
    assert (await browser.get(STATUS, Authorization="Bearer x")).code == "bad-token"


async def test_a_token_makes_none_that_may_do_more(browser, counters):
    admin, _ = await made(counters[0], "admin")
    for scopes, status in ((b'["admin"]', 201), (b'["admin", "sign"]', 403)):
        reply = await with_token(browser, admin, "POST", f"{PREFIX}/tokens", b'{"scopes": %b}' % scopes)
        assert reply.status == status
    for bad in (
        {"scopes": []},
        {"scopes": ["root"]},
        {"scopes": ["read"], "days": 0},
        {"scopes": ["read"], "days": 400},
    ):
        assert await counters[0].denied("POST", "/tokens", bad) == (400, "bad-request")


async def test_no_token_does_what_only_the_command_does(browser, counters):
    token, _ = await made(counters[0], "read", "write", "sign", "admin")
    reply = await with_token(browser, token, "POST", f"{PREFIX}/session/code", b"{}")
    assert (reply.status, reply.code) == (403, "only-at-home")


async def test_the_number_of_tokens_is_bounded(counters, monkeypatch):
    monkeypatch.setattr("freehold.node.api.tokens.MOST", 2)
    for _ in range(2):
        await made(counters[0], "read")
    assert await counters[0].denied("POST", "/tokens", {"scopes": ["read"]}) == (409, "too-many-tokens")
