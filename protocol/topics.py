"""The fixed gossip topics. A node subscribes to all of them; no other name is ever accepted from a peer."""

IDENTITIES = "identities"
"""Key logs, profiles, inboxes."""
OFFERS = "offers"
CONTRACTS = "contracts"
"""Agreements and the headers of contract entries."""
REVIEWS = "reviews"
OTHER = "other"
"""Kinds from outside the core."""

ALL = (IDENTITIES, OFFERS, CONTRACTS, REVIEWS, OTHER)


def wire_name(network: str, topic: str) -> str:
    """The topic's name in gossipsub, e.g. `/freehold/offers/1`; a test network's name stands in the first place."""
    return f"/{network}/{topic}/1"


def wire_names(network: str) -> dict[str, str]:
    """Topic to wire name, for all topics."""
    return {topic: wire_name(network, topic) for topic in ALL}
