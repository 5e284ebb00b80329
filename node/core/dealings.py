"""Contracts: what the owner does in them, and what the records here show of anybody's."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from freehold.protocol.contract import AWAITING_ANSWER, AWAITING_ARBITER, DELIBERATING, LAPSED, OFFERED
from freehold.protocol.envelope import Draft, Record, seal
from freehold.protocol.errors import ProtocolError
from freehold.protocol.fold import fold
from freehold.protocol.kinds import ENTRIES
from freehold.protocol.kinds.agreement import AGREEMENT, Terms, check_terms, terms_hash
from freehold.protocol.kinds.notes import NOTE, Note
from freehold.protocol.kinds.proposal import PROPOSAL

from .desk import Denied, Desk
from .direct import post
from .effects import Announce, Effect
from .folding import folded
from .standing import NOTES, full_of_notes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from freehold.protocol.fold.progress import Contract
    from freehold.protocol.kind import AnyKind
    from freehold.protocol.kinds.agreement import Agreement
    from freehold.protocol.kinds.changes import Amendment

KIND_OF: dict[type[Any], AnyKind] = {kind.body: kind for kind in ENTRIES}
"""The kind of each body that can be signed into a contract."""
LISTED = 500
"""The owner's contracts on one list."""
_HEARD = frozenset((AWAITING_ARBITER, AWAITING_ANSWER, DELIBERATING))


def contracts(desk: Desk, now: int) -> list[Contract]:
    """The contracts that the owner has signed, newest first.

    Found by the owner's own signatures: agreements that strangers alone signed may name anybody.
    """
    if desk.me is None:
        return []
    signatures = desk.stores.records.by_author(desk.me, AGREEMENT.name, LISTED)
    return _folded(desk, dict.fromkeys(record.header.body for record in signatures), now)


def serving(desk: Desk, now: int) -> list[Contract]:
    """Contracts in force in which the owner is an arbiter or witness, newest first."""
    if desk.me is None:
        return []
    found = _folded(desk, desk.stores.records.served_by(desk.me)[:LISTED], now)
    return [contract for contract in found if contract.state not in (OFFERED, LAPSED)]


def contract(desk: Desk, contract_id: bytes, now: int) -> Contract:
    """Anybody's contract, as its records here show it. Raises Denied `not-found`."""
    found = fold(desk.stores.records.in_context(contract_id), now)
    if found is None:
        raise Denied(
            "not-found", "there is no such contract here", "check the name, or wait until the node has caught up"
        )
    return found


def terms_of(desk: Desk, found: Contract, version: int = -1) -> Terms | None:
    """The private terms of a version of a contract (the latest by default); None where they are not here."""
    wanted = found.scopes[version].terms
    for record in desk.stores.records.in_context(found.id):
        if record.header.kind == NOTE.name and record.body is not None:
            terms = NOTE.open(record).terms
            if terms is not None and terms_hash(terms) == wanted:
                return terms
    return terms_behind(desk, found.agreement, wanted)


def terms_behind(desk: Desk, agreement: Agreement, wanted: bytes) -> Terms | None:
    """The terms of that hash from the proposal that made the contract; None where it is not here."""
    for record in desk.stores.records.in_context(agreement.offer):
        if record.header.kind == PROPOSAL.name and agreement.role(record.author) is not None:
            terms = PROPOSAL.open(record).terms
            if terms_hash(terms) == wanted:
                return terms
    return None


def words_of(desk: Desk, contract_id: bytes, named: bytes | None) -> Note | None:
    """The note that an entry names by the hash of its body; None where it is not here."""
    records = desk.stores.records.in_context(contract_id) if named is not None else []
    found = next((r for r in records if r.header.kind == NOTE.name and r.header.body == named), None)
    return None if found is None or found.body is None else NOTE.open(found)


def hash_of(words: Note) -> bytes:
    """By which an entry names a note. Raises Denied `bad-entry` for words that no note can hold."""
    try:
        return hashlib.sha256(NOTE.dump(words)).digest()
    except ProtocolError as error:
        raise Denied("bad-entry", f"this cannot be signed: {error}", "correct it and try again") from error


def are_terms(terms: Terms, amendment: Amendment) -> bool:
    """Whether these are the terms that an amendment names."""
    try:
        check_terms(terms, amendment.terms, amendment.clauses, amendment.milestones)
    except ProtocolError:
        return False
    return True


def act(
    desk: Desk,
    contract_id: bytes,
    part: int | None,
    body: Any,  # noqa: ANN401  -- one of KIND_OF
    now: int,
    words: Note | None = None,
) -> tuple[Record, list[Effect]]:
    """Sign an entry into a contract: about milestone `part` (from 0), or None about the whole. `words` are the note
    that the body names.

    The entry is played before it is kept: what would not count is denied with the reason, and nothing is signed.
    Who cannot be reached holds nothing up: what is sealed waits until they are.
    Raises Denied: `not-found`, `not-yours`, `no-such-part`, `not-signed-yet`, `not-your-turn`, `bad-entry`.
    """
    signer = desk.signing()
    records = desk.stores.records.in_context(contract_id)
    found = contract(desk, contract_id, now)
    if signer.identity not in (found.agreement.client, found.agreement.freelancer, *found.agreement.arbiters):
        raise Denied("not-yours", "you have no part in this contract", "see: freehold contract list")
    if found.state in (OFFERED, LAPSED):
        reason = "is not signed by both parties yet" if found.state == OFFERED else "was not signed by both in time"
        raise Denied("not-signed-yet", f"the contract {reason}", "see: freehold contract show")
    kind = KIND_OF[type(body)]
    try:
        record = seal(_draft(found, signer.identity, kind, body, part, now), desk.network.name, signer)
        kind.open(record)
        note = None if words is None else _note(desk, contract_id, words, now)
    except ProtocolError as error:
        raise Denied("bad-entry", f"this cannot be signed: {error}", "correct it and try again") from error
    after = fold([*records, record], now) or found
    _check(found, after, record, part)
    desk.stores.records.add(record, now, shared=True)
    sealed = [record] if kind.private else []
    sealed += [] if note is None else [note]
    effects = _send(desk, sealed, readers(desk, found, part), now) + hand_file(desk, after, now)
    public = record.without_body() if kind.private else record
    return record, [Announce(kind.topic, public), *effects]


def add_note(desk: Desk, contract_id: bytes, words: Note, now: int) -> tuple[Record, list[Effect]]:
    """Sign words about a contract (evidence in a dispute) and seal them to everybody who may read them.

    Raises Denied: `not-found`, `not-yours`, `bad-entry`, `too-many-notes`.
    """
    found = contract(desk, contract_id, now)
    if desk.signing().identity not in found.agreement.participants:
        raise Denied("not-yours", "you have no part in this contract", "see: freehold contract list")
    try:
        note = _note(desk, contract_id, words, now)
    except ProtocolError as error:
        raise Denied("bad-entry", f"this cannot be signed: {error}", "correct it and try again") from error
    return note, _send(desk, [note], readers(desk, found, None), now)


def readers(desk: Desk, found: Contract, part: int | None) -> list[bytes]:
    """To whom the owner's private words in a contract go: the parties, and the arbiters of a dispute that is heard."""
    parts = range(len(found.milestones)) if part is None else [part]
    arbiters = [found.identity("arbiter", n) for n in parts if found.milestones[n].state in _HEARD]
    people = (found.agreement.client, found.agreement.freelancer, *arbiters)
    return [person for person in dict.fromkeys(people) if person is not None and person != desk.me]


def hand_file(desk: Desk, found: Contract, now: int) -> list[Effect]:
    """Seal to each arbiter whose turn it is what they have not been handed yet. Both parties do, so that neither can
    keep it back."""
    if desk.signer is None or found.agreement.role(desk.me or b"") is None:
        return []  # with a locked key later: the contract is looked at again when it is unlocked
    heard = [part for part, progress in enumerate(found.milestones) if progress.state in _HEARD]
    called = {arbiter for part in heard if (arbiter := found.identity("arbiter", part)) is not None}
    outbox, file = desk.stores.outbox, file_of(desk, found) if called else []
    missing = {a: [r for r in file if r.author != a and outbox.get(r.id, a) is None] for a in sorted(called)}
    return [effect for arbiter, records in missing.items() for effect in _send(desk, records, [arbiter], now)]


def file_of(desk: Desk, found: Contract) -> list[Record]:
    """What an arbiter must read: the terms, the notes and the entries whose bodies are here."""
    records = desk.stores.records.in_context(found.id)
    file = [record for record in records if record.body is not None and _is_private(desk, record)]
    terms = terms_of(desk, found, 0)
    if terms is None or any(record.header.kind == NOTE.name and NOTE.open(record).terms == terms for record in file):
        return file
    at = max(record.header.at for record in found.signatures.values())
    note = NOTE.draft(Note("The terms as both signed them.", terms), at, context=found.id)
    return [seal(note, desk.network.name, desk.signing()), *file]


def _folded(desk: Desk, names: Iterable[bytes], now: int) -> list[Contract]:
    found = (folded(desk, name, now) for name in names)
    return [contract for contract in found if contract is not None]


def _is_private(desk: Desk, record: Record) -> bool:
    kind = record.header.kind
    return kind in desk.registry and (desk.registry[kind].private or kind == NOTE.name)


def _draft(found: Contract, me: bytes, kind: AnyKind, body: Any, part: int | None, now: int) -> Draft:  # noqa: ANN401
    last = found.heads.get(me)
    others = [head for author, head in sorted(found.heads.items()) if author != me]
    return Draft(
        kind.name,
        max([now, *(head.header.at for head in found.heads.values() if head.author == me)]),
        kind.dump(body),
        context=found.id,
        part=part,
        seq=0 if last is None else (last.header.seq or 0) + 1,
        prev=None if last is None else last.id,
        seen=tuple(head.id for head in others[:4]),
    )


def _note(desk: Desk, contract_id: bytes, words: Note, now: int) -> Record:
    """Raises ProtocolError, Denied `too-many-notes`."""
    if full_of_notes(desk, contract_id, desk.signing().identity):
        raise Denied("too-many-notes", f"a contract has room for {NOTES} notes of yours", "say the rest elsewhere")
    record = seal(NOTE.draft(words, now, context=contract_id), desk.network.name, desk.signing())
    NOTE.open(record)
    return record


def _send(desk: Desk, parcels: list[Record], people: list[bytes], now: int) -> list[Effect]:
    for parcel in parcels:
        if not desk.stores.records.has(parcel.id):
            desk.stores.records.add(parcel, now, shared=not desk.registry[parcel.header.kind].direct)
    return [effect for person in people for parcel in parcels for effect in post(desk, parcel, person, now)]


def _check(before: Contract, after: Contract, record: Record, part: int | None) -> None:
    """Raise Denied unless the entry counts."""
    reason = dict((*after.refused, *after.waiting)).get(record.id)
    if reason is None:
        return
    code = "no-such-part" if part is not None and part >= len(before.milestones) else "not-your-turn"
    raise Denied(code, reason, "see whose turn it is, and what is possible: freehold contract show")
