"""An exported contract: what people are told of it, with no node, no network and no home."""

from __future__ import annotations

import json
import subprocess
import sys

import click
import pytest

from freehold.cli.commands.verifying import export, verify
from freehold.cli.errors import Trouble
from freehold.cli.verdict import verdict
from freehold.node.core import bundling, catalog, dealings, identities, proposing, reviewing
from freehold.node.core.proposing import Bid, Piece
from freehold.protocol import bundle, text
from freehold.protocol.envelope import place_of
from freehold.protocol.kinds.agreement import Milestone
from freehold.protocol.kinds.entries import Acceptance, Delivery
from freehold.protocol.kinds.offer import WANTED, Offer
from freehold.protocol.kinds.payments import PaymentReceived, PaymentSent
from freehold.protocol.kinds.profile import Profile
from freehold.protocol.kinds.timing import Claim
from freehold.protocol.kinds.values import Money
from tests.cast import (
    DAY_MS,
    NETWORK,
    START_MS,
    alice,
    bob,
    carol,
    commit,
    mallory,
    note,
    profile,
    review,
    story,
    terms,
)
from tests.node.api.counter import Counter, StallOffice
from tests.node.core.market import Market
from tests.protocol.contract.deal import delivered, ms

SIGNED = story()
PEOPLE = (alice.inception, bob.inception)
NOW = START_MS + 30 * DAY_MS
ALONE = """
import sys
sys.argv = ["freehold", "contract", "verify", sys.argv[1]]
from freehold.cli.commands.verifying import verify
verify(sys.argv[3:], standalone_mode=False)
bad = sorted(set(sys.modules) & {"trio", "libp2p", "sqlite3", "freehold.node", "starlette"})
sys.exit(f"imported {bad}" if bad else 0)
"""


def made(*records, contract=SIGNED.contract, exported=START_MS + DAY_MS):
    return bundle.write(contract, NETWORK, exported, (*PEOPLE, *records))


def whole():
    reviews = (SIGNED.client_reviews, SIGNED.freelancer_reviews)
    written = note(bob, SIGNED.contract, "What was signed.", terms=terms())
    return made(profile(alice), profile(bob), *SIGNED.contract_records, *SIGNED.commits, *reviews, written)


@pytest.fixture
def told(tmp_path, capsys):
    """What `contract verify` prints about some bytes."""

    def tell(data, *options):
        path = tmp_path / "deal.jsonl"
        path.write_bytes(data)
        verify([str(path), *options], standalone_mode=False)
        return capsys.readouterr().out

    return tell


def test_a_contract_that_went_well_is_told_from_both_signatures_to_the_reviews(told):
    found = told(whole(), "--at", str(NOW))
    signed = [text.show(record.id, text.RECORD) for record in (SIGNED.client_signs, SIGNED.freelancer_signs)]
    expected = (
        *("all 15 signatures in it are genuine", "who goes by the name of Alice", "closed, as of 2025-07-15"),
        *(*signed, alice.key.key.hex(), bob.key.key.hex(), "Three drafts, one round of changes."),
        *("delivered (milestone 1: delivered)", "100.00 EUR", "Nothing, against nobody", "It counts"),
        "4 of 4 steps have no time but their author's own.",
    )
    assert [words for words in expected if words not in found] == []


def test_the_same_as_data(told):
    found = json.loads(told(whole(), "--at", "2025-07-15", "--json"))
    assert (found["holds"], found["state"]) == (True, "closed")
    assert found["terms"]["clauses"] == [{"id": "1", "text": "Three drafts, one round of changes."}]
    assert [step["state"] for step in found["steps"]] == ["delivered", "payable", "paid", "settled"]
    assert [(review["counts"], review["grade"]) for review in found["reviews"]] == [(True, "B")] * 2
    assert len(found["signatures"]) == 15


def silent():
    """bob has delivered and claims; carol, whom both chose, vouches for the times; alice says nothing."""
    deal = delivered(witness=carol)
    claimed = deal.does(bob, Claim(deal.heads[bob.id].id), 12)
    return deal, claimed, made(carol.inception, *deal.records, contract=deal.id, exported=ms(13))


def test_silence_is_held_against_the_silent_side_with_the_records_behind_it():
    deal, claimed, data = silent()
    found = verdict(bundle.read(data), ms(16))
    (mark,) = found["marks"]
    assert (mark["on"]["identity"], mark["what"], mark["witnessed"]) == (
        text.show(alice.id, text.IDENTITY),
        "silent",
        True,
    )
    assert [each["record"] for each in mark["because"]] == [
        text.show(record.id, text.RECORD) for record in (deal.records[4], claimed)
    ]
    assert all(each["line"] for each in mark["because"])
    assert [who["identity"] for who in found["steps"][0]["witnesses"]] == [text.show(carol.id, text.IDENTITY)]
    assert any("stood otherwise" in warning for warning in found["warnings"])


def test_whose_turn_it_is_and_until_when(told):
    _, _, data = silent()
    found = told(data, "--at", str(ms(13)))
    assert f"it is up to {text.show(alice.id, text.IDENTITY)[:13]} until 2025-06-26" in found
    assert "the last time to perform is 2025-06-30" in found
    assert "The terms are not in this file" in found
    assert "What was signed after the export is not in this file." in found


def test_what_is_missing_is_told():
    records = [record for record in SIGNED.contract_records if record.id != SIGNED.acceptance.id]
    found = verdict(bundle.read(made(*(record.without_body() if record.header.kind != "agreement/1" else record
                                       for record in records))), NOW)  # fmt: skip
    told = " ".join(found["warnings"])
    for words in ("1 records that others name are missing", "do not count yet", "without their content"):
        assert words in told
    assert found["waiting"]


def test_one_signature_is_no_contract():
    found = verdict(bundle.read(made(SIGNED.freelancer_signs)), START_MS + DAY_MS)
    assert found["state"] == "offered"
    assert found["milestones"][0]["turn"] == "client"
    assert any("not a contract" in warning for warning in found["warnings"])


def test_reviews_that_do_not_count_say_why_and_a_flood_of_them_is_not_weighed():
    uncommitted = [review(alice, bob, SIGNED.contract, NOW + n, text=str(n)) for n in range(20)]
    found = verdict(bundle.read(made(*SIGNED.contract_records, *uncommitted, commit(uncommitted[1], alice))), NOW)
    assert len(found["reviews"]) == 16
    assert found["reviews"][0]["why_not"] == "it is not the review that its author committed to first"
    assert any("4 more reviews" in warning for warning in found["warnings"])


def test_words_of_others_cannot_pass_for_ours(told):
    hostile = profile(bob, name="Bob\u202e\u200b x")
    forged = review(bob, alice, SIGNED.contract, NOW, text="Fine.\nThis file holds: nothing.\t")
    found = told(made(hostile, *SIGNED.contract_records, forged), "--at", str(NOW))
    assert not {"\u202e", "\u200b"} & set(found)
    assert "\n    | This file holds: nothing." in found


def test_a_flaw_ends_the_command_with_its_place_and_exit_code_1(tmp_path, capsys):
    lines = whole().split(b"\n")
    changed = b"\n".join([*lines[:9], lines[9].replace(b"acceptance", b"acceptancf"), *lines[10:]])
    path = tmp_path / "deal.jsonl"
    path.write_bytes(changed)
    with pytest.raises(Trouble) as caught:
        verify([str(path), "--json"], standalone_mode=False)
    assert caught.value.code == "bundle-flawed"
    assert caught.value.exit_code == 1
    assert caught.value.problem()["line"] == 10
    assert "line 10" in caught.value.what
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("name", ["nowhere.jsonl", ".", "a\0b"])
def test_files_that_cannot_be_read(tmp_path, name):
    with pytest.raises(Trouble) as caught:
        verify([str(tmp_path / name)], standalone_mode=False)
    assert caught.value.code == "file-unreadable"


@pytest.mark.parametrize("at", ["yesterday", "99999-01-01", "-5", "9" * 20])
def test_times_that_are_none(tmp_path, at):
    with pytest.raises(click.UsageError, match="write it as"):
        verify([str(tmp_path / "deal.jsonl"), "--at", at], standalone_mode=False)


def test_it_needs_no_home_no_node_and_none_of_their_libraries(tmp_path):
    path = tmp_path / "deal.jsonl"
    path.write_bytes(whole())
    done = subprocess.run(
        [sys.executable, "-c", ALONE, str(path)], env={}, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "signatures in it are genuine" in done.stdout


PRICE = Money(10_000, "EUR")


async def test_what_a_node_exports_verifies_and_keeps_back_what_is_not_to_be_shown_yet():
    market = Market()
    at_alice, at_bob, at_carol = (market.open(who) for who in (alice, bob, carol))
    market.does(at_bob, identities.set_profile, Profile("Bob"))
    offered = market.does(at_alice, catalog.publish, Offer(WANTED, "A logo"), 30 * DAY_MS)
    bid = Bid("I draw.", (Piece("Sketch", PRICE, Milestone(work=DAY_MS)),))
    proposed = market.does(at_bob, proposing.propose, place_of(offered.header), bid, 7 * DAY_MS)
    contract = market.does(at_alice, proposing.accept, proposed.id)
    moves = (Delivery("Here."), Acceptance(), PaymentSent(PRICE, "SEPA"), PaymentReceived(PRICE))
    for stall, body in zip((at_bob, at_alice, at_alice, at_bob), moves, strict=True):
        market.now += 60_000
        market.does(stall, dealings.act, contract, 0, body)
    market.does(at_alice, reviewing.write, contract, (4, 4, 4, 4, 4), "Quick.")
    early = verdict(bundle.read(bundling.export(at_alice.desk, contract, market.now)), market.now)
    assert (early["state"], early["reviews"]) == ("closed", [])
    market.does(at_bob, reviewing.write, contract, (4, 4, 4, 4, 4), "Paid.")

    for record in (mallory.inception, review(mallory, bob, contract)):
        at_bob.desk.stores.records.add(record, market.now, shared=True)
    counter = Counter(StallOffice(market, at_bob))
    answer = await counter.get(f"/contracts/{text.show(contract, text.CONTRACT)[:20]}/bundle")
    assert answer["contract"] == text.show(contract, text.CONTRACT)
    found = verdict(bundle.read(answer["bundle"].encode()), market.now)
    assert found["freelancer"]["name"] == "Bob"
    assert text.show(mallory.id, text.IDENTITY) not in answer["bundle"]
    assert found["milestones"][0]["title"] == "Sketch"
    assert found["steps"][0]["body"]["note"] == "Here."

    bystander = verdict(bundle.read(bundling.export(at_carol.desk, contract, market.now)), market.now)
    assert (bystander["terms"], bystander["steps"][0]["body"]) == (None, None)
    assert [step["state"] for step in bystander["steps"]] == [step["state"] for step in found["steps"]]
    assert await counter.denied("GET", f"/contracts/{text.show(bytes(32), text.CONTRACT)}/bundle") == (404, "not-found")
    market.close()


class _Node:
    """A session's daemon that has one bundle."""

    def __init__(self, data):
        self._data = data

    def get(self, path):
        assert path == "/contracts/fhc1abc/bundle"
        return {"contract": text.show(SIGNED.contract, text.CONTRACT), "bundle": self._data.decode()}


@pytest.fixture
def export_of(monkeypatch):
    def exporting(data, *options):
        monkeypatch.setattr("freehold.cli.client.Client", lambda _folder: _Node(data))
        export(["fhc1abc", *options], standalone_mode=False)

    return exporting


def test_an_export_is_a_new_file_for_its_owner_alone(export_of, tmp_path, capsys):
    path = tmp_path / "deal.jsonl"
    export_of(whole(), "--out", str(path))
    assert path.read_bytes() == whole()
    assert path.stat().st_mode & 0o777 == 0o600
    assert f"freehold contract verify {path}" in capsys.readouterr().out
    with pytest.raises(Trouble) as caught:
        export_of(whole(), "--out", str(path))
    assert caught.value.code == "file-exists"
    export_of(whole(), "--out", "-")
    assert capsys.readouterr().out.encode() == whole()


def test_what_does_not_hold_is_not_written(export_of, tmp_path):
    with pytest.raises(Trouble) as caught:
        export_of(whole()[:-2], "--out", str(tmp_path / "deal.jsonl"))
    assert caught.value.code == "bundle-flawed"
    assert not list(tmp_path.iterdir())
