"""Who is let in, by where they come from."""

from __future__ import annotations

import pytest

from freehold.node.net.door import Origin, Room


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1::1", True),
        ("::ffff:93.184.216.34", True),
        ("127.0.0.1", False),
        ("192.168.1.20", False),
        ("::1", False),
        ("fe80::1", False),
        ("::ffff:10.0.0.1", False),
        ("", True),
        ("nonsense", True),
    ],
)
def test_addresses_of_this_machine_and_its_neighbourhood_are_not_public(address: str, public: bool) -> None:
    assert Origin.of(address).public is public


def test_an_address_written_as_ipv6_is_the_same_address() -> None:
    assert Origin.of("::ffff:93.184.216.34") == Origin.of("93.184.216.34")


def test_a_whole_ipv6_subscriber_is_one_address() -> None:
    assert Origin.of("2606:2800:220:1::1").address == Origin.of("2606:2800:220:2::9").address


def test_a_public_address_has_two_places_and_its_network_four() -> None:
    room = Room(32)
    first, second, third = (Origin.of(f"93.184.216.{number}") for number in (1, 2, 3))
    for origin in (first, first, second, second):
        assert room.admits(origin, 0)
        assert room.enter(origin)
    assert not room.admits(first, 0)
    assert not room.admits(third, 0)
    assert room.admits(Origin.of("93.184.217.1"), 0)
    room.leave(first)
    assert room.admits(third, 0)


def test_a_public_address_that_comes_and_goes_is_slowed_down() -> None:
    room = Room(32)
    origin = Origin.of("93.184.216.34")
    admitted = sum(room.admits(origin, second / 10) for second in range(200))
    assert 10 + 2 * 19 <= admitted <= 10 + 2 * 20


def test_neighbours_are_only_counted_in_total() -> None:
    room = Room(32)
    here = Origin.of("127.0.0.1")
    for _ in range(32):
        assert room.admits(here, 0)
        assert room.enter(here)
    assert not room.admits(here, 0)
    assert not room.enter(here)
    assert not room.admits(Origin.of("93.184.216.34"), 0)
    room.leave(here)
    assert room.admits(here, 0)


def test_nothing_is_remembered_of_who_has_left() -> None:
    room = Room(32)
    for number in range(200):
        origin = Origin.of(f"93.{number}.1.1")
        assert room.enter(origin)
        room.leave(origin)
    assert not room._inside
    assert room._total == 0
