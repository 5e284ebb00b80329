"""The whole story: its acts in their order. What needs time begins early, and is looked at again later."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import afterwards, deal, dispute, forgery, market, scope, silence

if TYPE_CHECKING:
    from .play import Play


def tell(play: Play) -> None:
    """Play every act. Raises Unfulfilled (a claim that the rest hangs from did not hold), Trouble (a node refused)."""
    market.start_nodes(play)
    market.introductions(play)
    offers = market.offers_spread(play)
    agreed = deal.decision(play, offers, deal.proposals(play, offers))
    dispute.called(play, agreed)
    silence.begins(play, agreed)
    published = afterwards.burst(play)
    silence.claimed(play, agreed)
    scope.beyond(play, agreed)
    scope.amended(play, agreed)
    silence.decided(play, agreed)
    dispute.ruled(play, agreed)
    dispute.settled(play, agreed)
    deal.work(play, agreed)
    afterwards.reviews(play, agreed)
    afterwards.reputations(play)
    silence.proven(play, agreed)
    afterwards.comeback(play, agreed, published)
    forgery.second_story(play, agreed)
    forgery.paid_late(play, agreed)
    forgery.endings(play, agreed)
