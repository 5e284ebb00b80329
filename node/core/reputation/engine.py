"""The engine as its users see it: a market of opinions, and what it looks like from a place.

    engine = Engine()
    engine.add(opinion)             # in any order; twice is once
    seen = engine.seen_from(Place(me, anchors), now)
    seen.of(subject)                # a Verdict, with every share and what was left out
    seen.everybody()                # numpy arrays in the order of `engine.identities`

Pure: no clock, no dice. The answers depend on the set of opinions alone, to the last bit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .market import Market
from .opinions import Columns, Opinion, Place, Vouch
from .settings import H1, Settings
from .view import View

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Engine:
    """See the module."""

    def __init__(self, settings: Settings = H1) -> None:
        self.settings = settings
        self._market = Market()
        self._views: dict[tuple[Place, int], View] = {}

    def add(self, opinion: Opinion) -> None:
        """Count an opinion from now on. Known by its review: the same again changes nothing."""
        self._market.add(opinion)

    def load(self, columns: Columns) -> None:
        """Count many opinions at once: the fast way to begin."""
        self._market.load(columns)

    def discard(self, review: bytes) -> None:
        """Count a review no more."""
        self._market.discard(review)

    def vouch(self, vouch: Vouch) -> None:
        """Let a vouch carry trust from now on, in place of an older one of the same two people."""
        self._market.vouch(vouch)

    def unvouch(self, by: bytes, of: bytes) -> None:
        """A vouch was taken back."""
        self._market.unvouch(by, of)

    def until(self, at: int) -> Engine:
        """The market as it was at a time (ms), to the second: without the opinions that were written later."""
        earlier = Engine(self.settings)
        earlier._market = self._market.until(at)
        return earlier

    @property
    def identities(self) -> NDArray[np.void]:
        """Everybody known, in the order of their ids: what the arrays of a view are about."""
        return self._market.settled().roll.ids

    @property
    def count(self) -> int:
        """How many opinions count."""
        return self._market.settled().count

    @property
    def dropped(self) -> dict[str, int]:
        """Opinions that were not taken, by reason: nothing is dropped in silence."""
        return self._market.dropped

    def seen_from(self, place: Place, now: int = 0) -> View:
        """The market from a place; `now` (ms) decides which vouches are over. Recomputed when something changed."""
        columns = self._market.settled()
        key = (place, self._market.vouches_at(now))
        view = self._views.get(key)
        if view is None or view.version != self._market.version:
            view = View(columns, self._market.edges(now), place, self.settings, self._market.version)
            if len(self._views) >= _VIEWS:
                self._views.clear()
            self._views[key] = view
        return view


_VIEWS = 8
"""Places whose trust is kept: the owner's, and a few that are compared with it."""
