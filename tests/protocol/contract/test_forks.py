"""Two versions for one place: what the other side answered stands, and whoever signed both bears the mark."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from freehold.protocol import contract as c
from freehold.protocol.envelope import Record, pack
from freehold.protocol.kinds.disputes import CaseDeclined, CaseTaken, Dispute
from freehold.protocol.kinds.entries import Acceptance, Delivery
from freehold.protocol.kinds.forks import FORK, Fork
from freehold.protocol.kinds.timing import Ping
from tests.cast import Person, agreement, alice, bob, carol, mallory, receipt, signed

from .deal import Deal, dave, deal, delivered, erin, ms


def forked(told: Deal, who: Person, body: Any, day: float, *, witnessed: bool = True, part: int | None = 0) -> Record:
    """Another version of somebody's last entry."""
    last = told.heads[who.id]
    place = {"seq": last.header.seq, "prev": last.header.prev, "seen": last.header.seen}
    return told.keep(told.signed(who, body, day, part, **place), day, witnessed=witnessed)


def proof(one: Record, other: Record, by: Person = mallory) -> Record:
    """A fork proof; anybody can make it, from headers alone."""
    first, second = sorted((one, other), key=lambda record: record.id)
    body = Fork(pack(first.without_body()), pack(second.without_body()))
    return signed(FORK, body, by, ms(9), context=one.header.context, slot=one.header.key)


def test_the_answered_version_stands() -> None:
    """Bob delivers, alice accepts; bob's other version has more witnesses and an earlier date, and changes nothing."""
    told = delivered(day=1, witness=carol)
    first = told.heads[bob.id]
    told.does(alice, Acceptance(), 2)
    second = forked(told, bob, Delivery("This, rather."), 0.5)
    found = told.at(3)
    assert (found.milestones[0].state, found.steps[0].entry) == (c.PAYABLE, first)
    assert told.marks(3) == [("bob", "forked")]
    assert set(found.marks[0].because) == {first.id, second.id}
    assert [name for name, _ in found.waiting] == [second.id]


def test_who_answers_the_last_entry_has_answered_those_before() -> None:
    """Alice names the head of bob's chain only; a second version of an entry under it takes nothing back."""
    told = delivered(day=1)
    first = told.heads[bob.id]
    told.does(bob, Ping(), 1.5, part=None)
    told.does(alice, Acceptance(), 2)
    told.heads[bob.id] = first
    forked(told, bob, Delivery("This, rather."), 0.5)
    assert (told.state(3), told.marks(3)) == (c.PAYABLE, [("bob", "forked")])


def test_unanswered_the_one_that_witnesses_had_first_stands() -> None:
    told = delivered(day=2, witness=carol)
    first = told.heads[bob.id]
    second = forked(told, bob, Delivery("This, rather."), 1, witnessed=False)
    assert told.at(3).steps[0].entry == first
    told.records.append(receipt(carol, second, at=ms(2.5)))
    assert told.at(3).steps[0].entry == first
    told.records.append(receipt(carol, second, at=ms(1.5)))
    assert told.at(3).steps[0].entry == second


def test_the_quorum_decides_not_the_first_witness() -> None:
    told = deal(witnesses=(carol.id, dave.id, erin.id), quorum=2)
    one = told.does(bob, Delivery("One."), 1)
    other = forked(told, bob, Delivery("Other."), 1)
    told.records.append(receipt(carol, one, at=ms(1.1)))
    told.records += [receipt(who, other, at=ms(1.5)) for who in (dave, erin)]
    assert told.at(2).steps[0].entry == other


def test_with_neither_the_chain_ends_before_it() -> None:
    told = delivered(day=1)
    forked(told, bob, Delivery("This, rather."), 1)
    assert (told.state(3), told.at(3).steps, told.marks(3)) == (c.WORKING, (), [("bob", "forked")])
    assert len(told.at(3).waiting) == 2


def test_a_proof_alone_brings_both_versions() -> None:
    told = deal(witness=carol)
    one = told.signed(bob, Delivery("One."), 1)
    other = told.signed(bob, Delivery("Other."), 1)
    told.records.append(proof(one, other))
    assert told.marks(3) == [("bob", "forked")]
    assert {name for name, _ in told.at(3).waiting} == {one.id, other.id}
    told.records.append(receipt(alice, other, at=ms(1)))
    assert (told.state(3), told.marks(3)) == (c.DELIVERED, [("bob", "forked")])


def test_many_proofs_and_versions_make_one_mark() -> None:
    told = delivered(day=1, witness=carol)
    versions = [forked(told, bob, Delivery(f"Version {number}."), 2) for number in range(4)]
    told.records += [proof(versions[0], version, by) for version in versions[1:] for by in (mallory, carol)]
    assert told.marks(3) == [("bob", "forked")]


def test_a_proof_of_another_contract_proves_nothing_here() -> None:
    told, other = deal(witness=carol), deal(witness=carol, salt=1)
    there = proof(other.signed(bob, Delivery("One."), 1), other.signed(bob, Delivery("Other."), 1))
    told.records.append(there)
    assert (told.marks(3), told.at(3).waiting) == ([], ())


def test_signing_the_agreement_twice_is_no_fork() -> None:
    told = delivered(day=1, witness=carol)
    before = told.at(3)
    told.keep(agreement(alice, told.body, ms(0.4)), 0.4)
    after = told.at(3)
    assert replace(after, signatures=before.signatures) == before


@pytest.mark.parametrize("by", [alice, bob], ids=["alice", "bob"])
def test_only_the_other_partys_word_chooses_a_version(by: Person) -> None:
    """Bob acknowledges his own second version in a later entry: that says nothing."""
    told = delivered(day=1)
    first = told.heads[bob.id]
    second = forked(told, bob, Delivery("This, rather."), 1)
    told.heads[bob.id] = second
    chain = {"seq": 2, "prev": second.id} if by is bob else {}
    body, part = (Ping(), None) if by is bob else (Acceptance(), 0)
    told.keep(told.signed(by, body, 2, part, seen=(first.id,), **chain), 2)
    assert told.state(3) == (c.WORKING if by is bob else c.PAYABLE)


@pytest.mark.parametrize("salt", range(6))
def test_the_first_answer_chooses_whatever_is_named_later(salt: int) -> None:
    """Of several contracts: ids, and with them the order in which records are looked at, differ."""
    told = delivered(day=1, salt=salt)
    first = told.heads[bob.id]
    second = forked(told, bob, Delivery("This, rather."), 1)
    told.does(alice, Acceptance(), 2, seen=(first.id,))
    told.does(alice, Ping(), 3, part=None, seen=(second.id,))
    told.does(alice, Ping(), 11, part=None, seen=(first.id,))
    assert (told.state(12), told.at(12).steps[0].entry) == (c.PAYABLE, first)


def test_who_names_both_versions_at_once_has_chosen_none() -> None:
    told = delivered(day=1)
    first = told.heads[bob.id]
    second = forked(told, bob, Delivery("This, rather."), 1)
    told.does(alice, Ping(), 2, part=None, seen=(first.id, second.id))
    assert told.state(3) == c.WORKING
    told.records.append(receipt(alice, second, at=ms(2)))
    assert told.at(3).steps[0].entry == second


def test_an_arbiter_forks() -> None:
    told = delivered(witness=carol, arbiters=(dave.id, erin.id))
    told.does(alice, Dispute("?"), 2)
    told.does(dave, CaseTaken(), 3)
    forked(told, dave, CaseDeclined(), 3.5)
    assert (told.state(4), told.marks(4)) == (c.AWAITING_ANSWER, [("dave", "forked")])
