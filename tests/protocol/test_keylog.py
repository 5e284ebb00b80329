"""An identity is named by its inception, and its key alone speaks for it."""

from __future__ import annotations

from typing import Any

import pytest

from freehold.protocol import canonical, keylog, schema
from freehold.protocol.envelope import Draft, Record, pack, seal, unpack
from freehold.protocol.errors import Malformed, NotAllowed, Unverifiable
from freehold.protocol.identity import SecretKey, commitment, digest, identity_of, public_key
from freehold.protocol.keylog import INCEPTION, Inception, KeyState, incept, state
from tests.cast import NETWORK, START_MS, alice, bob, mallory, offer, person

BODY = INCEPTION.open(alice.inception)


def inception(body: bytes, signer: SecretKey = alice.key, **header: Any) -> Record:
    """Mallory's idea of an inception record."""
    fields: dict[str, Any] = {"context": signer.identity, "seq": 0} | header
    return seal(Draft(INCEPTION.name, START_MS, body, **fields), NETWORK, signer)


def test_an_inception_commits_to_the_keys_of_the_secret() -> None:
    key, record = incept(alice.root, START_MS, NETWORK)
    recovery = commitment(public_key(alice.root.recovery_seed(0)))

    assert key.seed == alice.root.signing_seed(0)
    assert key.identity == record.author == identity_of(record.body or b"") == alice.id
    assert INCEPTION.open(record) == Inception(
        key=key.key,
        next=commitment(public_key(alice.root.signing_seed(1))),
        recovery=digest("freehold/recovery-set/1", recovery),
    )
    assert state(unpack(pack(record))) == KeyState(alice.id, key.key)


def test_a_name_is_the_same_wherever_and_whenever_it_was_made() -> None:
    assert person("alice", "test-elsewhere").id == incept(alice.root, 0, NETWORK)[1].author == alice.id
    assert len({who.id for who in (alice, bob, mallory)}) == 3


def test_the_key_speaks_for_its_identity_alone() -> None:
    alices = state(alice.inception)
    alices.check(offer(alice).header)
    for header in (offer(bob).header, _in_the_name_of_alice().header):
        with pytest.raises(Unverifiable, match="does not speak"):
            alices.check(header)


def _in_the_name_of_alice() -> Record:
    return seal(Draft("offer/1", START_MS, b"\x80"), NETWORK, SecretKey(alice.id, mallory.key.seed))


def test_nobody_signs_somebody_elses_inception() -> None:
    data = schema.dump(BODY)
    with pytest.raises(NotAllowed, match="by the key that it names"):
        state(inception(data, SecretKey(alice.id, mallory.key.seed)))
    with pytest.raises(NotAllowed, match="in the name of"):
        state(inception(data, mallory.key))


@pytest.mark.parametrize("header", [{"slot": b"log"}, {"till": START_MS + 1}, {"context": bytes(32)}, {"seq": None}])
def test_an_inception_opens_its_log_for_ever(header: dict[str, Any]) -> None:
    with pytest.raises(NotAllowed):
        state(inception(schema.dump(BODY), **header))


def test_an_inception_has_its_fields_and_no_other() -> None:
    data = canonical.encode(schema.to_map(BODY) | {"zz": 1})
    for name in (alice.id, identity_of(data)):
        with pytest.raises(NotAllowed, match="no other"):
            state(inception(data, SecretKey(name, alice.key.seed)))


def test_other_records_are_no_logs() -> None:
    with pytest.raises(Malformed, match="is not inception/1"):
        state(offer(alice))


def test_without_its_body_a_log_says_nothing_new(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keylog, "_states", {})
    with pytest.raises(Malformed, match="not here"):
        state(alice.inception.without_body())


def test_what_is_remembered_of_logs_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    remembered: dict[bytes, KeyState] = {}
    monkeypatch.setattr(keylog, "_states", remembered)
    monkeypatch.setattr(keylog, "_STATES", 2)
    for who in (alice, bob, mallory, alice):
        assert state(who.inception).identity == who.id
        assert len(remembered) <= 2
