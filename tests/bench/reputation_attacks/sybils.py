"""Attacks with invented people. An *attack edge* is a real contract after which an honest person praised one of them.

Invented people praise each other at no cost but fees, as strongly as the market knows: money that everybody can verify
(escrow, paid to themselves), high values, yesterday. There are ten of them for each honest person.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .market import DAYS, OF_CLIENT, Ints, Market, Reviews, written
from .viewpoint import Viewpoint

PER_HONEST = 10
BENEFICIARIES = 10
AMPLIFIED = 100
"""Beneficiaries of an amplified ring: a whole first page."""
FAN_OUTS = (0, 1, 8, 64)

ACTIVE, HOP_ONE, ANCHOR, COUNTERPARTY = "active people", "hop one", "anchors", "own counterparties"


@dataclass(frozen=True)
class Attack:
    """A market with attackers in it; what they have cost (`edges`) and whom they praise (`gains`).

    `per_gain` counts the attack edges behind each of those who gain, where every edge serves one of them.
    """

    market: Market
    edges: int
    gains: Ints
    per_gain: Ints | None = None


def ring(market: Market, view: Viewpoint, seed: int, edges: int = 100) -> Attack:
    """Everybody invented praises four others at random; the edges end anywhere among them."""
    dice = np.random.default_rng((seed, 2))
    market, invented = _crowd(market)
    praise = written(np.repeat(invented, 4), dice.choice(invented, 4 * len(invented)))
    entries = dice.choice(invented, edges)
    return Attack(market.reviewed(praise + _bought(market, view, entries, ACTIVE, dice)), edges, invented)


def amplified(market: Market, view: Viewpoint, seed: int, edges: int = 100) -> Attack:
    """A hundred beneficiaries, praised by all others, praise all others back; the edges end at the others."""
    dice = np.random.default_rng((seed, 3))
    market, invented = _crowd(market)
    first, others = invented[:AMPLIFIED], invented[AMPLIFIED:]
    partner = dice.choice(first, len(others))
    praise = written(others, partner) + written(partner, others, of=OF_CLIENT)
    entries = dice.choice(others[: max(1, edges)], edges)
    return Attack(market.reviewed(praise + _bought(market, view, entries, ACTIVE, dice)), edges, first)


def tree(
    market: Market, view: Viewpoint, seed: int, *, fan_out: int, edges: int, victims: str, times: int = 1
) -> Attack:
    """Every entry (with an attack edge of its own) praises so many helpers, who all praise one beneficiary so often.

    At fan-out 0 the entry praises the beneficiary itself. Whoever is left over praises beneficiaries too.
    """
    dice = np.random.default_rng((seed, 4))
    market, invented = _crowd(market)
    first, entries, rest = np.split(invented, (BENEFICIARIES, BENEFICIARIES + edges))
    fan_out = min(fan_out, len(rest) // edges)
    helpers, idle = np.split(rest, (fan_out * edges,))
    serves = first[np.arange(edges) % BENEFICIARIES]
    praise = written(idle, dice.choice(first, len(idle)))
    if fan_out:
        praise += written(np.repeat(entries, fan_out), helpers, of=OF_CLIENT)
        praise += written(np.tile(helpers, times), np.tile(np.repeat(serves, fan_out), times))
    else:
        praise += written(np.tile(entries, times), np.tile(serves, times))
    attacked = market.reviewed(praise + _bought(market, view, entries, victims, dice))
    return Attack(attacked, edges, first, np.bincount(np.arange(edges) % BENEFICIARIES, minlength=BENEFICIARIES))


def rogue(market: Market, view: Viewpoint, seed: int, *, anchors: int) -> Attack:
    """Some anchors belong to the attacker: each praises the same 64 entries, which praise ten beneficiaries."""
    dice = np.random.default_rng((seed, 5))
    bought = tree(market, view, seed, fan_out=8, edges=64, victims=ACTIVE)
    entries = bought.market.honest + BENEFICIARIES + np.arange(64)
    turned = dice.choice(view.anchors, min(anchors, len(view.anchors)), replace=False)
    praise = written(np.repeat(turned, 64), np.tile(entries, len(turned)), value=1_000.0, of=OF_CLIENT)
    return Attack(bought.market.reviewed(praise), 64 * (1 + len(turned)), bought.gains)


def _crowd(market: Market) -> tuple[Market, Ints]:
    count = PER_HONEST * market.honest
    return market.joined(count, 0.0), np.arange(market.size, market.size + count)


def _bought(market: Market, view: Viewpoint, entries: Ints, victims: str, dice: np.random.Generator) -> Reviews:
    """The attack edges: honest people praise the entries after real, cheap contracts."""
    count = len(entries)
    if victims == ACTIVE:
        honest = market.reviews.by[market.reviews.by < market.honest]
        who = dice.choice(honest, count)
    else:
        who = dice.choice(
            {HOP_ONE: view.hop_one, ANCHOR: view.anchors, COUNTERPARTY: view.counterparties}[victims], count
        )
    value = np.exp(dice.normal(np.log(250), 1.0, count))
    return written(who, entries, value=value, day=DAYS - 30 * dice.random(count), of=OF_CLIENT)
