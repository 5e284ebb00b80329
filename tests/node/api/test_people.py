"""The owner's profile, contacts, and a node that has no owner, over the API."""

from freehold.protocol import text
from tests.cast import alice, bob
from tests.node.api.story import LOGO, NAMES


async def test_the_owner_has_a_profile_that_others_see(counters):
    at_alice, at_bob, _ = counters
    before = await at_alice.get("/identity")
    assert (before["name"], before["identity"]) == (None, NAMES[alice])
    body = {"name": "Alice Weber", "about": "Bread.\nAnd butter.", "roles": ["client"], "languages": ["de", "en"]}
    after = await at_alice.put("/identity", body)
    assert {key: after[key] for key in body} == body
    assert await at_bob.get(f"/identities/{NAMES[alice][:11]}") == after
    assert (after["key"], after["inception"]) == (alice.key.key.hex(), text.show(alice.inception.id, text.RECORD))
    assert await at_alice.denied("PUT", "/identity", {"name": ""}) == (400, "bad-profile")
    assert await at_alice.denied("PUT", "/identity", {"name": "A", "roles": ["king"]}) == (400, "bad-profile")


async def test_text_that_a_keyboard_composed_otherwise_is_the_same_text(counters):
    made = await counters[0].post("/offers", LOGO | {"title": "Cafe\u0301", "skills": ["Tra\u0308ume"]})
    assert (made["title"], made["skills"]) == ("Caf\u00e9", ["Tr\u00e4ume"])


async def test_contacts_are_trusted(counters):
    at_alice = counters[0]
    person_view = {"identity": NAMES[bob], "name": None, "label": "Bob"}
    assert await at_alice.post("/contacts", {"identity": NAMES[bob], "label": "Bob"}) == person_view
    assert at_alice.office.desk.stores.contacts.trusted(bob.id)
    unknown = text.show(bytes(32), text.IDENTITY)
    assert await at_alice.denied("POST", "/contacts", {"identity": unknown}) == (404, "not-found")
    (listed,) = (await at_alice.get("/contacts"))["contacts"]
    assert (listed["identity"], listed["label"]) == (NAMES[bob], "Bob")
    assert await at_alice.post(f"/contacts/{NAMES[bob]}/remove", {}) == person_view
    assert await at_alice.get("/contacts") == {"contacts": [], "blocked": [], "labelled": [person_view]}
    await at_alice.post(f"/contacts/{NAMES[bob]}/block", {})
    found = await at_alice.get("/contacts")
    assert (found["blocked"], found["labelled"]) == ([person_view | {"since": at_alice.office.now()}], [])
    await at_alice.post(f"/contacts/{NAMES[bob]}/unblock", {})
    assert (await at_alice.post(f"/contacts/{NAMES[bob]}/label", {}))["label"] is None
    assert await at_alice.get("/contacts") == {"contacts": [], "blocked": [], "labelled": []}
    assert await at_alice.denied("POST", f"/contacts/{NAMES[bob]}/remove", {}) == (404, "not-found")


async def test_a_relay_without_a_key_shows_and_signs_nothing(counters):
    at_carol = counters[2]
    at_carol.office.desk.signer = None
    for method, path, body in (
        ("GET", "/identity", None),
        ("PUT", "/identity", {"name": "Carol"}),
        ("POST", "/offers", LOGO),
    ):
        assert await at_carol.denied(method, path, body) == (409, "no-identity")
    assert await at_carol.denied("GET", "/offers", mine=1) == (409, "no-identity")
    assert await at_carol.get("/contracts") == {"contracts": [], "serving": []}
    assert await at_carol.get("/disputes") == {"disputes": []}
    assert await at_carol.get("/proposals", order="time") == {
        "received": [],
        "sent": [],
        "order": "time",
        "ordered": "as they come, newest first",
        "folds": [],
    }
