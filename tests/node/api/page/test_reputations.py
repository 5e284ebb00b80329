"""A reputation in a browser: the number, its picture, and why, down to each record."""

import pytest

from freehold.node.api.page import picture
from freehold.protocol import text
from tests.cast import alice, bob, carol
from tests.node.api.story import LEVELS, finished

ALICE, BOB, CAROL = (text.show(who.id, text.IDENTITY) for who in (alice, bob, carol))
HOSTILE = "<script>alert(1)</script>\u202e"


@pytest.fixture
async def reviewed(counters):
    contract = await finished(counters)
    for counter in counters[:2]:
        await counter.post("/reviews", {"contract": contract, **LEVELS, "text": f"A pleasure. {HOSTILE}"})
    return contract


async def test_a_number_is_explained_down_to_the_records(readers, reviewed):
    at_alice, at_bob, _ = readers
    page = await at_alice.get(f"/reputation/{BOB}")
    assert at_alice.status == 200
    assert page.says("/100", "1 review counts, by 1 person.", "A pleasure.", "weighs", "As freelancer", "Its history")
    assert f"/contracts/{reviewed}" in page.links
    assert HOSTILE not in page.html
    assert (await at_bob.get("/reputation")).says("you", "1 review counts")
    assert at_bob.path == f"/reputation/{BOB}"


async def test_the_picture_has_a_dot_for_every_change_and_words_for_who_cannot_see_it(readers, reviewed):
    page = await readers[0].get(f"/reputation/{BOB}")
    assert len([tag for tag, _ in page.tags if tag == "circle"]) == 1
    assert page.says("How the number came to be", "The same steps stand as a list")


async def test_who_has_no_reviews_is_what_people_are_like(readers, reviewed):
    page = await readers[0].get(f"/reputation/{CAROL}")
    assert page.says("no reviews yet", "this is what people are like in general", "No contract of theirs is here.")
    assert "circle" not in [tag for tag, _ in page.tags]


async def test_another_place_another_role_another_person(readers, reviewed):
    at_alice = readers[0]
    page = await at_alice.get(f"/reputation/{BOB}?as={CAROL}&role=client&other={ALICE}")
    assert at_alice.status == 200
    assert page.says("Beside each other")
    assert "1 review counts" not in " ".join(page.words.split())
    for bad in ("?role=king", "?as=nobody", "?other=nobody", "?as=%00&other=%ff"):
        page = await at_alice.get(f"/reputation/{BOB}{bad}")
        assert at_alice.status in (400, 404, 422), bad
    await at_alice.get("/reputation/of?identity=../settings")
    assert at_alice.path.startswith("/reputation/")


def test_a_picture_stays_in_its_frame_and_has_bounded_points():
    changes = [{"at": 1000 * n, "mean": n % 7 / 6, "lower": -0.5, "upper": 1.5} for n in range(1_001)]
    found = picture.history(changes, 2_000_000)
    assert found is not None
    assert len(found.dots) <= picture.MOST_POINTS + 1
    assert found.dots[-1].at == changes[-1]["at"]
    heights = [dot.y for dot in found.dots]
    assert min(heights) >= picture.TOP
    assert max(heights) <= picture.HEIGHT - picture.BOTTOM
    xs = [dot.x for dot in found.dots]
    assert xs == sorted(xs)
    assert xs[0] >= picture.LEFT
    assert xs[-1] <= picture.WIDTH - picture.RIGHT
    assert picture.history([], 0) is None
    assert picture.history([{"at": 5, "mean": 1.0, "lower": 1.0, "upper": 1.0}], 5) is not None
