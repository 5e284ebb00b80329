"""Who signs two entries for one place is shown to everybody, once, by whoever sees both."""

import pytest
from msgspec import structs

from freehold.node.core.effects import Announce, Kept, Verdict
from freehold.protocol.contract import FORKED
from freehold.protocol.envelope import pack
from freehold.protocol.kinds.entries import Acceptance, Delivery, Revision
from freehold.protocol.kinds.forks import FORK, Fork
from tests.cast import agreement, agreement_body, alice, bob, carol, entry, mallory, signed
from tests.node.core.market import Stall, desk_of
from tests.node.core.tale import DRAFTS, by_hand


@pytest.fixture
def tale(market, stalls):
    return by_hand(market, at=market.now)


def twin(tale, who, text):
    """Another entry of somebody in the place of the first."""
    return entry(who, Delivery(text), tale.seen_by(alice).signatures[who.id], at=tale.market.now)


def proofs(tale, who):
    records = tale.at(who).desk.stores.records.in_context(tale.id)
    return [record for record in records if record.header.kind == FORK.name]


def proof(author, one, other, **changes):
    """A fork proof that somebody signs."""
    halves = sorted((one, other), key=lambda record: record.id)
    body = Fork(*(pack(half.without_body()) for half in halves))
    header = {"context": one.header.context, "slot": one.header.key} | changes
    return signed(FORK, body, author, one.header.at, **header)


def shows_the_fork(tale):
    marks = [[(mark.on, mark.what) for mark in tale.seen_by(who).marks] for who in (alice, bob, carol)]
    return marks == [[(bob.id, FORKED)]] * 3


def test_whoever_sees_both_entries_proves_it_to_everybody_once(tale):
    at_carol = tale.at(carol)
    first, second, third = (twin(tale, bob, text) for text in ("One.", "Another.", "A third."))
    for at in (alice, bob):
        tale.at(at).hears(first, tale.market.now)
    at_carol.hears(second, tale.market.now)
    assert proofs(tale, carol) == []
    judgement = at_carol.judges(first, tale.market.now)
    (announced,) = [effect.record for effect in judgement.effects if isinstance(effect, Announce)]
    assert (announced.header.kind, announced.author) == (FORK.name, carol.id)
    tale.market.carry(at_carol, judgement.effects)
    assert proofs(tale, alice) == proofs(tale, bob) == proofs(tale, carol) == [announced]
    for at in (alice, carol):
        for record in (second, third):
            judgement = tale.at(at).judges(record, tale.market.now)
            assert [effect for effect in judgement.effects if isinstance(effect, Announce)] == []
    assert shows_the_fork(tale)


def test_a_second_proof_of_the_same_key_is_nobodys_fault_and_not_kept(tale):
    one, other, third = (twin(tale, bob, text) for text in ("One.", "Another.", "A third."))
    first, second = proof(carol, one, other), proof(alice, other, third)
    for at in (alice, bob, carol):
        assert tale.at(at).hears(first, tale.market.now) is Verdict.ACCEPT
        assert tale.at(at).hears(second, tale.market.now) is Verdict.IGNORE
    assert proofs(tale, bob) == [first]
    assert shows_the_fork(tale)


def test_a_proof_is_enough_for_who_has_neither_entry_or_one(tale):
    one, other = twin(tale, bob, "One."), twin(tale, bob, "Another.")
    tale.at(alice).hears(one, tale.market.now)
    for at in (alice, bob, carol):
        tale.at(at).hears(proof(carol, one, other), tale.market.now)
    assert shows_the_fork(tale)


def test_two_keys_that_fork_in_one_contract_are_both_shown(tale):
    signatures = tale.seen_by(alice).signatures
    accepts = [entry(alice, Acceptance(text), signatures[alice.id], at=tale.market.now) for text in ("a", "b")]
    for made in (proof(carol, *(twin(tale, bob, text) for text in "ab")), proof(carol, *accepts)):
        tale.at(carol).hears(made, tale.market.now)
    assert {mark.on for mark in tale.seen_by(carol).marks} == {alice.id, bob.id}


def forgeries(tale):
    one, other = twin(tale, bob, "One."), twin(tale, bob, "Another.")
    next_one = entry(bob, DRAFTS, one, at=tale.market.now)
    hers = entry(alice, Acceptance(), tale.seen_by(alice).signatures[alice.id], at=tale.market.now)
    elsewhere = agreement(bob, agreement_body(salt=7))
    unsigned = structs.replace(other, signature=bytes(64))
    return {
        "two places": proof(mallory, one, next_one),
        "two authors": proof(mallory, one, hers),
        "one entry twice": proof(mallory, one, one),
        "one that bob did not sign": proof(mallory, one, unsigned),
        "two contracts": proof(mallory, one, entry(bob, DRAFTS, elsewhere)),
        "another contract": proof(mallory, one, other, context=bytes(32)),
        "another key's slot": proof(mallory, one, other, slot=alice.key.key),
    }


@pytest.mark.parametrize("name", ["two places", "two authors", "one entry twice", "one that bob did not sign",
                                  "two contracts", "another contract", "another key's slot"])  # fmt: skip
def test_a_forged_proof_is_refused_and_marks_nobody(tale, name):
    tale.at(carol).hears(mallory.inception, tale.market.now)
    assert tale.at(carol).hears(forgeries(tale)[name], tale.market.now) is Verdict.REFUSE
    assert proofs(tale, carol) == []
    assert tale.seen_by(carol).marks == ()


def test_an_honest_chain_however_long_is_no_fork(tale):
    for who, body in ((bob, DRAFTS), (alice, Revision(("1",))), (bob, DRAFTS), (alice, Acceptance())):
        tale.does(who, body)
    tale.passes(0)
    assert [proofs(tale, who) for who in (alice, bob, carol)] == [[], [], []]
    assert tale.seen_by(carol).marks == ()


def test_a_relay_sees_both_and_keeps_them_for_those_who_can_sign(tale):
    relay = Stall(carol, desk_of(None), tale.at(carol).service)
    relay.service = type(relay.service)(relay.desk)
    for record in (alice.inception, bob.inception, *tale.seen_by(alice).signatures.values()):
        relay.hears(record, tale.market.now)
    for text in ("One.", "Another."):
        effects = relay.judges(twin(tale, bob, text), tale.market.now).effects
        assert [type(effect) for effect in effects] == [Kept]
    assert relay.desk.stores.records.totals()["delivery/1"] == 2


def test_the_branch_that_the_other_side_answered_stands_and_the_contract_goes_on(tale):
    second = twin(tale, bob, "Another.")
    first = tale.does(bob, DRAFTS)
    acceptance = tale.does(alice, Acceptance())
    for stall in tale.market.stalls.values():
        tale.market.carry(stall, stall.judges(second, tale.market.now).effects)
    tale.passes(0)
    assert tale.state() == "payable"
    assert [step.entry.id for step in tale.seen_by(carol).steps] == [first.id, acceptance.id]
    assert shows_the_fork(tale)
