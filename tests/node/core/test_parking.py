"""The waiting room: bounded in every direction, whatever the order in which records come, go and are pushed out."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from freehold.node.core import parking as room
from freehold.node.core.parking import Arrival, Parking, Way
from tests.cast import START_MS

NOW = START_MS


def arrival(number: int = 0, peer: str = "a peer", at: int = NOW) -> Arrival:
    return Arrival(b"record %d" % number, peer, at, Way.GOSSIP)


def name(number: int) -> bytes:
    return number.to_bytes(32, "big")


def test_what_waits_for_a_log_is_let_out_together_and_once():
    parking = Parking()
    for number in (1, 2):
        assert parking.wait_for_log(b"bob", name(number), arrival(number))
    assert parking.wait_for_log(b"carol", name(3), arrival(3))
    assert not parking.wait_for_log(b"bob", name(1), arrival(1, "another peer"))
    assert [found.packed for found in parking.release(b"bob")] == [b"record 1", b"record 2"]
    assert parking.release(b"bob") == []
    assert (len(parking), parking.authors(), parking.waits_for(b"bob")) == (1, [b"carol"], False)


def test_what_waits_for_its_time_is_let_out_when_it_has_come():
    parking = Parking()
    assert parking.wait_for_time(NOW + 20, name(2), arrival(2))
    assert parking.wait_for_time(NOW + 10, name(1), arrival(1))
    assert not parking.wait_for_time(NOW + 10, name(1), arrival(1))
    assert parking.due(NOW + 9) == []
    assert [found.packed for found in parking.due(NOW + 10)] == [b"record 1"]
    assert [found.packed for found in parking.due(NOW + 99)] == [b"record 2"]
    assert len(parking) == 0


def test_few_are_judged_at_once_when_the_time_of_many_has_come():
    parking = Parking()
    for number in range(room.DUE_AT_ONCE + 5):
        parking.wait_for_time(NOW, name(number), arrival(number))
    assert [len(parking.due(NOW)) for _ in range(3)] == [room.DUE_AT_ONCE, 5, 0]


def test_one_author_has_a_bounded_room():
    parking = Parking()
    taken = [parking.wait_for_log(b"bob", name(number), arrival(number)) for number in range(room.AN_AUTHOR + 1)]
    assert taken == [True] * room.AN_AUTHOR + [False]


def test_one_peer_has_a_share_of_both_rooms_and_gets_it_back():
    parking = Parking()
    for number in range(room.A_PEER - 1):
        assert parking.wait_for_log(name(number), name(number), arrival(number))
    assert parking.wait_for_time(NOW, name(0), arrival())
    assert not parking.wait_for_log(b"bob", name(0), arrival())
    assert not parking.wait_for_time(NOW, name(1), arrival())
    assert parking.wait_for_log(b"bob", name(0), arrival(peer="an honest peer"))
    parking.due(NOW)
    assert parking.wait_for_log(b"bob", name(1), arrival())


def test_the_future_has_a_bounded_room():
    parking = Parking()
    taken = [
        parking.wait_for_time(NOW, name(number), arrival(number, f"peer {number // 400}"))
        for number in range(room.FUTURE + 1)
    ]
    assert taken == [True] * room.FUTURE + [False]


def test_whoever_has_waited_an_hour_is_forgotten():
    parking = Parking()
    parking.wait_for_log(b"bob", name(1), arrival(1))
    parking.wait_for_log(b"bob", name(2), arrival(2, at=NOW + 1))
    parking.wait_for_log(b"carol", name(3), arrival(3))
    parking.tidy(NOW + room.PATIENCE_MS)
    assert len(parking) == 3
    parking.tidy(NOW + room.PATIENCE_MS + 1)
    assert (len(parking), parking.authors()) == (1, [b"bob"])
    assert [found.packed for found in parking.release(b"bob")] == [b"record 2"]


def full(monkeypatch: pytest.MonkeyPatch) -> Parking:
    """A waiting room for four, in which alice's two have waited longest."""
    monkeypatch.setattr(room, "IN_ALL", 4)
    parking = Parking()
    for number, author in enumerate((b"alice", b"alice", b"bob", b"carol")):
        assert parking.wait_for_log(author, name(number), arrival(number))
    return parking


def test_when_all_is_full_the_author_who_waits_longest_makes_room(monkeypatch):
    parking = full(monkeypatch)
    assert parking.wait_for_log(b"mallory", name(9), arrival(9))
    assert parking.authors() == [b"bob", b"carol", b"mallory"]
    assert len(parking) == 3


def test_an_author_who_makes_room_for_himself_is_counted_right(monkeypatch):
    parking = full(monkeypatch)
    assert parking.wait_for_log(b"alice", name(9), arrival(9))
    assert [found.packed for found in parking.release(b"alice")] == [b"record 9"]
    assert len(parking) == 2


Step = tuple[str, int, int]
KINDS_OF_STEP = ["log"] * 8 + ["time", "release", "due", "tidy"]
STEPS = st.lists(st.tuples(st.sampled_from(KINDS_OF_STEP), st.integers(0, 3), st.integers(0, 2)), max_size=60)


def play(parking: Parking, steps: list[Step]) -> None:
    """Any life of a waiting room: after every step its counts are those of what is in it, and within the bounds."""
    for number, (step, who, peer) in enumerate(steps):
        match step:
            case "log":
                parking.wait_for_log(name(who), name(number), arrival(number, f"peer {peer}", NOW + number))
            case "time":
                parking.wait_for_time(NOW + who, name(number), arrival(number, f"peer {peer}"))
            case "release":
                parking.release(name(who))
            case "due":
                parking.due(NOW + who)
            case _:
                parking.tidy(NOW + number + room.PATIENCE_MS - who)
        rooms = [waiting for author in parking._by_author.values() for waiting in author.values()]
        dated = [waiting for _, waiting in parking._future.values()]
        assert len(parking) == len(rooms) + len(dated)
        assert len(rooms) <= room.IN_ALL
        for name_of_peer in {f"peer {number}" for number in range(3)}:
            share = sum(waiting.peer == name_of_peer for waiting in rooms + dated)
            assert parking._shares[name_of_peer] == share <= room.A_PEER


class Forgetful(Parking):
    """Planted: the record goes into the room that was looked up before somebody had to make room."""

    def wait_for_log(self, author: bytes, record_id: bytes, arrival: Arrival) -> bool:
        before = self._by_author.get(author)
        taken = super().wait_for_log(author, record_id, arrival)
        if taken and before is not None and before is not self._by_author[author]:
            before[record_id] = arrival
            self._by_author[author] = before
        return taken


@pytest.fixture
def small_rooms(monkeypatch):
    for bound, most in (("AN_AUTHOR", 3), ("IN_ALL", 4), ("FUTURE", 3), ("A_PEER", 4)):
        monkeypatch.setattr(room, bound, most)


@pytest.mark.usefixtures("small_rooms")
def test_any_life_of_a_waiting_room_keeps_its_counts_and_bounds():
    given(STEPS)(lambda steps: play(Parking(), steps))()


@pytest.mark.usefixtures("small_rooms")
def test_the_planted_miscount_is_found():
    with pytest.raises(AssertionError):
        given(STEPS)(lambda steps: play(Forgetful(), steps))()
