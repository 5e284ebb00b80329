"""Fetching from partners that lie, dawdle, never end or are not there: bounded work, and never a wrong file."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pytest
import trio

from freehold.node.core import filing
from freehold.node.core.filing import Named
from freehold.node.files import fetching
from freehold.node.files.fetching import Fetcher
from freehold.node.files.shelf import Shelf
from freehold.node.net.port import TimedOut, Unreachable
from freehold.protocol import limits, requests
from freehold.protocol.requests import Declined, File, Piece
from tests.cast import alice
from tests.node.core.market import desk_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

DATA = random.Random(7).randbytes(2 * limits.PIECE_BYTES + 1_000)
NAME = sha256(DATA).digest()
CONTRACT = b"c" * 32
NAMED = Named(NAME, "sketch.png", "", b"a" * 32, 1)


def honest(asked: File) -> Any:
    return Piece(len(DATA), DATA[asked.start : asked.start + limits.PIECE_BYTES])


@dataclass
class Peers:
    """The network: what each address answers."""

    nodes: dict[str, Callable[[File], Any]]
    asked: Counter[str] = field(default_factory=Counter[str])
    struck: Counter[str] = field(default_factory=Counter[str])

    async def connect(self, address: str) -> str:
        await trio.lowlevel.checkpoint()
        if address not in self.nodes:
            raise Unreachable(f"{address} cannot be reached")
        return address

    async def request(self, peer: str, payload: bytes, *, timeout_s: float) -> bytes:
        assert timeout_s < 60
        await trio.lowlevel.checkpoint()
        self.asked[peer] += 1
        asked = requests.read_request(payload)
        assert isinstance(asked, File)
        answer = self.nodes[peer](asked)
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, bytes) else requests.write(answer)

    def penalize(self, peer: str, reason: str, weight: int) -> None:
        assert reason
        self.struck[peer] += weight


@dataclass
class Try:
    """A node that fetches, what it heard, and what came of it."""

    shelf: Shelf
    peers: Peers
    told: list[str] = field(default_factory=list[str])
    view: dict[str, Any] = field(default_factory=dict[str, Any])

    async def fetch(self, *addresses: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(filing, "sources", lambda *_: addresses)
        done = trio.Event()

        def tell(topic: str, data: dict[str, Any]) -> None:
            assert data == {"sha256": NAME.hex()}
            self.told.append(topic)
            done.set()

        desk = desk_of(alice)
        fetcher = Fetcher(desk, self.shelf, self.peers, tell)
        async with trio.open_nursery() as nursery:
            nursery.start_soon(fetcher.run)
            fetcher.begin(CONTRACT, NAMED)
            fetcher.begin(CONTRACT, NAMED)
            await done.wait()
            nursery.cancel_scope.cancel()
        desk.stores.close()  # pyright: ignore[reportAttributeAccessIssue]
        self.view = fetcher.view(NAME) or {}

    @property
    def names(self) -> list[str]:
        return sorted(path.name for path in self.shelf.root.iterdir())


@pytest.fixture
def trying(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:

    async def fetch(nodes: dict[str, Callable[[File], Any]], *addresses: str, most: int = 10**9) -> Try:
        found = Try(Shelf(tmp_path / "files", most, lambda: 1), Peers(nodes))
        await found.fetch(*(addresses or nodes), monkeypatch=monkeypatch)
        return found

    return fetch


async def test_a_file_comes_piece_by_piece(trying: Callable[..., Any]) -> None:
    found = await trying({"bob": honest})
    assert (found.view["state"], found.told) == ("done", ["file.fetched"])
    assert found.names == [NAME.hex(), NAME.hex() + ".json"]
    assert found.shelf.piece(NAME, 0, len(DATA)) == DATA
    assert found.shelf.get(NAME).contracts == {CONTRACT}
    assert found.peers.asked["bob"] == 3


def _lies(data: bytes) -> Callable[[File], Any]:
    return lambda asked: Piece(len(data), data[asked.start : asked.start + limits.PIECE_BYTES])


LIARS: dict[str, Callable[[File], Any]] = {
    "other bytes": _lies(DATA[:-1] + b"!"),
    "a shorter file": _lies(DATA[:-1]),
    "no file at all": _lies(b""),
    "no bytes": lambda asked: Piece(limits.FILE_BYTES, b""),
    "a byte at a time": lambda asked: Piece(limits.FILE_BYTES, b"x"),
    "another length each time": lambda asked: Piece(len(DATA) + asked.start, DATA[: limits.PIECE_BYTES]),
    "more than is left": lambda asked: Piece(10, DATA[:11]),
    "nonsense": lambda asked: b"nonsense",
    "another answer": lambda asked: requests.Records(()),
}


@pytest.mark.parametrize("lie", LIARS)
async def test_a_liar_is_struck_and_another_node_asked(trying: Callable[..., Any], lie: str) -> None:
    found = await trying({"mallory": LIARS[lie]})
    assert (found.view["state"], found.told) == ("failed", ["file.missed"])
    assert "something else" in found.view["trouble"]
    assert (found.names, found.shelf.used) == ([], 0)
    assert found.peers.struck["mallory"] == fetching.STRIKE
    assert found.peers.asked["mallory"] <= 3
    assert (await trying({"mallory": LIARS[lie], "bob": honest})).view["state"] == "done"


async def test_who_never_ends_costs_a_file_of_bytes_at_most(trying: Callable[..., Any]) -> None:
    found = await trying({"mallory": lambda asked: Piece(limits.FILE_BYTES, bytes(limits.PIECE_BYTES))})
    assert found.peers.asked["mallory"] == -(-limits.FILE_BYTES // limits.PIECE_BYTES)
    assert found.names == []


async def test_who_breaks_off_is_gone_on_with_elsewhere(trying: Callable[..., Any]) -> None:
    def away(asked: File) -> Any:
        return honest(asked) if asked.start == 0 else TimedOut("nobody answers")

    found = await trying({"bob": away, "bobs other node": honest})
    assert found.view["state"] == "done"
    assert found.peers.asked == {"bob": 2, "bobs other node": 2}


async def test_a_wrong_beginning_from_one_is_not_held_against_the_next(trying: Callable[..., Any]) -> None:
    def poison(asked: File) -> Any:
        return Piece(len(DATA), bytes(limits.PIECE_BYTES)) if asked.start == 0 else TimedOut("gone")

    found = await trying({"mallory": poison, "bob": honest})
    assert found.view["state"] == "done"
    assert found.peers.struck["bob"] == 0
    assert found.shelf.piece(NAME, 0, len(DATA)) == DATA


async def test_who_has_had_enough_is_asked_again_but_not_for_ever(
    trying: Callable[..., Any], autojump_clock: object
) -> None:
    del autojump_clock
    busy = iter([Declined("enough", again=True)] * 3)
    found = await trying({"bob": lambda asked: next(busy, None) or honest(asked)})
    assert found.view["state"] == "done"
    found.shelf.drop(NAME)
    found = await trying({"bob": lambda asked: Declined("enough", again=True)})
    assert (found.view["state"], found.peers.asked["bob"]) == ("failed", fetching.PATIENCE + 1)


async def test_a_node_that_does_not_know_files_is_told_of(trying: Callable[..., Any]) -> None:
    found = await trying({"old": lambda asked: Declined("request 'file' is not known here", again=False)})
    assert found.view["trouble"] == "their node does not hand it over: request 'file' is not known here"
    assert found.peers.asked["old"] == 1
    assert found.peers.struck["old"] == 0


async def test_nobody_to_ask_and_no_room_are_told(trying: Callable[..., Any]) -> None:
    found = await trying({}, "nowhere")
    assert "cannot be reached" in found.view["trouble"]
    found = await trying({"bob": honest}, most=1_000)
    assert "no room" in found.view["trouble"]
    assert (found.names, found.told) == ([], ["file.missed"])
