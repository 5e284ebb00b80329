"""Which files a contract names, and what of them other nodes are handed: the hash entitles, to named files alone."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from freehold.node.core import dealings, filing
from freehold.node.core.desk import Denied
from freehold.node.core.direct import nodes_of
from freehold.node.core.lending import AT_ONCE
from freehold.node.files.shelf import Shelf
from freehold.protocol import limits, requests
from freehold.protocol.kinds.disputes import Dispute
from freehold.protocol.kinds.entries import Delivery, Handover
from freehold.protocol.kinds.notes import Note
from freehold.protocol.requests import Declined, File, Piece, Reply
from tests.cast import alice, bob, carol
from tests.node.core.market import PEER
from tests.node.core.tale import Tale, agreed, dave, erin

if TYPE_CHECKING:
    from pathlib import Path

    from tests.node.core.market import Market, Stall

DATA = b"a drawing" * 30_000
NAME = sha256(DATA).digest()
SKETCH, NOTES = Handover("sketch.png", "https://example.org", NAME), Handover("notes.txt", "", b"n" * 32)
DELIVERY = Delivery("Here.", (SKETCH,))
DAY = filing.SPARED_MS


def keep(stall: Stall, root: Path, *, data: bytes = DATA, contract: bytes | None = None, now: int = 0) -> bytes:
    """Put a file onto somebody's shelf."""
    if not isinstance(stall.desk.files, Shelf):
        stall.desk.files = Shelf(root / stall.person.name, 10**9, lambda: now)
    with stall.desk.files.incoming("sketch.png", None) as coming:
        coming.write(data)
        coming.settle()
        return coming.keep(contract).sha256


def asked(stall: Stall, start: int = 0, name: bytes = NAME, now: int = 0, peer: str = PEER) -> Reply:
    """What somebody's node answers to a peer that asks for a file."""
    return requests.read_reply(stall.service.answer(requests.write(File(name, start)), peer, now)[0])


@pytest.fixture
def tale(market: Market, stalls: tuple[Stall, ...]) -> Tale:
    del stalls
    return agreed(market)


def test_the_parties_and_the_arbiter_whose_turn_it_is_know_the_files_and_nobody_else(
    market: Market, stalls: tuple[Stall, ...]
) -> None:
    del stalls
    for arbiter in (dave, erin):
        market.open(arbiter)
    tale = agreed(market, arbiters=(dave.id, erin.id))
    tale.does(bob, DELIVERY)
    note = Note("See there.", files=(NOTES, SKETCH))
    tale.market.does(tale.at(alice), lambda desk, now: dealings.add_note(desk, tale.id, note, now))
    for who, other in ((alice, bob), (bob, alice)):
        found = {one.name: one for one in filing.named_in(tale.at(who).desk, tale.id)}
        assert {name: one.author for name, one in found.items()} == {"sketch.png": other.id, "notes.txt": alice.id}
        assert found["sketch.png"].where == "https://example.org"
    assert [filing.named_in(tale.at(who).desk, tale.id) for who in (carol, dave)] == [[], []]
    tale.does(alice, Dispute("Not blue.", ()))
    tale.passes(0)
    assert {one.sha256 for one in filing.named_in(tale.at(dave).desk, tale.id)} == {NAME, NOTES.sha256}
    assert filing.named_in(tale.at(erin).desk, tale.id) == []


def test_a_named_file_is_handed_over_piece_by_piece_to_whoever_knows_its_hash(tale: Tale, tmp_path: Path) -> None:
    at_bob = tale.at(bob)
    keep(at_bob, tmp_path, contract=tale.id)
    assert isinstance(asked(at_bob), Declined)
    tale.does(bob, DELIVERY)
    later = filing._UNSURE_MS  # pyright: ignore[reportPrivateUsage]
    first, second = asked(at_bob, now=later), asked(at_bob, limits.PIECE_BYTES, now=later)
    assert isinstance(first, Piece)
    assert isinstance(second, Piece)
    assert (first.size, first.data + second.data) == (len(DATA), DATA)
    assert asked(at_bob, len(DATA), now=later) == Piece(len(DATA), b"")
    assert asked(at_bob, limits.FILE_BYTES, now=later) == Piece(len(DATA), b"")
    assert at_bob.service.statistics()["bytes of files handed out"] == len(DATA)


def test_a_file_that_is_not_here_and_one_that_nothing_names_look_alike(tale: Tale, tmp_path: Path) -> None:
    at_bob = tale.at(bob)
    other = keep(at_bob, tmp_path, data=b"my diary")
    kept_for_it = keep(at_bob, tmp_path, data=b"a draft", contract=tale.id)
    tale.does(bob, DELIVERY)
    answers = [asked(at_bob, name=name) for name in (other, kept_for_it, NAME, bytes(32))]
    assert set(answers) == {Declined("this node has no such file to hand over", again=False)}
    assert isinstance(asked(tale.at(carol)), Declined)


def test_a_peer_has_so_much_at_once_and_then_waits(tale: Tale, tmp_path: Path) -> None:
    at_bob = tale.at(bob)
    keep(at_bob, tmp_path, contract=tale.id)
    tale.does(bob, DELIVERY)
    for _ in range(-(-AT_ONCE // limits.PIECE_BYTES)):
        assert isinstance(asked(at_bob), Piece)
    told = asked(at_bob)
    assert isinstance(told, Declined)
    assert told.again
    assert isinstance(asked(at_bob, peer="another"), Piece)
    assert isinstance(asked(at_bob, now=1_000), Piece)


def test_a_file_that_was_damaged_is_not_handed_over(tale: Tale, tmp_path: Path) -> None:
    at_bob = tale.at(bob)
    keep(at_bob, tmp_path, contract=tale.id)
    tale.does(bob, DELIVERY)
    (tmp_path / "bob" / NAME.hex()).write_bytes(DATA[:-1])
    assert isinstance(asked(at_bob, limits.PIECE_BYTES), Declined)
    (tmp_path / "bob" / NAME.hex()).unlink()
    assert isinstance(asked(at_bob), Declined)


def test_what_nothing_names_goes_after_a_day_and_what_is_named_on_purpose_only(tale: Tale, tmp_path: Path) -> None:
    at_bob = tale.at(bob)
    desk = at_bob.desk
    keep(at_bob, tmp_path, contract=tale.id)
    diary = keep(at_bob, tmp_path, data=b"my diary", contract=tale.id)
    tale.does(bob, DELIVERY)
    assert filing.tidy(desk, DAY - 1) == []
    assert filing.tidy(desk, DAY) == [diary]
    with pytest.raises(Denied) as caught:
        filing.drop(desk, NAME, anyway=False)
    assert caught.value.code == "file-in-use"
    filing.drop(desk, NAME, anyway=True)
    with pytest.raises(Denied) as caught:
        filing.drop(desk, NAME, anyway=True)
    assert caught.value.code == "not-found"


def test_whoever_named_it_is_asked_first_and_never_oneself(tale: Tale) -> None:
    desk = tale.at(alice).desk
    assert filing.sources(desk, tale.id, bob.id) == tuple(nodes_of(desk, bob.id))
    assert filing.sources(desk, b"?" * 32, alice.id) == ()
