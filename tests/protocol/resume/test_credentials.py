"""Reviews as W3C credentials: canonical JSON, the published vector of the suite, and what a change in one breaks."""

import json
from typing import Any

import pytest
from hypothesis import assume, given, strategies as st

from freehold.protocol import text
from freehold.protocol.errors import Malformed, NotAllowed, ProtocolError
from freehold.protocol.identity import SecretKey
from freehold.protocol.resume import bundle, credentials, jcs, proofs
from freehold.protocol.resume.judging import judge
from tests.cast import START_MS, alice, bob, mallory
from tests.protocol.planted import Bug
from tests.protocol.resume.career import GOOD, NOW, STORIES, made

MADE = credentials.presentation(judge(bundle.read(GOOD), NOW), bob.key)
CONTEXT = ["https://www.w3.org/ns/credentials/v2", "https://www.w3.org/ns/credentials/examples/v2"]
VECTOR_KEY = "did:key:z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
VECTOR: Any = {
    "@context": CONTEXT,
    "id": "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
    "type": ["VerifiableCredential", "AlumniCredential"],
    "name": "Alumni Credential",
    "description": "A minimum viable example of an Alumni Credential.",
    "issuer": "https://vc.example/issuers/5678",
    "validFrom": "2023-01-01T00:00:00Z",
    "credentialSubject": {"id": "did:example:abcdefgh", "alumniOf": "The School of Examples"},
}
VECTOR_PROOF: Any = {
    "@context": CONTEXT,
    "type": "DataIntegrityProof",
    "cryptosuite": "eddsa-jcs-2022",
    "created": "2023-02-24T23:36:38Z",
    "verificationMethod": f"{VECTOR_KEY}#{VECTOR_KEY[8:]}",
    "proofPurpose": "assertionMethod",
    "proofValue": "z2HnFSSPPBzR36zdDgK8PbEHeXbR56YF24jwMpt3R1eHXQzJDMWS93FCzpvJpwTWd3GAVFuUfjoJdcnTMuVor51aX",
}
"""The example of W3C's "Data Integrity EdDSA Cryptosuites", appendix B.3."""
VECTOR_SECRET = "z3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq"


def test_a_document_made_part_by_part_is_the_one_that_is_made_whole():
    nobodys = credentials.presentation(judge(bundle.read(made(bob.inception)), NOW), bob.key)
    assert json.loads(nobodys)["verifiableCredential"] == []
    for document in (MADE, nobodys):
        assert document == json.dumps(json.loads(document), indent=1) + "\n"


def test_the_published_example_of_the_suite_verifies_and_is_made_again():
    assert proofs.did(proofs.check(VECTOR | {"proof": VECTOR_PROOF})) == VECTOR_KEY
    signer = SecretKey(bob.id, proofs._bytes(VECTOR_SECRET)[2:])
    assert proofs.prove(VECTOR, 1_677_281_798_000, signer) == VECTOR | {"proof": VECTOR_PROOF}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"b": 1, "a": [True, False, "x"]}, '{"a":[true,false,"x"],"b":1}'),
        ({"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\U0001f600": 5, "\x80": 6, "\xf6": 7},
         '{"\\r":2,"1":4,"\x80":6,"\xf6":7,"\u20ac":1,"\U0001f600":5,"\ufb33":3}'),
        ("\x1f\x08\t\n\x0c\r\"\\/\x7f\u2028", '"\\u001f\\b\\t\\n\\f\\r\\"\\\\/\x7f\u2028"'),
        ([], "[]"),
        ({}, "{}"),
        ([[], {"": -(2**53 - 1)}], '[[],{"":-9007199254740991}]'),
    ],
)  # fmt: skip
def test_json_in_its_canonical_form(value, expected):
    assert jcs.encode(value).decode() == expected


VALUES = st.recursive(
    st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


def stays(value):
    data = jcs.encode(value)
    assert json.loads(data) == value
    assert jcs.encode(json.loads(data)) == data
    assert jcs.encode(_turned(value)) == data


def _turned(value):
    if isinstance(value, dict):
        return {key: _turned(value[key]) for key in reversed(value)}
    return [_turned(item) for item in value] if isinstance(value, list) else value


@given(VALUES)
def test_the_canonical_form_says_the_same_however_it_was_written(value):
    stays(value)


def test_keys_that_are_not_sorted_would_be_noticed():
    Bug(jcs, "_place", lambda _key: b"").must_be_caught(stays, VALUES)


@pytest.mark.parametrize("value", [1.5, None, 2**53, "\ud800", {1: 2}, {"a": {"\udc00": 1}}, b"", (1,)])
def test_what_has_no_canonical_form_here(value):
    with pytest.raises(Malformed):
        jcs.encode(value)


def test_too_deep_is_refused():
    value: Any = []
    for _ in range(1000):
        value = [value]
    with pytest.raises(Malformed):
        jcs.encode(value)


def test_each_review_that_counts_is_a_credential_with_its_records():
    shown = credentials.check(MADE.encode())
    assert [one["id"] for one in shown] == [
        f"urn:freehold:review:{text.show(told.client_reviews.id, text.RECORD)}" for told in STORIES
    ]
    first: Any = shown[0]
    assert first["type"] == ["VerifiableCredential", "OpenBadgeCredential"]
    assert first["issuer"] == {"id": proofs.did(bob.key.key), "type": ["Profile"], "name": "Bob"}
    subject = first["credentialSubject"]
    assert (subject["id"], subject["role"]) == (proofs.did(bob.key.key), "freelancer")
    assert (subject["source"]["id"], subject["source"]["name"]) == (proofs.did(alice.key.key), "Alice")
    assert [one["value"] for one in subject["result"]] == ["4"] * 5
    named = {one["id"].rpartition(":")[2] for one in first["evidence"]}
    records = ("client_reviews", "client_commits", "client_signs", "freelancer_signs")
    assert named == {text.show(getattr(STORIES[0], name).id, text.RECORD) for name in records}
    assert first["evidence"][0]["narrative"] == "Quick and kind."


@pytest.mark.parametrize(
    ("before", "after"),
    [('"value": "3"', '"value": "4"'), ("Never again.", "Ever again."), ("2025-06", "2024-06"), ("Carol", "Clara")],
)
def test_what_is_changed_in_one_is_noticed(before, after):
    assert before in MADE
    with pytest.raises(ProtocolError):
        credentials.check(MADE.replace(before, after).encode())


def test_somebody_elses_proof_is_not_the_issuers():
    whole = json.loads(MADE)
    one = whole["verifiableCredential"][0]
    one.pop("proof")
    whole["verifiableCredential"] = [proofs.prove(one, START_MS, mallory.key)]
    with pytest.raises(NotAllowed, match="not signed by the one whom it calls its issuer"):
        credentials.check(json.dumps(whole).encode())


@given(st.data())
def test_no_document_ends_in_anything_but_a_protocol_error(data):
    whole = json.loads(MADE)
    place = data.draw(st.sampled_from(["type", "holder", "verifiableCredential"]))
    one = data.draw(st.none() | st.integers() | st.text() | st.floats() | VALUES)
    if data.draw(st.booleans()):
        assume(one != [])  # nobody with no credentials at all is an honest document
        whole[place] = one
    else:
        credential = whole["verifiableCredential"][0]
        inner = data.draw(st.sampled_from([credential, credential["proof"]]))
        inner[data.draw(st.sampled_from(sorted(inner)))] = one
    with pytest.raises(ProtocolError):
        credentials.check(json.dumps(whole).encode())


@pytest.mark.parametrize("data", [b"", b"\xff", b"[" * 100_000, b"{}", b"null", b'{"a":NaN}'])
def test_what_is_no_document(data):
    with pytest.raises(ProtocolError):
        credentials.check(data)


@pytest.mark.parametrize("name", ["", "did:key:", "did:key:z", "did:key:z0OIl", "did:web:x", "did:key:z" + "1" * 200])
def test_what_is_no_key(name):
    with pytest.raises(Malformed):
        proofs.key_of(name)
