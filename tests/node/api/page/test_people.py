"""People in a browser without JavaScript: trusted, looked up, described; and one's own profile."""

from freehold.protocol import text
from tests.cast import bob, carol, mallory
from tests.node.api.story import LEVELS, finished

BOB = text.show(bob.id, text.IDENTITY)


async def test_somebody_is_trusted_and_no_longer(readers, counters):
    at_alice, _, _ = readers
    await counters[1].put("/identity", {"name": "Bob", "about": "I draw.", "roles": ["freelancer"]})
    assert (await at_alice.get("/people")).says("You trust nobody yet")
    form = next(form for form in (await at_alice.get("/people")).forms if form.action == "/people")
    page = await at_alice.send(form, identity=BOB, label="from school")
    assert page.says("Added to your contacts", "Bob", "from school")
    page = await at_alice.get(f"/people/{BOB}")
    assert page.says("Bob", "I draw.", "freelancer", "in your contacts", "from school")
    assert (await at_alice.send(page.form(f"/people/{BOB}/remove"))).says("Removed", "You trust nobody yet")
    adding = next(form for form in (await at_alice.get(f"/people/{BOB}")).forms if form.method == "post")
    assert (await at_alice.send(adding)).says("Added to your contacts")


async def test_what_was_typed_wrong_is_told_and_stays(readers):
    at_alice, _, _ = readers
    form = next(form for form in (await at_alice.get("/people")).forms if form.action == "/people")
    page = await at_alice.send(form, identity="fh1nobody", label="a friend")
    assert at_alice.status in (400, 404)
    assert dict(page.form("/people").fields)["label"] == "a friend"
    for stranger in (text.show(mallory.id, text.IDENTITY), "../settings", "?", "%2f", "\u202e"):
        await at_alice.get(f"/people/find?identity={stranger}")
        assert at_alice.status in (400, 404), stranger
        assert at_alice.path.startswith("/people/")


async def test_a_profile_is_signed_as_it_is_shown(readers, counters):
    at_alice, _, _ = readers
    form = (await at_alice.get("/profile")).form("/profile")
    preview = await at_alice.send(
        form,
        name="Amélie",
        about="I bake.\nBread.",
        role=["client", "freelancer"],
        skills="Baking, ",
        languages="fr,de",
    )
    assert preview.says("Publish this profile?", "roles.2", "freelancer")
    page = await at_alice.send(preview.form("/profile"), "sign")
    assert page.says("this is how others see you now", "Amélie", "I bake.", "Baking")
    found = await counters[1].get(at_alice.path.replace("/people/", "/identities/"))
    assert (found["name"], found["roles"], found["languages"]) == ("Amélie", ["client", "freelancer"], ["fr", "de"])
    again = (await at_alice.get("/profile")).form("/profile")
    assert {value for name, value in again.fields if name == "role"} == {"client", "freelancer"}
    page = await at_alice.send(again, languages="french!")
    assert at_alice.status == 400
    assert ("role", "client") in page.form("/profile").fields


async def test_what_others_say_and_what_contracts_show_stand_on_a_persons_page(readers, counters):
    at_alice, at_bob, _ = readers
    contract = await finished(counters)
    for counter in counters[:2]:
        await counter.post("/reviews", {"contract": contract, **LEVELS, "text": "A pleasure, honestly."})
    page = await at_alice.get(f"/people/{BOB}")
    assert page.says("As freelancer", "Contracts 1", "A pleasure, honestly.", "Quality 4 /4", "1 review")
    assert (await at_bob.get("/people/services")).says("Nobody offers to serve")
    await counters[2].post("/services", {"service": "arbiter", "about": "Fair."})
    assert (await at_bob.get("/people/services")).says("arbiter", "Fair.")


async def test_a_word_of_ones_own_stands_wherever_somebody_is_named(readers, counters):
    at_alice, at_bob, _ = readers
    for counter, name in ((counters[1], "Anna"), (counters[2], "Anna")):
        await counter.put("/identity", {"name": name})
    await counters[1].post("/offers", {"side": "service", "title": "I draw"})
    page = await at_alice.send(
        (await at_alice.get(f"/people/{BOB}")).form(f"/people/{BOB}/label"), label="The real one"
    )
    assert page.says("Saved. Only you see it.", "The real one Anna")
    for path in ("/offers", "/people", f"/reputation/{BOB}", f"/people/{BOB}"):
        assert (await at_alice.get(path)).says("The real one Anna"), path
        assert not (await at_bob.get(path)).says("The real one"), path
    carols = f"/people/{text.show(carol.id, text.IDENTITY)}"
    page = await at_alice.send((await at_alice.get(carols)).form(f"{carols}/label"), label="the real ONE")
    assert at_alice.status == 409
    assert page.says("you call somebody else")
    page = await at_alice.send((await at_alice.get(f"/people/{BOB}")).form(f"/people/{BOB}/label"), label="")
    assert not page.says("The real one")


async def test_somebody_blocked_is_out_of_sight_until_the_block_is_lifted(readers, counters):
    at_alice, at_bob, _ = readers
    await counters[1].put("/identity", {"name": "Bob"})
    await counters[1].post("/offers", {"side": "service", "title": "I draw falcons"})
    await counters[1].post("/services", {"service": "arbiter", "about": "Fair."})
    contract = await finished(counters)
    page = await at_alice.send((await at_alice.get(f"/people/{BOB}")).form(f"/people/{BOB}/block"))
    assert page.says("Blocked. You can lift it here", "You have blocked this person", "Lift the block")
    assert (await at_alice.get("/people/blocked")).says("Bob", "Nobody is told")
    page = await at_alice.get("/offers")
    assert page.says("1 offer of somebody whom you blocked is hidden", "Show them")
    assert not page.says("I draw falcons")
    assert (await at_alice.get("/offers?blocked=1")).says("I draw falcons", "Bob blocked")
    assert (await at_alice.get("/people/services")).says("1 person whom you blocked is hidden")
    assert (await at_alice.get("/people/services?blocked=1")).says("Fair.")
    assert (await at_alice.get(f"/contracts/{contract}")).says("Bob")
    assert not (await at_bob.get(f"/people/{BOB}")).says("blocked")
    page = await at_alice.send((await at_alice.get("/people/blocked")).form(f"/people/{BOB}/unblock"))
    assert page.says("No longer blocked", "You have blocked nobody")
    assert (await at_alice.get("/offers")).says("I draw falcons")
