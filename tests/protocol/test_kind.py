"""A kind reads its own records, within its bounds; a registry knows each name once."""

from __future__ import annotations

import inspect
from dataclasses import dataclass, replace
from typing import Annotated, Any

import pytest

from freehold.protocol import canonical, kind, topics
from freehold.protocol.errors import Malformed, NotAllowed, Unsupported
from freehold.protocol.header import Header
from freehold.protocol.kind import Kind, Registry, check_lasting
from freehold.protocol.kinds import BUILTIN, ENTRIES
from freehold.protocol.kinds.offer import OFFER
from freehold.protocol.kinds.profile import PROFILE
from freehold.protocol.network import MAIN, network
from freehold.protocol.schema import Text
from tests.cast import START_MS, alice, bob, offer, profile, raw, signed


@dataclass(frozen=True)
class Song:
    """What somebody sings."""

    title: Annotated[str, Text(100)]


def _check(body: Song, header: Header) -> None:
    if body.title == "Happy Birthday" and header.slot is None:
        raise NotAllowed("this one has its place")


SONG = Kind("org.example.song/1", Song, _check, max_bytes=30)


def test_a_kind_reads_what_it_wrote() -> None:
    record = signed(SONG, Song("Yesterday"), alice, at=START_MS + 5, slot=b"x")
    assert SONG.open(record) == Song("Yesterday")
    assert (record.header.kind, record.header.at, record.header.slot) == (SONG.name, START_MS + 5, b"x")


def test_a_body_is_checked_with_its_header() -> None:
    with pytest.raises(NotAllowed, match="has its place"):
        SONG.open(signed(SONG, Song("Happy Birthday"), alice))
    assert SONG.open(signed(SONG, Song("Happy Birthday"), alice, slot=b"x")).title


def test_a_kind_reads_no_other_and_nothing_that_is_not_there() -> None:
    with pytest.raises(Malformed, match="profile/1 is not offer/1"):
        OFFER.open(profile(alice))
    with pytest.raises(Malformed, match="not here"):
        OFFER.open(offer().without_body())


def test_a_kind_has_its_own_bound() -> None:
    fits = 30 - len(canonical.encode({"title": ""}))
    assert SONG.open(signed(SONG, Song("x" * fits), alice))
    with pytest.raises(Malformed, match=r"org\.example\.song/1 allows 30"):
        SONG.dump(Song("x" * (fits + 1)))
    with pytest.raises(Malformed, match="more than the 30"):
        SONG.open(raw(SONG.name, canonical.encode({"title": "x" * (fits + 1)}), bob))


def test_what_was_opened_for_one_record_is_not_shown_for_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kind, "_OPENED", 2)
    lenient = replace(SONG, check=lambda body, header: None)
    forbidden = signed(SONG, Song("Happy Birthday"), alice)
    assert lenient.open(forbidden)
    with pytest.raises(NotAllowed):
        SONG.open(forbidden)
    for number in range(20):
        assert SONG.open(signed(SONG, Song(f"Number {number}"), alice)).title == f"Number {number}"


@pytest.mark.parametrize("header", [{"slot": b"x"}, {"till": START_MS + 1}])
def test_what_lasts_is_neither_replaced_nor_expires(header: dict[str, Any]) -> None:
    check_lasting(signed(SONG, Song("a"), alice).header)
    with pytest.raises(NotAllowed, match="for ever"):
        check_lasting(signed(SONG, Song("a"), alice, **header).header)


def test_a_registry_knows_a_name_once() -> None:
    with pytest.raises(ValueError, match=r"offer/1 is defined twice"):
        Registry([*BUILTIN, replace(SONG, name=OFFER.name)])
    with pytest.raises(ValueError, match="not of the form"):
        Registry([replace(SONG, name="Song")])


def test_a_registry_finds_kinds_and_topics() -> None:
    registry = Registry([*BUILTIN, SONG])

    assert list(registry) == [*BUILTIN, SONG]
    assert registry[PROFILE.name] is PROFILE
    assert SONG.name in registry
    assert "org.example.poem/1" not in registry
    assert (registry.topic(OFFER.name), registry.topic(SONG.name)) == (topics.OFFERS, topics.OTHER)
    assert registry.topic("org.example.poem/1") == topics.OTHER
    with pytest.raises(Unsupported, match="not known here"):
        registry["org.example.poem/1"]


def test_every_kind_of_ours_has_a_topic_a_reason_and_a_door() -> None:
    registry = Registry(BUILTIN)
    for ours in registry:
        assert ours.topic in topics.ALL
        assert inspect.getdoc(ours.body)
        assert not (ours.private and ours.direct)
    assert all(registry.topic(entry.name) == topics.CONTRACTS and not entry.direct for entry in ENTRIES)


def test_what_people_write_to_each_other_is_private_and_what_strangers_judge_by_is_not() -> None:
    private = {entry.name.partition("/")[0] for entry in ENTRIES if entry.private}
    assert private == {
        *("delivery", "acceptance", "blocked", "unblocked", "timesheet", "funding"),
        *("payment-sent", "payment-received", "payment-denied", "dispute", "answer"),
    }


def test_names_of_topics_never_cross_networks() -> None:
    ours, theirs = topics.wire_names("freehold"), topics.wire_names("test-market")
    assert ours["offers"] == "/freehold/offers/1"
    assert set(ours) == set(topics.ALL)
    assert len({*ours.values(), *theirs.values()}) == 2 * len(topics.ALL)


def test_a_network_is_ours_or_a_test() -> None:
    assert network("freehold") is MAIN
    assert network("test-market").quotas.new_a_day > MAIN.quotas.new_a_day
    for name in ("", "test", "Freehold", "freehold2"):
        with pytest.raises(ValueError, match="unknown network"):
            network(name)
