"""Policies of reputation: what to expect of people, from the reviews that count. Everything is pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from freehold.protocol.identity import IdentityId

    from ..reputation.opinions import Opinion, Place, Vouch


@dataclass(frozen=True, slots=True)
class Score:
    """What a ranking expects of a subject, each from 0 to 1: `mean` and its interval are shown.

    `counted` reviews of so many `witnesses` have weight, together as much as `weight` reviews of fully trusted people.
    """

    lower: float
    mean: float
    upper: float
    counted: int
    weight: float = 0.0
    witnesses: int = 0

    @property
    def order(self) -> float:
        """What lists are ordered by: halfway between what is expected and the least that is likely. The little known
        stand behind those known to be as good, though not as far as if the worst were expected of them."""
        return (self.lower + self.mean) / 2


@dataclass(frozen=True, slots=True)
class Share:
    """One review's part in a score. `review`: the first 8 bytes of its record's id.

    `trust` (0 to 1) is that in its author; `place` says which of the reviews between the two it is (from 1); `delta` is
    the mean less what it would be without it; `path` leads from somebody trusted to the author, both named. `against`:
    a critical review shares its weight with all that its author says against so many people (0: it is none).
    """

    review: bytes
    by: bytes
    levels: tuple[int, int, int, int, int]
    at: int
    weight: float
    delta: float
    trust: float = 1.0
    place: int = 1
    path: tuple[IdentityId, ...] = ()
    against: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a ranking says of a subject: `left_out` are reviews (as in `Share`) that have no weight, with the reason;
    `unlisted` is how many more there are, by people nobody trusts."""

    score: Score
    shares: tuple[Share, ...]
    left_out: tuple[tuple[bytes, str], ...] = ()
    unlisted: int = 0


class Viewpoint(Protocol):
    """A market as it looks from a place. `label` says to people whose place that is, and what that means."""

    @property
    def label(self) -> str: ...  # noqa: D102

    def of(self, subject: bytes, as_role: str | None = None) -> Verdict:
        """What to expect of a subject, in a role (client, freelancer) or in both; pure."""
        ...


@runtime_checkable
class Scoring(Protocol):
    """A viewpoint that tells a score without its reasons, and faster for it: lists ask for hundreds."""

    def score(self, subject: bytes, as_role: str | None = None) -> Score:
        """That of `Viewpoint.of`, to the last bit."""
        ...


class Market(Protocol):
    """The opinions that a ranking reads, told one by one; the order in which they are told changes nothing."""

    def add(self, opinion: Opinion) -> None:
        """Count a review from now on; known by its `review` id, the same again replaces it."""
        ...

    def discard(self, review: bytes) -> None:
        """Count a review no more."""
        ...

    def vouch(self, vouch: Vouch) -> None:
        """Somebody vouches for somebody; in place of what the two had before."""
        ...

    def unvouch(self, by: bytes, of: bytes) -> None:
        """That is taken back."""
        ...

    def until(self, at: int) -> Market:
        """The market as it was at a time (ms): without the opinions that were written later."""
        ...

    @property
    def dropped(self) -> dict[str, int]:
        """How many opinions were not kept, by reason."""
        ...

    def seen_from(self, place: Place, now: int) -> Viewpoint:
        """What the market looks like from a place (ms: which vouches are in force)."""
        ...


class Ranking(Protocol):
    """A policy: what to expect of people, from the reviews that count."""

    @property
    def name(self) -> str:
        """Shown to people, chosen in the config."""
        ...

    @property
    def note(self) -> str:
        """What people should know before they rely on it: shown with every reputation."""
        ...

    def market(self) -> Market:
        """A market without opinions."""
        ...
