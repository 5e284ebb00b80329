"""What the core needs from outside and reads in place: stores and policies. Everything is synchronous.

Times are milliseconds since the epoch. Writes happen in the store's open transaction and become durable with
`Stores.commit`; whoever acknowledges anything commits first.
"""

from __future__ import annotations

from typing import Protocol

from .answers import Answered, Answers
from .files import Files, Incoming, Kept
from .mail import Outbox, Parcel, Prekeys
from .owner import Contacts, Cursors, Notice, Notices, PeerBook, SavedSearch, Searches, Token, Tokens
from .postage import Stamps
from .rail import Rail
from .ranges import Ranges, View
from .ranking import Market, Ranking, Score, Scoring, Share, Verdict, Viewpoint
from .records import NameSort, OfferPage, OfferQuery, Price, Records, Taken, Trace
from .triage import Remark, Submission, Triage
from .verdicts import Counting, Verdicts

__all__ = [
    "Answered",
    "Answers",
    "Contacts",
    "Counting",
    "Cursors",
    "Files",
    "Incoming",
    "Kept",
    "Market",
    "NameSort",
    "Notice",
    "Notices",
    "OfferPage",
    "OfferQuery",
    "Outbox",
    "Parcel",
    "PeerBook",
    "Prekeys",
    "Price",
    "Rail",
    "Ranges",
    "Ranking",
    "Records",
    "Remark",
    "SavedSearch",
    "Score",
    "Scoring",
    "Searches",
    "Share",
    "Stamps",
    "StorageAway",
    "StorageBroken",
    "StorageFull",
    "Stores",
    "Submission",
    "Taken",
    "Token",
    "Tokens",
    "Trace",
    "Triage",
    "Verdict",
    "Verdicts",
    "View",
    "Viewpoint",
]


class Stores(Protocol):
    """One node's storage."""

    @property
    def records(self) -> Records: ...  # noqa: D102

    @property
    def ranges(self) -> Ranges: ...  # noqa: D102

    @property
    def outbox(self) -> Outbox: ...  # noqa: D102

    @property
    def prekeys(self) -> Prekeys: ...  # noqa: D102

    @property
    def cursors(self) -> Cursors: ...  # noqa: D102

    @property
    def peers(self) -> PeerBook: ...  # noqa: D102

    @property
    def contacts(self) -> Contacts: ...  # noqa: D102

    @property
    def notices(self) -> Notices: ...  # noqa: D102

    @property
    def tokens(self) -> Tokens: ...  # noqa: D102

    @property
    def stamps(self) -> Stamps: ...  # noqa: D102

    @property
    def answers(self) -> Answers: ...  # noqa: D102

    @property
    def searches(self) -> Searches: ...  # noqa: D102

    @property
    def verdicts(self) -> Verdicts: ...  # noqa: D102

    def commit(self, *, passing: bool = False) -> None:
        """Make everything written so far durable (fsync). Raises StorageFull or StorageBroken.

        `passing`: nobody was told of it, and others bring it again; so it may be lost when the power fails, whole
        commits from the end, until the next commit that lasts."""
        ...


class StorageFull(Exception):
    """The disk is full: what was not committed is not kept, nothing acknowledged is lost."""


class StorageAway(StorageFull):
    """A database server cannot be reached, or is held by others, for now: with the same consequences as a full disk."""


class StorageBroken(Exception):
    """The database file cannot be used; the message says why and what to do."""
