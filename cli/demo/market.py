"""The first acts: nodes meet, people introduce themselves, offers spread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..client import ref
from .play import SHOWN, Play, names
from .stage import NETWORK, start_together

if TYPE_CHECKING:
    from ..client import Json
    from .stage import Player

_PROFILES: dict[str, Json] = {
    "Alice": {
        "name": "Alice Weber",
        "about": "I run a bakery in Leipzig.",
        "roles": ["client"],
        "languages": ["de", "en"],
    },
    "Dave": {"name": "Dave Okafor", "about": "Small publisher.", "roles": ["client"], "languages": ["en"]},
    "Bob": {
        "name": "Bob Lindqvist",
        "about": "Logos and packaging, ten years.",
        "roles": ["freelancer"],
        "skills": ["Logo Design", "Adobe Illustrator"],
        "languages": ["en", "sv"],
    },
    "Erin": {
        "name": "Erin Duarte",
        "about": "Illustration.",
        "roles": ["freelancer"],
        "skills": ["Illustration"],
        "languages": ["en", "pt"],
    },
    "Grace": {"name": "Grace Mwangi", "about": "I was a judge for thirty years.", "languages": ["en", "sw"]},
}
_SERVICES: tuple[tuple[str, str, str], ...] = (
    ("Grace", "witness", "My node notes when it saw what."),
    ("Grace", "arbiter", "I read what both sides send me, and answer within a day."),
    ("Erin", "witness", "My node is on day and night."),
    ("Dave", "arbiter", "Twenty years in print."),
)
LOGO: Json = {
    "side": "wanted",
    "title": "Logo for a bakery",
    "description": "A hand-drawn logo for our shop sign and paper bags. We have sketches on a napkin.",
    "skills": ["Logo Design", "Illustration"],
    "budget": {"basis": "fixed", "unit": "EUR", "low": 40_000, "high": 60_000},
    "languages": ["en", "de"],
    "intake": {"least_characters": 40, "questions": ["Which bakery logo do you admire?"], "languages": []},
    "days": 30,
}
_OTHERS: dict[str, Json] = {
    "Dave": {
        "side": "wanted",
        "title": "Illustrate a travel book",
        "description": "Ten pen drawings for a book about walking in the Harz.",
        "skills": ["Illustration"],
        "budget": {"basis": "fixed", "unit": "EUR", "low": 80_000, "high": 120_000},
        "days": 30,
    },
    "Bob": {
        "side": "service",
        "title": "Paper bag and label design",
        "description": "Print-ready packaging in a week.",
        "skills": ["Packaging Design"],
        "budget": {"basis": "fixed", "unit": "EUR", "low": 30_000, "high": 90_000},
        "days": 30,
    },
}


def start_nodes(play: Play) -> None:
    """Six processes on loopback become a network."""
    voice, carol = play.voice, play.carol
    voice.act("Six nodes")
    voice.tell(
        "Every participant runs a node of their own: here a process each, with its own folder, key and database. "
        f"{carol.name} has no identity and only relays; the others are given her address, and nothing else."
    )
    start_together([carol], ())
    seeds = tuple(str(address) for address in carol.status["addresses"])
    start_together(play.owners, seeds)
    for player in play.everybody:
        voice.quote(
            f"{player.name} ({player.role})",
            f"{player.identity[:SHOWN]}..." if player.identity else "no identity, relays",
        )
    voice.tell(
        f"Their network is called {NETWORK}. By its own rule, what takes days elsewhere takes seconds here, so that "
        "silence can be watched; everything else is as always, and no clock is moved."
    )
    wanted = {str(player.status["peer_id"]) for player in play.owners}
    voice.see("all five are connected to the bystander", carol.node, lambda: wanted <= peers_of(carol) or None)


def introductions(play: Play) -> None:
    """Profiles spread, and who offers to serve others."""
    voice = play.voice
    voice.act("Who is who")
    for player in play.owners:
        player.api.put("/identity", _PROFILES[player.name])
        voice.quote(player.name, f"I am {_PROFILES[player.name]['name']}. {_PROFILES[player.name]['about']}")
    for player in play.owners:
        name = _PROFILES[player.name]["name"]
        others = [other for other in play.everybody if other is not player]
        voice.see(
            f"{name} is known to everybody else",
            "all five other nodes",
            lambda player=player, name=name, others=others: all(_name_at(o, player) == name for o in others) or None,
        )

    for who, service, about in _SERVICES:
        player = next(player for player in play.owners if player.name == who)
        player.api.post("/services", {"service": service, "about": about})
        voice.quote(f"{who}, as {'an arbiter' if service == 'arbiter' else 'a witness'}", about)
    voice.see("they are found by whoever needs an arbiter or a witness", play.carol.node, lambda: _serve(play.carol))


def offers_spread(play: Play) -> dict[str, str]:
    """Offers by gossip, found by search at a node that has nothing to do with them. Their names by their author's."""
    voice, carol = play.voice, play.carol
    voice.act("Offers")
    logo = str(play.alice.api.post("/offers", LOGO)["offer"])
    published = {"Alice": logo}
    voice.quote("Alice", f"Wanted: {LOGO['title'].lower()}, 400 to 600 EUR.")
    for player in (play.dave, play.bob):
        body = _OTHERS[player.name]
        published[player.name] = str(player.api.post("/offers", body)["offer"])
        voice.quote(player.name, f"{'Wanted' if body['side'] == 'wanted' else 'On offer'}: {body['title'].lower()}.")
    voice.see(
        'a search for "bakery logo" finds Alice\'s offer', carol.node, lambda: _finds(carol, {"q": "bakery logo"}, logo)
    )
    voice.see(
        "so does a search for the skill, paying at least 500 EUR",
        carol.node,
        lambda: _finds(carol, {"skill": "logo design", "least": 50_000, "unit": "EUR"}, logo),
    )
    nothing = carol.api.get("/offers/search", {"q": "submarine"})["offers"]
    voice.check('a search for "submarine" finds nothing', carol.node, holds=nothing == [])
    rest = [play.dave, play.bob, play.erin, play.grace]
    voice.see(
        "the offer is on every node, with Alice as its author",
        f"the nodes of {names(rest)}",
        lambda: all(o.api.get(f"/offers/{ref(logo)}")["author"] == play.alice.identity for o in rest) or None,
    )
    return published


def peers_of(player: Player) -> set[str]:
    """Ids of the peers that a node is connected to."""
    return {str(peer["peer"]) for peer in player.api.get("/node/peers")["peers"]}


def _name_at(player: Player, other: Player) -> object:
    return player.api.get(f"/identities/{ref(other.identity)}").get("name")


def _serve(player: Player) -> bool | None:
    found = {(view["name"], view["service"]) for view in player.api.get("/services")["services"]}
    return {(_PROFILES[who]["name"], service) for who, service, _ in _SERVICES} <= found or None


def _finds(player: Player, query: Json, offer: str) -> bool | None:
    found = player.api.get("/offers/search", query)["offers"]
    return any(view["offer"] == offer for view in found) or None
