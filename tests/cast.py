"""The people that every test knows, on the network `test-market`, and records that they sign.

alice is a client, bob a freelancer, carol a bystander, mallory means harm. Their keys never change, so ids in a failing
test are the same on every machine. Times are milliseconds; the day of the tests begins at `START_MS`.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from freehold.protocol import keylog, sealing
from freehold.protocol.envelope import Draft, Record, pack, place, seal
from freehold.protocol.identity import IdentityId, Root, SecretKey
from freehold.protocol.kinds import ENTRIES
from freehold.protocol.kinds.agreement import AGREEMENT, Agreement, Clause, Milestone, Part, Terms, terms_hash
from freehold.protocol.kinds.entries import Acceptance, Delivery
from freehold.protocol.kinds.notes import NOTE, Note
from freehold.protocol.kinds.offer import FIXED, OFFER, WANTED, Budget, Offer
from freehold.protocol.kinds.payments import PaymentReceived, PaymentSent
from freehold.protocol.kinds.profile import INBOX, INBOX_SLOT, PROFILE, PROFILE_SLOT, Inbox, Profile
from freehold.protocol.kinds.proposal import PROPOSAL, Proposal
from freehold.protocol.kinds.review import REVIEW, REVIEW_COMMIT, SALT_BYTES, Review, ReviewCommit, promise
from freehold.protocol.kinds.timing import RECEIPT, Receipt
from freehold.protocol.kinds.values import FREELANCER, Money

if TYPE_CHECKING:
    from freehold.protocol.kind import AnyKind

NETWORK = "test-market"
START_MS = 1_750_000_000_000
MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS
_PEER = "/ip4/127.0.0.1/tcp/4001/p2p/12D3KooWGzxzKZYveHXtpG6AsrUJBcWxHBFS2HsEoGTxrMLvKXtf"


@dataclass(frozen=True)
class Person:
    """A name, the secret behind it, the signing key and the inception record."""

    name: str
    root: Root
    key: SecretKey
    inception: Record

    @property
    def id(self) -> IdentityId:
        return self.key.identity

    @cached_property
    def prekey(self) -> tuple[bytes, bytes]:
        """(private, public) of the prekey in this person's inbox."""
        return sealing.new_prekey(_seed(f"{self.name}'s prekey"))


def person(name: str, network: str = NETWORK) -> Person:
    """Anybody else: the same name is the same person."""
    root = Root(_seed(name))
    key, inception = keylog.incept(root, START_MS - DAY_MS, network)
    return Person(name, root, key, inception)


def _seed(name: str) -> bytes:
    return hashlib.sha256(b"freehold test cast: " + name.encode()).digest()


alice = person("alice")
bob = person("bob")
carol = person("carol")
mallory = person("mallory")


def signed(kind: AnyKind, body: Any, author: Person, at: int = START_MS, **header: Any) -> Record:
    """A record of any kind; `header` gives the optional fields of `Draft`."""
    return seal(kind.draft(body, at, **header), NETWORK, author.key)


def raw(kind: str, body: bytes, author: Person, at: int = START_MS, **header: Any) -> Record:
    """A signed record whose body nobody checked: for what a careless or hostile author sends."""
    return seal(Draft(kind, at, body, **header), NETWORK, author.key)


def slot(number: int) -> bytes:
    """The 16-byte name of an author's `number`-th offer."""
    return hashlib.sha256(b"slot %d" % number).digest()[:16]


def offer(
    author: Person = alice,
    title: str = "A logo for a bakery",
    at: int = START_MS,
    number: int = 1,
    life_ms: int = 30 * DAY_MS,
    **fields: Any,
) -> Record:
    """A version of the author's `number`-th offer; `fields` are those of `Offer` (side, skills, closed ...)."""
    fields.setdefault("side", WANTED)
    fields.setdefault("budget", Budget(FIXED, "EUR", 10_000, 20_000))
    return signed(OFFER, Offer(title=title, **fields), author, at, slot=slot(number), till=at + life_ms)


def offer_place(author: Person = alice, number: int = 1) -> bytes:
    """The place of the author's `number`-th offer."""
    return place(author.id, OFFER.name, slot(number))


def profile(author: Person, at: int = START_MS, **fields: Any) -> Record:
    """The author's profile."""
    fields.setdefault("name", author.name.title())
    return signed(PROFILE, Profile(**fields), author, at, slot=PROFILE_SLOT)


def inbox(author: Person, at: int = START_MS, nodes: tuple[str, ...] = (_PEER,), life_ms: int = 7 * DAY_MS) -> Record:
    """The author's inbox, with the author's `prekey`."""
    body = Inbox(prekey=author.prekey[1], nodes=nodes)
    return signed(INBOX, body, author, at, slot=INBOX_SLOT, till=at + life_ms)


def terms(parts: int = 1, salt: int = 0) -> Terms:
    """Terms with `parts` milestones of 100.00 EUR each; another `salt` makes another contract."""
    clauses = (Clause("1", "Three drafts, one round of changes."),)
    named = tuple(Part(f"Milestone {number + 1}", Money(10_000, "EUR")) for number in range(parts))
    return Terms(hashlib.sha256(b"salt %d" % salt).digest()[:16], clauses, named)


def agreement_body(
    client: Person = alice,
    freelancer: Person = bob,
    parts: int = 1,
    salt: int = 0,
    about: bytes | None = None,
    **fields: Any,
) -> Agreement:
    """What both sign. `about` is the offer's place, by default the client's first offer; `fields` are those of
    `Agreement` (arbiters, witnesses, quorum ...)."""
    fields.setdefault("milestones", (Milestone(work=7 * DAY_MS),) * parts)
    fields.setdefault("clauses", tuple(clause.id for clause in terms(parts, salt).clauses))
    return Agreement(
        client=client.id,
        freelancer=freelancer.id,
        proposer=fields.pop("proposer", FREELANCER),
        offer=about or offer_place(client),
        terms=terms_hash(terms(parts, salt)),
        **fields,
    )


def agreement(author: Person, body: Agreement, at: int = START_MS) -> Record:
    """The author's signature under an agreement."""
    contract = hashlib.sha256(AGREEMENT.dump(body)).digest()
    return signed(AGREEMENT, body, author, at, context=contract, seq=0)


def entry(author: Person, body: Any, after: Record, part: int | None = 0, at: int = START_MS, **header: Any) -> Record:
    """The author's next contract entry, hung from `after` (the author's agreement record or last entry)."""
    chain = {"context": after.header.context, "seq": (after.header.seq or 0) + 1, "prev": after.id, "part": part}
    return signed(_ENTRY_KINDS[type(body)], body, author, at, **(chain | header))


_ENTRY_KINDS = {kind.body: kind for kind in ENTRIES}


def receipt(author: Person, *records: Record, at: int = START_MS) -> Record:
    """The author vouches for having had the records (of one contract) at `at`."""
    context = records[0].header.context
    return signed(RECEIPT, Receipt(tuple(record.id for record in records)), author, at, context=context)


def note(author: Person, contract: bytes, text: str, at: int = START_MS, **fields: Any) -> Record:
    """Words about a contract that are sealed to its participants."""
    return signed(NOTE, Note(text, **fields), author, at, context=contract)


def review(
    author: Person, subject: Person, contract: bytes, at: int = START_MS, level: int = 4, text: str = ""
) -> Record:
    """A review with the same level in all five fields."""
    salt = hashlib.sha256(author.id + contract).digest()[:SALT_BYTES]
    body = Review(subject.id, level, level, level, level, level, salt, text)
    return signed(REVIEW, body, author, at, context=contract)


def commit(review: Record, author: Person, at: int | None = None) -> Record:
    """The author's commitment to a review; by default made when the review was written."""
    body = ReviewCommit(promise(review.body or b""))
    return signed(REVIEW_COMMIT, body, author, review.header.at if at is None else at, context=review.header.context)


def proposal(
    author: Person = bob, to: Person = alice, answers_to: Record | None = None, at: int = START_MS, **fields: Any
) -> Record:
    """A firm proposal of a freelancer, with the signed agreement inside; `answers_to` is the offer version."""
    version = answers_to or offer(to)
    about = place(version.author, version.header.kind, version.header.slot or b"")
    parts, salt = fields.pop("parts", 1), fields.pop("salt", 0)
    signature = agreement(author, agreement_body(to, author, parts, salt, about), at)
    fields.setdefault("cover", "I drew the signs of forty bakeries.")
    body = Proposal(to.id, to.prekey[1], version.id, terms=terms(parts, salt), agreement=pack(signature), **fields)
    return signed(PROPOSAL, body, author, at, context=about, till=at + 7 * DAY_MS)


@dataclass(frozen=True)
class Story:
    """All public and private records of one contract with one milestone, from both signatures to both reviews."""

    contract: bytes
    client_signs: Record
    freelancer_signs: Record
    delivery: Record
    acceptance: Record
    payment_sent: Record
    payment_received: Record
    client_commits: Record
    freelancer_commits: Record
    client_reviews: Record
    freelancer_reviews: Record

    @property
    def contract_records(self) -> tuple[Record, ...]:
        """Signatures and entries, in the order in which they were written."""
        entries = (self.delivery, self.acceptance, self.payment_sent, self.payment_received)
        return (self.freelancer_signs, self.client_signs, *entries)

    @property
    def commits(self) -> tuple[Record, ...]:
        """Both parties' commitments to their reviews."""
        return (self.client_commits, self.freelancer_commits)


def story(client: Person = alice, freelancer: Person = bob, at: int = START_MS, salt: int = 0, level: int = 4) -> Story:
    """A contract that goes well, one entry an hour; another `salt` makes another contract of the same two."""
    body = agreement_body(client, freelancer, salt=salt)
    theirs, ours = agreement(freelancer, body, at), agreement(client, body, at + HOUR_MS)
    contract = ours.header.body
    delivery = entry(freelancer, Delivery("Here it is."), theirs, at=at + 2 * HOUR_MS, seen=(ours.id,))
    acceptance = entry(client, Acceptance("Lovely."), ours, at=at + 3 * HOUR_MS, seen=(delivery.id,))
    money = Money(10_000, "EUR")
    sent = entry(client, PaymentSent(money, "sepa", "RF18"), acceptance, at=at + 4 * HOUR_MS)
    received = entry(freelancer, PaymentReceived(money), delivery, at=at + 5 * HOUR_MS, seen=(sent.id,))
    of_freelancer = review(client, freelancer, contract, at + 6 * HOUR_MS, level, "Quick and kind.")
    of_client = review(freelancer, client, contract, at + 6 * HOUR_MS, level, "Paid at once.")
    commits = (commit(of_freelancer, client), commit(of_client, freelancer))
    return Story(contract, ours, theirs, delivery, acceptance, sent, received, *commits, of_freelancer, of_client)
