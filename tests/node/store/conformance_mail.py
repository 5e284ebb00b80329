"""What the outbox, prekeys, cursors, the peer book and contacts must do, whatever store they live in."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from freehold.node.core.ports import Answered, Notice, Parcel
from freehold.node.core.ports.mail import LONGEST_WAIT_MS, NEVER_MS
from freehold.node.store import answers
from tests.cast import alice, bob, carol, proposal
from tests.node.store.conformance import NOW, Conformance

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from freehold.node.core.ports import Stores


def parcel(salt: int = 0, **changes: object) -> Parcel:
    return replace(Parcel(proposal(salt=salt).id, alice.id, b"sealed %d" % salt, NOW, next_try=NOW), **changes)


class MailConformance(Conformance):
    def test_a_parcel_is_due_until_it_is_acknowledged(self, stores: Stores, tmp_path: Path) -> None:
        stores.outbox.put(parcel())
        stores.commit()
        again = self.reopened(stores, tmp_path)
        assert again.outbox.due(NOW, 5) == [parcel()]
        again.outbox.acknowledged(parcel(), NOW + 7)
        again.outbox.acknowledged(parcel(), NOW + 9)
        assert again.outbox.due(NOW + 10**9, 5) == []
        assert again.outbox.get(parcel().record, alice.id) == parcel(acknowledged=NOW + 7)
        self.close_stores(again)

    def test_the_stronger_stamp_of_a_record_stays(self, stores: Stores, tmp_path: Path) -> None:
        for bits in (9, 12, 11):
            stores.stamps.note(proposal().id, bits)
        stores.commit()
        again = self.reopened(stores, tmp_path)
        assert again.stamps.of([proposal().id, proposal(salt=1).id]) == {proposal().id: 12}
        self.close_stores(again)

    def test_parcels_are_due_in_the_order_of_their_next_try(self, stores: Stores) -> None:
        for salt, next_try in enumerate((NOW + 3, NOW + 1, NOW + 9, NOW + 2)):
            stores.outbox.put(parcel(salt, next_try=next_try))
        assert [one.next_try - NOW for one in stores.outbox.due(NOW + 3, 5)] == [1, 2, 3]
        assert [one.next_try - NOW for one in stores.outbox.due(NOW + 3, 2)] == [1, 2]
        assert stores.outbox.due(NOW, 5) == []

    def test_a_clock_that_was_set_back_keeps_no_parcel_waiting(self, stores: Stores) -> None:
        for salt, next_try in enumerate((NOW + LONGEST_WAIT_MS, NOW + LONGEST_WAIT_MS + 1, NEVER_MS)):
            stores.outbox.put(parcel(salt, next_try=next_try))
        assert [one.next_try - NOW for one in stores.outbox.due(NOW, 5)] == [LONGEST_WAIT_MS + 1]

    def test_a_failed_try_is_counted_and_told(self, stores: Stores) -> None:
        stores.outbox.put(parcel())
        stores.outbox.tried(parcel(), NOW + 15_000, "nobody answers at \ud800")
        assert stores.outbox.due(NOW + 14_999, 5) == []
        (tried,) = stores.outbox.due(NOW + 15_000, 5)
        assert (tried.tries, tried.next_try) == (1, NOW + 15_000)
        assert tried.trouble.startswith("nobody answers at")
        assert stores.outbox.get(bytes(32), alice.id) is stores.outbox.get(parcel().record, carol.id) is None

    def test_a_parcel_sealed_anew_takes_the_place_of_the_old_one(self, stores: Stores) -> None:
        stores.outbox.put(parcel())
        stores.outbox.put(parcel(sealed=b"to a later prekey"))
        assert [one.sealed for one in stores.outbox.due(NOW, 5)] == [b"to a later prekey"]

    def test_each_recipient_of_a_record_has_a_parcel_of_its_own(self, stores: Stores) -> None:
        ours, theirs = parcel(), parcel(recipient=carol.id, next_try=NOW + 1)
        for one in (ours, theirs):
            stores.outbox.put(one)
        stores.outbox.acknowledged(ours, NOW)
        stores.outbox.tried(theirs, NOW + 9, "nobody answers")
        assert stores.outbox.get(ours.record, alice.id) == replace(ours, acknowledged=NOW)
        assert stores.outbox.due(NOW + 9, 5) == [replace(theirs, tries=1, next_try=NOW + 9, trouble="nobody answers")]

    def test_a_notice_is_noted_once_and_told_in_order(self, stores: Stores, tmp_path: Path) -> None:
        first = Notice(0, NOW, "turn", bytes(32), "milestone 1 is working: it is your turn")
        assert [stores.notices.note(first, cause) for cause in ("a", "a", "b")] == [True, False, True]
        stores.commit()
        again = self.reopened(stores, tmp_path)
        assert not again.notices.note(first, "a")
        assert again.notices.note(replace(first, topic="claim"), "c")
        numbers = [notice.number for notice in again.notices.latest(9)]
        assert numbers == sorted(numbers)
        assert [notice.topic for notice in again.notices.after(numbers[0], 9)] == ["turn", "claim"]
        assert (
            again.notices.latest(1)
            == again.notices.after(numbers[1], 9)
            == [Notice(numbers[2], NOW, "claim", bytes(32), first.text)]
        )
        self.close_stores(again)

    def test_of_many_notices_the_latest_are_kept_and_numbers_are_never_given_twice(self, stores: Stores) -> None:
        for number in range(10_003):
            stores.notices.note(Notice(0, NOW, "turn", bytes(32), ""), f"{number}")
        assert [len(stores.notices.latest(20_000)), stores.notices.after(0, 1)[0].number] == [10_000, 4]

    def test_prekeys_live_until_they_expire(self, stores: Stores, tmp_path: Path) -> None:
        for who, expires in ((alice, NOW), (bob, NOW + 1)):
            private, public = who.prekey
            stores.prekeys.add(public, private, expires)
        stores.prekeys.forget(NOW - 1)
        assert stores.prekeys.private(alice.prekey[1]) == alice.prekey[0]
        stores.prekeys.forget(NOW)
        stores.commit()
        again = self.reopened(stores, tmp_path)
        assert again.prekeys.private(alice.prekey[1]) is None
        assert again.prekeys.private(bob.prekey[1]) == bob.prekey[0]
        assert again.prekeys.private(carol.prekey[1]) is None
        self.close_stores(again)

    def test_a_cursor_is_where_it_was_put(self, stores: Stores) -> None:
        assert stores.cursors.get("somebody") == (bytes(16), 0)
        stores.cursors.set("somebody", b"e" * 16, 70)
        stores.cursors.set("somebody", b"f" * 16, 3)
        assert stores.cursors.get("somebody") == (b"f" * 16, 3)

    def test_of_many_cursors_the_latest_are_kept(self, stores: Stores) -> None:
        for number in range(10_050):
            stores.cursors.set(f"peer {number}", b"e" * 16, number)
        assert stores.cursors.get("peer 49") == (bytes(16), 0)
        assert stores.cursors.get("peer 50") == (b"e" * 16, 50)

    def test_peers_are_known_most_recently_reached_first(self, stores: Stores) -> None:
        for number, peer in enumerate(("a", "b", "c", "a")):
            stores.peers.remember(peer, f"/ip4/127.0.0.1/tcp/{number}/p2p/{peer}", NOW + number)
        assert stores.peers.known(2) == [("a", "/ip4/127.0.0.1/tcp/3/p2p/a"), ("c", "/ip4/127.0.0.1/tcp/2/p2p/c")]
        assert len(stores.peers.known(9)) == 3

    def test_a_flood_of_peers_does_not_fill_the_book(self, stores: Stores) -> None:
        for number in range(1_200):
            stores.peers.remember(f"peer {number}", "/ip4/127.0.0.1", NOW + number)
        known = stores.peers.known(5_000)
        assert len(known) == 1_000
        assert known[0][0] == "peer 1199"

    def test_a_ban_lasts_until_its_time_or_until_it_is_lifted(self, stores: Stores, tmp_path: Path) -> None:
        stores.peers.ban("m", NOW + 5, "floods")
        stores.peers.ban("n", NOW + 9, "lies")
        stores.commit()
        again = self.reopened(stores, tmp_path)
        assert again.peers.bans(NOW) == [("n", NOW + 9, "lies"), ("m", NOW + 5, "floods")]
        assert again.peers.bans(NOW + 5) == [("n", NOW + 9, "lies")]
        assert again.peers.banned_until("m") == NOW + 5
        again.peers.ban("m", 0, "")
        assert again.peers.banned_until("m") == again.peers.banned_until("nobody") == 0
        self.close_stores(again)

    def test_contacts_are_remembered(self, stores: Stores) -> None:
        stores.contacts.trust(bob.id, "Bob \ud800", NOW)
        stores.contacts.trust(bob.id, "Bob", NOW)
        assert stores.contacts.trusted(bob.id)
        assert not stores.contacts.trusted(carol.id)
        assert stores.contacts.listed() == [(bob.id, "Bob")]
        assert not stores.contacts.distrust(carol.id)
        assert stores.contacts.distrust(bob.id)
        assert stores.contacts.listed() == []
        assert (stores.contacts.label(bob.id), stores.contacts.label(carol.id)) == ("Bob", "")

    def test_answers_are_remembered_for_a_time_and_within_bounds(
        self, stores: Stores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for key in ("a", "b", "c"):
            stores.answers.mark("me", key, b"q" * 32, NOW, NOW + 9)
        stores.answers.keep("me", "b", 201, "application/json", b"{}")
        stores.answers.keep("you", "c", 200, "text/plain", b"not asked")
        stores.commit()
        again = self.reopened(stores, tmp_path)
        assert again.answers.find("me", "a", NOW) == Answered(b"q" * 32, NOW + 9)
        assert again.answers.find("me", "b", NOW) == Answered(b"q" * 32, NOW + 9, 201, "application/json", b"{}")
        assert again.answers.find("you", "c", NOW) is again.answers.find("me", "a", NOW + 9) is None
        monkeypatch.setattr(answers, "KEPT_BYTES", 5)
        for key in ("a", "c"):
            again.answers.keep("me", key, 200, "", b"{}")
        found = [again.answers.find("me", key, NOW) for key in "abc"]
        assert [one and one.body for one in found] == [None, b"{}", b"{}"]
        monkeypatch.setattr(answers, "KEPT", 2)
        again.answers.mark("me", "d", bytes(32), NOW, NOW + 9)
        assert [again.answers.find("me", key, NOW) is not None for key in "abcd"] == [False, False, True, True]
        again.answers.blank()
        assert again.answers.find("me", "c", NOW) == Answered(b"q" * 32, NOW + 9, 200)
        again.answers.mark("me", "e", bytes(32), NOW + 9, NOW + 19)
        assert again.answers.find("me", "d", NOW) is None
        self.close_stores(again)

    def test_labels_and_blocks_are_remembered_or_not_kept_at_all(self, stores: Stores, tmp_path: Path) -> None:
        stores.contacts.trust(bob.id, "", NOW)
        stores.contacts.call(bob.id, "Bob \ud800", NOW)
        stores.contacts.call(carol.id, "Caro", NOW)
        stores.contacts.block(bob.id, NOW)
        stores.contacts.block(bob.id, NOW + 1)
        stores.commit()
        again = self.reopened(stores, tmp_path)
        assert sorted(again.contacts.labels().values()) == ["Bob ?", "Caro"]
        assert list(again.contacts.blocked().items()) == [(bob.id, NOW)]
        assert (again.contacts.trusted(bob.id), again.contacts.listed()) == (False, [])
        assert not again.contacts.unblock(carol.id)
        assert again.contacts.unblock(bob.id)
        assert (again.contacts.trusted(bob.id), again.contacts.listed()) == (True, [(bob.id, "Bob ?")])
        again.contacts.call(bob.id, "", NOW)
        assert again.contacts.listed() == [(bob.id, "")]
        self.close_stores(again)
