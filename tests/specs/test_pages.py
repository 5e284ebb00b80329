"""What the spec pages say by hand: their examples are what the code makes, and their links lead somewhere."""

from __future__ import annotations

import dataclasses
import re
import struct
from typing import TYPE_CHECKING

import pytest

from freehold.protocol import canonical, requests, text
from freehold.protocol.identity import public_key
from freehold.protocol.kinds import ENTRIES
from freehold.protocol.kinds.review import REVIEW
from freehold.protocol.reconcile import messages
from specs.generate import FOLDER
from tests.cast import agreement_body, alice, bob, offer, offer_place, proposal, slot, story, terms

if TYPE_CHECKING:
    from pathlib import Path

    from freehold.protocol.canonical import Value
    from freehold.protocol.kind import AnyKind

LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]*)(?:#([^)\s]*))?\)")
CONTRACT = story().contract
SALT = REVIEW.open(story().client_reviews).salt
BODY = re.compile(r"^    (\{.*?\})\n(?:\n|\Z)", re.MULTILINE | re.DOTALL)


def test_links_lead_somewhere() -> None:
    for page in FOLDER.rglob("*.md"):
        prose = re.sub(r"`[^`\n]*`", "", page.read_text("utf-8"))
        for where, part in LINK.findall(prose):
            if where.startswith("http"):
                continue
            target = page.parent / where if where else page
            assert target.exists(), f"{page.name} leads to {where}"
            assert not part or part in headings(target), f"{page.name} leads to {where}#{part}"


def headings(page: Path) -> set[str]:
    """The names by which a page's headings are linked."""
    lines = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", line.lower()).replace(" ", "-") for line in lines}


def test_an_opening() -> None:
    said = messages.write(messages.Open((), 0, b"", 0, bytes(32), bytes(range(8)), ("cells/1",)))
    page = (FOLDER / "10-reconciliation.md").read_text("utf-8").replace("\n    ", "")
    for document in (said, messages.write(messages.Same())):
        assert framed(document).replace(" ", "") in page.replace(" ", "")


def framed(document: bytes, status: bytes = b"") -> str:
    """A request or reply as the page shows it."""
    length = struct.pack(">I", len(status + document))
    return " ".join(piece.hex() for piece in (length, status, document) if piece)


@pytest.mark.parametrize(
    "value", [{"note": "Lovely."}, {"unit": "EUR", "amount": 10_000}, [0, 127, 128, 2**53 - 1]], ids=str
)
def test_encoded_values(value: Value) -> None:
    assert f"`{canonical.encode(value).hex()}`" in (FOLDER / "01-encoding.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("page", "shown"),
    [
        ("00-conventions.md", text.show(alice.id, text.IDENTITY)),
        ("00-conventions.md", text.show(offer_place(), text.OFFER)),
        ("00-conventions.md", text.show(CONTRACT, text.CONTRACT)),
        ("00-conventions.md", text.show(alice.inception.id, text.RECORD)),
        ("02-record.md", alice.inception.id.hex()),
        ("03-identity.md", alice.root.secret.hex()),
        ("03-identity.md", alice.root.signing_seed(0).hex()),
        ("03-identity.md", public_key(alice.root.signing_seed(1)).hex()),
        ("03-identity.md", public_key(alice.root.recovery_seed(0)).hex()),
        ("03-identity.md", alice.id.hex()),
        ("03-identity.md", text.show(alice.id, text.IDENTITY)),
        ("05-gossip.md", framed(requests.write(requests.CatchUp(bytes(16), 0)))),
        ("05-gossip.md", framed(requests.write(requests.Page(bytes(range(16)), (), 0, more=False)), b"\0")),
        ("kinds/offer.md", slot(1).hex()),
        ("kinds/agreement.md", f'offer": {offer_place().hex()[:8]}…, "terms": {agreement_body().terms.hex()[:8]}…'),
        ("kinds/agreement.md", f"in = {CONTRACT.hex()[:8]}…{CONTRACT.hex()[-8:]}"),
        ("kinds/agreement.md", f'salt": {terms().salt.hex()[:8]}…'),
        ("kinds/proposal.md", f'offer": {offer().id.hex()[:8]}…'),
        ("kinds/proposal.md", f'ids": [{proposal().id.hex()[:8]}…], "to": {bob.id.hex()[:8]}…'),
        ("kinds/profile.md", f'prekey": {alice.prekey[1].hex()[:8]}…{alice.prekey[1].hex()[-6:]}'),
        ("kinds/review.md", f"in = {CONTRACT.hex()[:8]}…{CONTRACT.hex()[-8:]}"),
        ("kinds/review.md", f'salt": {SALT.hex()[:8]}…'),
    ],
)
def test_examples(page: str, shown: str) -> None:
    assert shown in (FOLDER / page).read_text("utf-8")


@pytest.mark.parametrize("kind", ENTRIES, ids=[kind.name for kind in ENTRIES])
def test_an_entry_has_a_heading_and_an_example_that_has_its_fields(kind: AnyKind) -> None:
    """The examples are JSON with bytes cut short, so their field names can be compared."""
    word = kind.name.partition("/")[0]
    (page,) = (page for page in (FOLDER / "kinds").glob("*.md") if f"kind {kind.name} -->" in page.read_text("utf-8"))
    part = page.read_text("utf-8").partition(f"\n## {word}\n")[2].partition("\n## ")[0]
    known = {field.name for field in dataclasses.fields(kind.body)}
    assert ("No fields: the body is the empty map, `80`." in part) == (not known)
    assert bool(BODY.findall(part)) == bool(known)
    for shown in BODY.findall(part):
        names = re.findall(r'(?:^\{|, |,\n +)"(\w+)": ', re.sub(r"\[.*\]|(?<=.)\{.*?\}", "", shown))
        assert names == sorted(names)
        assert set(names) <= known
        assert names


def test_the_inception_byte_for_byte() -> None:
    page = (FOLDER / "03-identity.md").read_text("utf-8")
    fields = canonical.decode(alice.inception.body or b"")
    assert isinstance(fields, dict)
    for name, value in fields.items():
        assert isinstance(value, bytes)
        line = rf"a{len(name)} {name.encode().hex()} +{name} +c4 20 {value.hex()}\n"
        assert re.search(line, page), name
