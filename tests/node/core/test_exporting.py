"""What a node gives away of a reputation: what is public, and enough of it to come to the score that the node gives."""

import json

import pytest
import trio

from freehold.node.core import exporting, identities, reputation
from freehold.node.core.desk import Denied
from freehold.node.core.reputation.opinions import NOBODY
from freehold.protocol import lines, text
from freehold.protocol.kinds.profile import Profile
from freehold.protocol.kinds.review import REVIEW
from freehold.protocol.resume import bundle, credentials
from freehold.protocol.resume.judging import judge
from freehold.protocol.steps import at_once
from tests.cast import START_MS, alice, bob, mallory, note, person, review, story
from tests.node.api.counter import Counter, StallOffice
from tests.node.core.market import denied
from tests.protocol.resume.career import NOW, RECORDS, STORIES, dave, forked

BOB = text.show(bob.id, text.IDENTITY)


@pytest.fixture
def at_bob(market):
    """bob's node after his career, private words and other people's business included."""
    market.now = NOW
    stall = market.open(bob)
    private = [told.delivery for told in STORIES] + [note(alice, STORIES[0].contract, "Between us.")]
    for record in (*RECORDS, *private, mallory.inception, review(mallory, bob, STORIES[0].contract)):
        stall.desk.stores.records.add(record, NOW, shared=True)
    return stall


def test_what_a_node_exports_gives_the_score_that_the_node_gives(market, at_bob):
    found = exporting.export(at_bob.desk, bob.id, NOW)
    judged = judge(bundle.read(found.text.encode()), NOW)
    here = reputation.of(at_bob.desk, bob.id, NOW, NOBODY)
    score = here.score
    assert (judged.result.mean, judged.result.lower, judged.result.upper) == (score.mean, score.lower, score.upper)
    assert [share.opinion.review[:8] for share in judged.result.shares] == [p.share.review[:8] for p in here.points]
    assert (found.contracts, found.left_out, len(judged.result.shares)) == (4, 0, 4)


def test_private_words_and_strangers_stay_out(at_bob):
    found = bundle.read(exporting.export(at_bob.desk, bob.id, NOW).text.encode())
    records = [placed.record for placed in found.lines]
    assert {record.id for record in records} == {record.id for record in RECORDS}
    assert not any(record.body for record in records if record.header.kind == "delivery/1")


def test_a_contract_that_nobody_reviewed_is_exported_too_and_what_one_party_alone_signed_is_not(at_bob):
    """What a contract holds against somebody does not hang from a review."""
    quiet, offered = story(salt=77, at=START_MS), story(salt=78, at=START_MS)
    for record in (*quiet.contract_records[:3], offered.client_signs):
        at_bob.desk.stores.records.add(record.without_body() if record is quiet.delivery else record, NOW, shared=True)
    found = exporting.export(at_bob.desk, bob.id, NOW)
    named = {placed.record.header.context for placed in bundle.read(found.text.encode()).lines}
    assert (found.contracts, quiet.contract in named, offered.contract in named) == (5, True, False)


def test_a_strangers_proof_of_a_fork_is_exported_with_the_strangers_key(at_bob):
    proof = forked(mallory, STORIES[2])
    at_bob.desk.stores.records.add(proof, NOW, shared=True)
    judged = judge(bundle.read(exporting.export(at_bob.desk, bob.id, NOW).text.encode()), NOW)
    assert {proof.id, mallory.inception.id} <= {placed.record.id for placed in judged.bundle.lines}
    marks = [(mark.on, mark.what) for contract in judged.contracts for mark in contract.marks]
    assert marks == [(bob.id, "forked")]


def test_a_review_that_waits_to_be_shown_is_not_exported(at_bob):
    mine = STORIES[1].freelancer_reviews
    desk = at_bob.desk
    desk.stores.records.shared = lambda names, _real=desk.stores.records.shared: [
        record for record in _real(names) if record.id != mine.id
    ]
    found = bundle.read(exporting.export(desk, bob.id, NOW).text.encode())
    assert mine.id not in {record.id for record in found.of_kind(REVIEW.name)}


def test_the_owner_may_sign_it_and_signs_credentials(market, at_bob):
    signed = bundle.read(exporting.export(at_bob.desk, bob.id, NOW, sign=True).text.encode())
    assert signed.exporter == bob.id
    shown = credentials.check(exporting.certify(at_bob.desk, bob.id, NOW).text.encode())
    assert len(shown) == 4
    at_bob.desk.signer = None
    for act in (
        lambda desk, now: exporting.export(desk, bob.id, now, sign=True),
        lambda desk, now: exporting.certify(desk, bob.id, now),
    ):
        assert denied(at_bob, market, act).code == "no-identity"


def test_somebody_elses_is_exported_as_this_node_knows_it(at_bob):
    found = bundle.read(exporting.export(at_bob.desk, dave.id, NOW, sign=True).text.encode())
    assert (found.subject, found.exporter, len(found.contracts)) == (dave.id, bob.id, 1)


def test_who_has_no_reviews_has_a_file_all_the_same_and_who_is_unknown_has_none(market, at_bob):
    assert exporting.export(at_bob.desk, mallory.id, NOW).contracts == 0
    nobody = person("nobody")
    assert denied(at_bob, market, lambda desk, now: exporting.export(desk, nobody.id, now)).code == "not-found"


def most_in_a_step(monkeypatch, steps):
    """The most contracts, lines and credentials that one step makes, and what comes of all."""
    done, most = [], 0

    def noting(real):
        def noted(*given):
            done.append(real)
            return real(*given)

        return noted

    for where, name in ((lines, "line_of"), (credentials, "_credential"), (exporting, "_contract")):
        monkeypatch.setattr(where, name, noting(getattr(where, name)))
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return most, end.value
        most = max(most, len(done))
        done.clear()


@pytest.mark.parametrize("made", [exporting.exporting, exporting.certifying])
def test_no_step_of_an_export_is_long(at_bob, monkeypatch, made):
    whole = at_once(made(at_bob.desk, bob.id, NOW))
    monkeypatch.setattr(lines, "LINES_A_STEP", 3)
    most, found = most_in_a_step(monkeypatch, made(at_bob.desk, bob.id, NOW))
    assert found == whole
    assert most == (3 if made is exporting.exporting else 1)


def test_a_key_that_is_locked_meanwhile_signs_nothing(at_bob):
    desk = at_bob.desk
    for made in (exporting.exporting(desk, bob.id, NOW, sign=True), exporting.certifying(desk, bob.id, NOW)):
        next(made)
        signer, desk.owner, desk.signer = desk.signer, bob.id, None
        with pytest.raises(Denied, match="locked"):
            at_once(made)
        desk.signer = signer


@pytest.mark.parametrize("form", ["bundle", "credentials"])
async def test_others_have_their_turn_while_a_reputation_is_exported(market, at_bob, form):
    turns = 0

    async def others():
        nonlocal turns
        while True:
            await trio.lowlevel.checkpoint()
            turns += 1

    async with trio.open_nursery() as nursery:
        nursery.start_soon(others)
        await Counter(StallOffice(market, at_bob)).post(f"/reputation/{BOB}/export", {"format": form})
        nursery.cancel_scope.cancel()
    assert turns > len(STORIES)


@pytest.mark.parametrize("bound", ["records", "bytes", "contracts"])
def test_the_newest_contracts_have_room_and_the_rest_are_counted(at_bob, monkeypatch, bound):
    if bound == "records":
        monkeypatch.setattr(bundle, "RECORDS", exporting.VOUCHES_IN_ALL + 31)
    elif bound == "bytes":
        monkeypatch.setattr(bundle, "BUNDLE_BYTES", exporting.ROOM_BYTES + 30_000)
    else:
        monkeypatch.setattr(bundle, "CONTRACTS", 2)
    found = exporting.export(at_bob.desk, bob.id, NOW)
    assert (found.contracts, found.left_out) == (2, 2)
    newest = {told.contract for told in STORIES[2:]}
    assert bundle.read(found.text.encode()).contracts.keys() == newest


async def test_over_the_api(market, at_bob):
    market.does(at_bob, identities.set_profile, Profile("Robert"))
    counter = Counter(StallOffice(market, at_bob))
    answer = await counter.post(f"/reputation/{BOB[:14]}/export", {"sign": True})
    assert (answer["identity"], answer["contracts"], answer["left_out"]) == (BOB, 4, 0)
    assert bundle.read(answer["export"].encode()).names[bob.id] == "Robert"
    answer = await counter.post(f"/reputation/{BOB}/export", {"format": "credentials"})
    assert json.loads(answer["export"])["type"] == ["VerifiablePresentation"]
    assert await counter.denied("POST", f"/reputation/{BOB}/export", {"format": "pdf"}) == (400, "bad-request")
