"""Strikes and bans."""

from __future__ import annotations

from freehold.node.core.ports import StorageFull
from freehold.node.net.standing import BAN_MS, LONGEST_BAN_MS, REMEMBERED, STRIKES, Standing
from tests.node.net.neighbours import NOW_MS, Book


class FullBook(Book):
    """A book on a full disk."""

    def ban(self, peer: str, until: int, reason: str) -> None:
        raise StorageFull

    def remember(self, peer: str, address: str, now: int) -> None:
        raise StorageFull


class Clock:
    now = NOW_MS

    def __call__(self) -> int:
        return self.now


def test_each_ban_is_twice_as_long_as_the_one_before_up_to_a_day() -> None:
    clock, book = Clock(), Book()
    standing = Standing(book, clock)
    lengths: list[int] = []
    for _ in range(7):
        assert not standing.strike("mallory", "nonsense", STRIKES - 1)
        assert standing.strike("mallory", "nonsense", 1)
        assert standing.banned("mallory")
        lengths.append(book.banned_until("mallory") - clock.now)
        clock.now = book.banned_until("mallory")
        assert not standing.banned("mallory")
    assert lengths == [BAN_MS * factor for factor in (1, 2, 4, 8, 16)] + [LONGEST_BAN_MS] * 2


def test_a_ban_outlasts_a_restart_and_ends_when_the_owner_lifts_it() -> None:
    book = Book()
    Standing(book, Clock()).strike("mallory", "nonsense", STRIKES)
    again = Standing(book, Clock())
    assert again.banned("mallory")
    book.ban("mallory", 0, "")
    assert not again.banned("mallory")


def test_a_full_disk_does_not_save_mallory() -> None:
    standing = Standing(FullBook(), Clock())
    assert standing.strike("mallory", "nonsense", STRIKES)
    assert standing.banned("mallory")
    standing.reached("alice", "/ip4/127.0.0.1/tcp/1/p2p/alice")
    assert standing.known(8) == []


def test_thousands_of_strangers_do_not_grow_the_memory() -> None:
    standing = Standing(Book(), Clock())
    for number in range(REMEMBERED + 100):
        standing.strike(f"stranger {number}", "nonsense", 1)
        standing.strike(f"rascal {number}", "nonsense", STRIKES)
    assert len(standing._strikes) == len(standing._bans) == REMEMBERED
