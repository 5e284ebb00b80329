"""What nobody should send: each is answered with a problem that says what is wrong, and none is a 500."""

import dataclasses
import json
import logging
import random

import pytest
import trio
from hypothesis import HealthCheck, given, settings, strategies as st

from freehold.node.api.application import OPERATIONS
from freehold.node.api.bodies.given import Signing
from freehold.node.core import catalog
from freehold.node.core.ports import StorageAway, StorageBroken, StorageFull
from freehold.protocol import text
from freehold.protocol.network import Quotas
from tests.cast import bob
from tests.node.api.story import BID, LEVELS, LOGO, agreed


@pytest.mark.parametrize(
    "body",
    [
        b"{", b"[]", b"5", b"null", b'"x"', b"\xff\xfe", b"{} {}", b'{"side": "wanted"}', b"[" * 200_000,
        b'{"x":' * 100_000, b'{"side": 5, "title": "x"}', b'{"side": "wanted", "title": "\\ud800"}',
        b'{"side": "wanted", "title": "x", "titel": "y"}', b'{"side": "wanted", "title": "x", "days": 0}',
        b'{"side": "wanted", "title": "x", "days": 1.5}', b'{"side": "wanted", "title": "x", "days": true}',
        b'{"side": "wanted", "title": "x", "budget": {"basis": "fixed", "unit": "EUR", "low": -1, "high": 5}}',
        b'{"side": "wanted", "title": "x", "budget": {"basis": "fixed", "unit": "EUR", "low": 1, "high": 1e400}}',
        b'{"side": "wanted", "title": "x", "skills": ["a", null]}', b'{"side": "wanted", "title": NaN}',
    ],
)  # fmt: skip
async def test_a_body_that_is_not_what_it_should_be_is_a_bad_request(counters, body):
    answer = await counters[0].ask("POST", "/offers", body)
    assert (counters[0].status, answer["code"]) == (400, "bad-request")
    assert "Traceback" not in answer["detail"]


async def test_a_body_of_another_type_is_a_bad_request(counters):
    for content_type in ("text/plain", "application/x-www-form-urlencoded", ""):
        answer = await counters[0].ask("POST", "/offers", json.dumps(LOGO).encode(), content_type=content_type)
        assert (counters[0].status, answer["code"]) == (400, "bad-request")
    await counters[0].ask("POST", "/offers", json.dumps(LOGO).encode(), content_type="application/json; charset=utf-8")
    assert counters[0].status == 201


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=101", "limit=x", "limit=1&limit=2", "befor=1", "before=-1", f"before={2**63}", "mine=?"]
)
async def test_a_query_that_is_not_what_it_should_be_is_a_bad_request(counters, query):
    answer = await counters[0].ask("GET", "/offers", query=query.encode())
    assert (counters[0].status, answer["code"]) == (400, "bad-request")


async def test_an_amount_to_look_for_needs_its_unit(counters):
    assert await counters[0].denied("GET", "/offers/search", least=5) == (400, "bad-request")


@pytest.mark.parametrize(("method", "path", "status"), [
    ("GET", "/nothing", 404), ("DELETE", "/offers", 405), ("PATCH", "/identity", 405), ("GET", "/offers/", 404),
    ("GET", "/proposals/a/b/c", 404), ("GET", "/offers/../status", 404), ("PUT", "/shutdown", 405),
])  # fmt: skip
async def test_what_is_no_operation_is_told(counters, method, path, status):
    answer = await counters[0].ask(method, path)
    assert (counters[0].status, answer["status"]) == (status, status)
    assert counters[0].office.stopped == 0


async def test_a_full_disk_is_told_as_that(counters):
    counters[0].office.trouble = StorageFull("the disk is full")
    assert await counters[0].denied("POST", "/offers", LOGO) == (503, "storage-full")
    counters[0].office.trouble = StorageAway("the server does not answer")
    assert await counters[0].denied("POST", "/offers", LOGO) == (503, "storage-away")
    counters[0].office.trouble = StorageBroken("the database is damaged")
    assert await counters[0].denied("POST", "/offers", LOGO) == (503, "storage-broken")


async def test_a_mistake_of_ours_is_logged_and_its_insides_are_not_told(counters, caplog):
    counters[0].office.trouble = ZeroDivisionError("a secret")
    with caplog.at_level(logging.ERROR):
        assert await counters[0].denied("POST", "/offers", LOGO) == (500, "internal")
    assert b"secret" not in counters[0].last[2]
    assert "a secret" in caplog.text
    counters[0].office.trouble = None
    await counters[0].post("/offers", LOGO)
    assert counters[0].status == 201


async def test_more_than_the_quota_is_429(counters):
    desk = counters[0].office.desk
    desk.network = dataclasses.replace(desk.network, quotas=Quotas(open_offers=1))
    await counters[0].post("/offers", LOGO)
    assert await counters[0].denied("POST", "/offers", LOGO) == (429, "quota-open-offers")


async def test_bulk_records_are_for_test_networks(counters):
    desk = counters[0].office.desk
    desk.network = dataclasses.replace(desk.network, name="freehold")
    assert await counters[0].denied("POST", "/dev/ingest", {"batches": []}) == (409, "not-a-test-network")


def test_every_operation_has_a_place_of_its_own_and_a_summary():
    places = [(operation.method, operation.path) for operation in OPERATIONS]
    assert len(places) == len(set(places))
    assert all(operation.summary for operation in OPERATIONS)
    assert all(operation.takes.__struct_config__.forbid_unknown_fields for operation in OPERATIONS)
    reads = {operation.takes for operation in OPERATIONS if operation.method == "GET"}
    assert not [takes for takes in reads if issubclass(takes, Signing)]


GOOD = {
    "/offers": LOGO,
    "/proposals": BID | {"offer": "?"},
    "/proposals/{ref}/decline": {"reason": "Too dear."},
    "/contracts/{ref}/deliver": {"part": 1, "note": "x", "files": [{"name": "a", "sha256": "ab" * 32, "where": "b"}]},
    "/contracts/{ref}/accept": {"part": 1, "note": "x"},
    "/contracts/{ref}/pay": {"part": 1, "rail": "x", "reference": "y", "amount": 5, "unit": "EUR"},
    "/contracts/{ref}/confirm": {"part": 1, "amount": 5, "unit": "EUR"},
    "/contracts/{ref}/unblock": {"part": 1, "note": "x"},
    "/contracts/{ref}/revise": {"part": 1, "clauses": ["1"], "note": "x"},
    "/contracts/{ref}/block": {"part": 1, "need": "x"},
    "/contracts/{ref}/timesheet": {"part": 1, "begins": 1, "minutes": 5, "note": "x"},
    "/contracts/{ref}/finish": {"part": 2},
    "/contracts/{ref}/fund": {"part": 1, "evidence": "x"},
    "/contracts/{ref}/deny": {"part": 1, "reason": "x"},
    "/contracts/{ref}/settle": {"part": 2, "award": 1000},
    "/contracts/{ref}/amend": {
        "parts": [{"part": 1, "title": "x", "amount": 5, "unit": "EUR", "hours": 5, "work_ms": 86_400_000}],
        "added": [{"title": "x", "amount": 5, "unit": "EUR", "days": 5, "hourly": True, "hours": 5}],
        "clauses": [{"id": "2", "text": "x"}],
        "note": "x",
    },
    "/contracts/{ref}/agree": {"change": "?"},
    "/contracts/{ref}/claim": {"part": 1, "ping": True},
    "/contracts/{ref}/absence": {"since": 1, "until": 2**52},
    "/contracts/{ref}/dispute": {"part": 1, "text": "x", "clauses": ["1"]},
    "/contracts/{ref}/answer": {"part": 1, "text": "x"},
    "/contracts/{ref}/evidence": {"text": "x", "files": [{"name": "a", "sha256": "ab" * 32, "where": "b"}]},
    "/contracts/{ref}/rule": {
        "part": 1,
        "award": 5,
        "fault": "both",
        "findings": [{"clause": "1", "finding": "kept"}],
        "reasons": "x",
    },
    "/reviews/{ref}/reply": {"text": "x"},
    "/services": {"service": "arbiter", "about": "x", "skills": ["x"], "languages": ["en"], "closed": False},
    "/reviews": LEVELS | {"contract": "?", "text": "x"},
    "/identity": {"name": "A", "about": "b", "roles": ["client"], "skills": ["x"], "languages": ["en"]},
    "/contacts": {"identity": text.show(bob.id, text.IDENTITY), "label": "Bob"},
    "/searches": {
        "name": "x", "q": "logo*", "skill": ["Ink"], "any_skill": ["Ink", "x"], "side": "wanted", "basis": "fixed",
        "unit": "EUR", "least": 1, "most": 9, "language": "en", "without": ["silent"], "reviews": 0,
    },
    "/searches/drop": {"name": "x"},
    "/node/connect": {"address": "/ip4/127.0.0.1"},
    "/node/ban": {"peer": "x", "hours": 1},
    "/node/unban": {"peer": "x"},
    "/dev/ingest": {"batches": ["AAAA"]},
    "/session/code": {"path": "/offers"},
}  # fmt: skip
QUERIES = {
    "/offers": (b"limit=3&before=9999999999", b"mine=1", b"before=1"),
    "/offers/search": (
        b"q=%ff%00%22*", b"q=" + b"a*+" * 800, b"skill=%F0%9F%98%80&skill=", b"q=NEAR(a%20b)&unit=%00&least=1",
        b"side=x&basis=y&language=%22", b"language=en&q=-%22%27)(", b"before=9007199254740991&q=a",
        b"unit=EUR&least=5&most=1&market=1", b"without=silent&without=late&reviews=9", b"any_skill=%22&since=1",
    ),
    "/market": (b"skill=Drawing", b"skill=%22*&side=%00", b"skill=&unit=EUR&basis=x"),
    "/services": (b"service=arbiter", b"service=%00"),
    "/notices": (b"after=0", b"after=9007199254740991&limit=1"),
    "/reviews": (b"of=fh1", b"by=" + text.show(bob.id, text.IDENTITY).encode(), b"of=%00"),
}  # fmt: skip
HOSTILE_QUERIES = (b"", b"%=%", b"q=%ff", b"limit=%00", b"of=x&of=y", b"&&&;;;", b"a" * 4_000)
ODD = [
    None, True, False, 0, 1, -1, 2**53, 2**63, 2**64, 1e308, 0.5, "", " ", "x", "\x00", "\u202e", "e\u0301",
    "x" * 9_000, "fh1" + "q" * 58, [], {}, [[]], [None], ["x"] * 300, {"x": 1}, "EUR", "wanted", "fixed", "%ff",
    "\U0001f600" * 3_000,
]  # fmt: skip


def damaged(value, dice):
    """The same JSON with something odd somewhere in it."""
    if isinstance(value, dict) and value and dice.random() < 0.8:
        key = dice.choice(list(value))
        changed = value | {key: damaged(value[key], dice)}
        if dice.random() < 0.1:
            del changed[key]
        return changed
    if isinstance(value, list) and value and dice.random() < 0.6:
        return [*value[1:], damaged(value[0], dice)]
    return dice.choice(ODD)


def question(operation, refs, dice):
    """(path, body, query) for an operation: right, or damaged somewhere."""
    path = operation.path.replace("{ref}", dice.choice(refs))
    if operation.method == "GET":
        right = QUERIES.get(operation.path, (b"",))
        return path, b"", dice.choice(right if dice.random() < 0.7 else HOSTILE_QUERIES)
    body = dict(GOOD.get(operation.path, {}))
    body |= {key: dice.choice(refs) for key in ("offer", "contract", "change") if key in body}
    body |= dice.choice(({}, {}, {"draft": True}, {"expect": "ab" * 32}))
    return path, json.dumps(body if dice.random() < 0.5 else damaged(body, dice)).encode(), b""


async def fuzz(counters, seed, rounds):
    """Odd questions to every operation; the statuses of all answers."""
    dice = random.Random(seed)
    offer, proposal, contract = await agreed(counters)
    refs = [offer, proposal, contract, text.show(bob.id, text.IDENTITY), offer[:12], "x", "\u202e", "fho1", "q" * 500]
    statuses = []
    for _ in range(rounds):
        for operation in OPERATIONS:
            at = dice.choice(counters)
            path, body, query = question(operation, refs, dice)
            await at.ask(operation.method, path, body, query)
            statuses.append((operation.path, at.status))
    return statuses


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 4))])
async def test_no_odd_question_to_any_operation_is_a_mistake_of_ours(counters, seed):
    statuses = await fuzz(counters, seed, 40)
    assert not [(path, status) for path, status in statuses if status >= 500 and status != 502]
    assert {200, 201, 400, 404, 409} <= {status for _, status in statuses}


@pytest.mark.slow
async def test_the_fuzzing_notices_a_mistake_of_ours(counters, monkeypatch):
    """A planted bug: an offer is taken to say everything that it may say."""
    honest = catalog.publish

    def careless(desk, offer, *rest):
        assert all((offer.description, offer.skills, offer.languages, offer.budget, offer.intake))
        return honest(desk, offer, *rest)

    monkeypatch.setattr(catalog, "publish", careless)
    monkeypatch.setattr(logging.getLogger("freehold.node.api.problems"), "disabled", True)
    statuses = [pair for seed in range(3) for pair in await fuzz(counters, seed, 40)]
    assert ("/offers", 500) in statuses


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=_JSON | st.binary(max_size=60))
def test_any_json_and_any_bytes_are_read_or_are_a_bad_request(counters, value):
    body = value if isinstance(value, bytes) else json.dumps(value).encode()

    async def ask_all():
        for operation in OPERATIONS:
            if operation.method != "GET" and operation.path not in ("/shutdown", "/node/ban", "/node/unban"):
                await counters[0].ask(operation.method, operation.path.replace("{ref}", "fhr1qqqqqqqq"), body)
                assert counters[0].status in (200, 201, 400, 404, 409)

    trio.run(ask_all)
