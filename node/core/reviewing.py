"""Reviews: what the owner says of the other party of a contract, and what has been said.

A review is signed at once and kept here; everybody gets a commitment to it. It is shown when the other party has
committed as well, or when the time for that is over.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from freehold.protocol import evidence
from freehold.protocol.contract import CLOSED
from freehold.protocol.envelope import Record, seal
from freehold.protocol.errors import ProtocolError
from freehold.protocol.fold import fold
from freehold.protocol.kinds.review import (
    REVIEW,
    REVIEW_COMMIT,
    REVIEW_REPLY,
    SALT_BYTES,
    Review,
    ReviewCommit,
    ReviewReply,
    promise,
)
from freehold.protocol.kinds.values import other

from . import dealings
from .desk import Denied, Desk
from .effects import Announce, Effect

if TYPE_CHECKING:
    from freehold.protocol.evidence import Evidence

LISTED = 1_000
UNSHOWN_LOOKED_AT = 50
"""Reviews of the owner's that wait to be shown: each of them keeps a contract busy for two weeks at most."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A review, its subject's reply, and whether it counts: evidence, or the reason why not."""

    record: Record
    review: Review
    outcome: Evidence | str
    reply: str | None = None


def write(
    desk: Desk, contract_id: bytes, levels: tuple[int, int, int, int, int], text: str, now: int
) -> tuple[Record, list[Effect]]:
    """Review the other party of a finished contract; `levels` as in `Review.levels`. It is written once.

    Raises Denied: `not-found`, `not-yours`, `not-finished`, `too-late`, `reviewed-already`, `bad-review`.
    """
    signer = desk.signing()
    contract = dealings.contract(desk, contract_id, now)
    role = contract.agreement.role(signer.identity)
    if role is None:
        raise Denied("not-yours", "you are not a party of this contract", "see: freehold contract list")
    if contract.state != CLOSED:
        raise Denied(
            "not-finished", f"this contract is {contract.state}: reviews come at its end", "see: freehold contract show"
        )
    if now > evidence.committing_until(contract):
        raise Denied("too-late", "the time to review this contract is over", "reviews are written soon after the end")
    if evidence.commits(desk.stores.records.in_context(contract_id), signer.identity):
        raise Denied(
            "reviewed-already",
            "you have reviewed this contract, and a review is not changed",
            "see: freehold review list",
        )
    try:
        body = Review(contract.agreement.party(other(role)), *levels, desk.random_bytes(SALT_BYTES), text)
        review = seal(REVIEW.draft(body, now, context=contract_id), desk.network.name, signer)
        REVIEW.open(review)
        promised = ReviewCommit(promise(review.body or b""))
        commit = seal(REVIEW_COMMIT.draft(promised, now, context=contract_id), desk.network.name, signer)
    except ProtocolError as error:
        raise Denied("bad-review", f"this review cannot be signed: {error}", "correct it and try again") from error
    desk.stores.records.add(review, now, shared=False)
    desk.stores.records.add(commit, now, shared=True)
    return review, [Announce(REVIEW_COMMIT.topic, commit), *show_due(desk, now)]


def reply(desk: Desk, review_id: bytes, text: str, now: int) -> tuple[Record, list[Effect]]:
    """The owner's one public answer to a review about them. Raises Denied: `not-found`, `not-yours`,
    `replied-already`, `bad-reply`."""
    signer = desk.signing()
    record = desk.stores.records.get(review_id)
    if record is None or record.header.kind != REVIEW.name:
        raise Denied("not-found", "there is no such review here", "see: freehold review list")
    if REVIEW.open(record).subject != signer.identity:
        raise Denied(
            "not-yours", "this review is about somebody else: its subject may reply", "see: freehold review list"
        )
    if _reply_to(desk, record) is not None:
        raise Denied(
            "replied-already", "you have replied to this review, once is all there is", "see: freehold review list"
        )
    try:
        draft = REVIEW_REPLY.draft(ReviewReply(text), now, context=record.header.context, slot=review_id)
        answer = seal(draft, desk.network.name, signer)
        REVIEW_REPLY.open(answer)
    except ProtocolError as error:
        raise Denied("bad-reply", f"this reply cannot be signed: {error}", "correct it and try again") from error
    desk.stores.records.add(answer, now, shared=True)
    return answer, [Announce(REVIEW_REPLY.topic, answer)]


def show_due(desk: Desk, now: int) -> list[Effect]:
    """Show the owner's reviews whose time has come."""
    if desk.me is None:
        return []
    shown: list[Effect] = []
    for review in desk.stores.records.kept_back(desk.me, REVIEW.name, UNSHOWN_LOOKED_AT):
        if not _may_be_shown(desk, review, now):
            continue
        desk.stores.records.add(review, now, shared=True)
        shown.append(Announce(REVIEW.topic, review))
    return shown


def waits(desk: Desk, review: Record) -> bool:
    """Whether a review of the owner's is not shown to others yet."""
    return review.author == desk.me and not desk.stores.records.shared([review.id])


def about(desk: Desk, identity: bytes, now: int) -> list[Judged]:
    """Reviews about an identity, oldest first."""
    return [judge(desk, record, now) for record in desk.stores.records.reviews_of(identity, LISTED)]


def by(desk: Desk, identity: bytes, now: int) -> list[Judged]:
    """Reviews that an identity wrote, newest first."""
    return [judge(desk, record, now) for record in desk.stores.records.by_author(identity, REVIEW.name, LISTED)]


def judge(desk: Desk, record: Record, now: int) -> Judged:
    """Whether a review counts, from the records here."""
    contract_records = desk.stores.records.in_context(record.header.context or b"")
    outcome = evidence.weigh(record, contract_records, now)
    return Judged(record, REVIEW.open(record), outcome, _reply_to(desk, record))


def _may_be_shown(desk: Desk, review: Record, now: int) -> bool:
    """Whether the other party has committed too, or can no longer."""
    records = desk.stores.records.in_context(review.header.context or b"")
    contract = fold(records, now)
    if contract is None:
        return False
    subject = REVIEW.open(review).subject
    return bool(evidence.commits(records, subject)) or now > evidence.committing_until(contract)


def _reply_to(desk: Desk, review: Record) -> str | None:
    subject = REVIEW.open(review).subject
    answer = desk.stores.records.latest(subject, REVIEW_REPLY.name, review.id)
    return None if answer is None or answer.body is None else REVIEW_REPLY.open(answer).text
