"""Reviews over the API: written, answered, counted or not, and the reputation that they make."""

from freehold.node.core.reputation import collecting
from tests.cast import alice, bob, mallory, review
from tests.node.api.story import LEVELS, NAMES, REVIEW_VIEW, SCORE_VIEW, agreed, finished


async def test_reviews_make_a_reputation_that_is_explained(counters):
    at_alice, at_bob, at_carol = counters
    contract = await finished(counters)
    written = await at_alice.post("/reviews", {"contract": contract, **LEVELS, "text": "Quick and kind."})
    assert at_alice.status == 201
    assert set(written) == REVIEW_VIEW
    assert (written["counts"], written["why_not"], written["levels"]) == (True, None, LEVELS)
    assert (written["shown"], written["grade"], written["reply"]) == (False, "B", None)
    assert await at_carol.get("/reviews", of=NAMES[bob]) == {"reviews": []}
    await at_bob.post("/reviews", {"contract": contract, **LEVELS, "text": "Paid at once."})
    written |= {"shown": True}
    assert await at_carol.get("/reviews", of=NAMES[bob]) == {"reviews": [written]}
    assert await at_carol.get("/reviews", by=NAMES[alice][:14]) == {"reviews": [written]}
    score = await at_carol.get(f"/reputation/{NAMES[bob]}")
    assert set(score) == SCORE_VIEW
    assert (score["counted"], score["left_out"], score["ranking"]) == (1, 0, "personal")
    assert 0 < score["lower"] < score["mean"] < score["upper"] <= 1
    assert "alike" in score["seen"]
    assert {name: score[name] for name in score["anywhere"]} == score["anywhere"]
    assert (score["conduct"]["freelancer"]["contracts"], score["conduct"]["freelancer"]["facts"]) == (1, [])
    why = await at_carol.get(f"/reputation/{NAMES[bob]}/why")
    (share,) = why["evidence"]
    assert (share["review"], share["author"], share["contract"]) == (written["review"], NAMES[alice], contract)
    assert share["delta"] > 0
    assert (share["weight"], share["trust"], share["place"], share["path"], share["grade"]) == (1, 1, 1, [], "B")
    assert why | {"left_out": 0} == score | {"evidence": [share]}


async def test_who_asks_about_somebody_is_told_by_all_that_is_here(counters, monkeypatch):
    """A question waits for a few steps; what a list may lack for some seconds, an answer about one person does not."""
    monkeypatch.setattr(collecting, "STEPS", 0)
    at_alice, at_bob, at_carol = counters
    contract = await finished(counters)
    await at_alice.post("/reviews", {"contract": contract, **LEVELS, "text": "Quick and kind."})
    await at_bob.post("/reviews", {"contract": contract, **LEVELS, "text": "Paid at once."})

    async def known_of_alice():
        (offer,) = (await at_carol.get("/offers"))["offers"]
        return offer["reputation"]["counted"]

    assert await known_of_alice() == 0, "it was judged before anybody asked"
    assert (await at_carol.get(f"/reputation/{NAMES[bob]}"))["counted"] == 1
    assert await known_of_alice() == 1, "what people beside bob are worth was left out"


async def test_the_subject_of_a_review_answers_it_once(counters):
    at_alice, at_bob, at_carol = counters
    contract = await finished(counters)
    written = await at_alice.post("/reviews", {"contract": contract, **LEVELS, "text": "Quick and kind."})
    await at_bob.post("/reviews", {"contract": contract, **LEVELS, "text": "Paid at once."})
    written |= {"shown": True}
    replied = await at_bob.post(f"/reviews/{written['review']}/reply", {"text": "You too."})
    assert replied == written | {"reply": "You too."}
    assert await at_carol.get("/reviews", of=NAMES[bob]) == {"reviews": [replied]}
    again = {"text": "And more."}
    assert await at_bob.denied("POST", f"/reviews/{written['review']}/reply", again) == (409, "replied-already")
    assert await at_alice.denied("POST", f"/reviews/{written['review']}/reply", again) == (409, "not-yours")
    assert await at_carol.denied("GET", "/reviews") == (400, "bad-request")
    assert await at_carol.denied("GET", "/reviews", of=NAMES[bob], by=NAMES[bob]) == (400, "bad-request")


async def test_a_review_that_does_not_count_says_why(market, counters):
    at_carol = counters[2]
    stall = market.stalls[at_carol.office.desk.me]
    stall.hears(mallory.inception)
    stall.hears(review(mallory, bob, bytes(32), level=0, text="A crook!"))
    (view,) = (await at_carol.get("/reviews", of=NAMES[bob]))["reviews"]
    assert (view["counts"], view["why_not"]) == (False, "its contract is not known here")
    why = await at_carol.get(f"/reputation/{NAMES[bob]}/why")
    assert why["left_out"] == [{"review": view["review"], "reason": view["why_not"]}]


async def test_a_review_before_the_end_waits(counters):
    _, _, contract = await agreed(counters)
    assert await counters[0].denied("POST", "/reviews", {"contract": contract, **LEVELS}) == (409, "not-finished")
