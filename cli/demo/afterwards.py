"""The last acts: reviews, the reputation that each node computes, the return of one who missed a lot."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from ..client import ref
from ..commands.review import LEVELS
from ..output import paint
from ..safe import safe_line
from ..words import items
from .market import peers_of
from .play import Deal, Play, all_offers, contract_at, names
from .stage import start_together

if TYPE_CHECKING:
    from ..client import Json
    from .stage import Player

_REVIEWS: dict[str, Json] = {
    "Alice": {
        **dict.fromkeys(LEVELS, 4),
        "time": 3,
        "text": "Our customers photograph the sign.",
    },
    "Bob": {
        **dict.fromkeys(LEVELS, 4),
        "communication": 3,
        "text": "A clear brief, and paid the same day.",
    },
}
CATCH_UP_S = 40.0
"""A node asks its peers what it missed as soon as it is connected, and then every 30 seconds."""


def lights_out(play: Play) -> None:
    """Erin's node loses power; nobody else notices."""
    voice = play.voice
    voice.act("A power cut")
    voice.tell("Erin's node ends without a warning (kill -9), and stays away through all that follows.")
    gone = str(play.erin.status["peer_id"])
    play.erin.lose_power()
    voice.see("she is no longer connected", play.carol.node, lambda: gone not in peers_of(play.carol) or None)


def burst(play: Play) -> set[str]:
    """Many offers at once, spread over the clients; the names of all."""
    voice, carol = play.voice, play.carol
    voice.act("A busy hour")
    published: set[str] = set()
    clients = (play.alice, play.dave)
    for number, offer in enumerate(play.postings):
        body: Json = {key: value for key, value in asdict(offer).items() if key not in ("closed", "intake")}
        published.add(str(clients[number % len(clients)].api.post("/offers", {**body, "days": 30})["offer"]))
    voice.tell(f"{names(clients)} publish {len(published)} offers, one after the other.")
    voice.see(
        f"all {len(published)} are there",
        carol.node,
        lambda: published <= {view["offer"] for view in all_offers(carol)} or None,
        within_s=CATCH_UP_S,
    )
    word = max(play.postings[-1].title.split(), key=len)
    hits = items(carol.api.get("/offers/search", {"q": word, "limit": 100}), "offers")
    found = any(hit["offer"] in published for hit in hits)
    voice.check(f'a search for "{safe_line(word)}" finds the last of them, or one like it', carol.node, holds=found)
    return published


def reviews(play: Play, deal: Deal) -> None:
    """Both parties say what the other was like."""
    voice = play.voice
    voice.act("Reviews")
    for author, subject in ((play.alice, play.bob), (play.bob, play.alice)):
        body = _REVIEWS[author.name]
        author.api.post("/reviews", {"contract": deal.contract, **body})
        voice.quote(f"{author.name} of {subject.name}", str(body["text"]))
        voice.see(
            f"{author.name}'s review of {subject.name} is there and counts",
            f"the nodes of {subject.name} and {play.carol.name}",
            lambda author=author, subject=subject: (
                all(_review_counts(player, author, subject) for player in (subject, play.carol)) or None
            ),
        )


def reputations(play: Play) -> None:
    """Every node computes the same from the same records, and says why."""
    voice, awake = play.voice, (play.alice, play.dave, play.bob, play.carol)
    voice.act("Reputation, explained")
    voice.tell("Scores are never sent around: every node computes them from the signed records that it has.")
    for subject in (play.bob, play.alice):
        numbers = {player.name: _score(player, subject) for player in awake}
        agreed = len(set(numbers.values())) == 1
        mean, lower, upper, counted = numbers[play.carol.name]
        voice.tell(
            f"{subject.name}: {paint(f'{100 * mean:.0f} of 100', bold=True)}, "
            f"likely {100 * lower:.0f} to {100 * upper:.0f}, from {counted} review."
        )
        voice.check("four nodes computed the same, each on its own", f"the nodes of {names(awake)}", holds=agreed)
        voice.check("one review counts", play.carol.node, holds=counted == 1)
    why = play.carol.api.get(f"/reputation/{ref(play.bob.identity)}/why")
    for share in why["evidence"]:
        levels = ", ".join(f"{name} {level}" for name, level in share["levels"].items())
        voice.quote("why", f"{share['author_name']}: {levels} (of 4); without it {-100 * share['delta']:+.1f}")
    known = [share["author"] for share in why["evidence"]] == [play.alice.identity]
    voice.check("the reason given is Alice's review, down to the record", play.carol.node, holds=known)
    nobody = _score(play.carol, play.dave)
    voice.check("of Dave, who has no contract yet, nothing is claimed", play.carol.node, holds=nobody[3] == 0)


def comeback(play: Play, deal: Deal, published: set[str]) -> None:
    """The node that was away ends up with everything."""
    voice, erin = play.voice, play.erin
    voice.act("The power is back")
    before = voice.seconds
    start_together([erin], tuple(str(address) for address in play.carol.status["addresses"]))
    voice.quote("Erin", "What did I miss?")
    voice.see(
        f"all {len(published)} offers are there", erin.node,
        lambda: published <= {view["offer"] for view in all_offers(erin)} or None, within_s=CATCH_UP_S,
    )  # fmt: skip
    voice.see(
        "the contract is closed", erin.node,
        lambda: contract_at(erin, deal.contract)["state"] == "closed" or None, within_s=CATCH_UP_S,
    )  # fmt: skip
    expected = _score(play.carol, play.bob)
    voice.see(
        "Bob's reputation is what the others computed", erin.node,
        lambda: _score(erin, play.bob) == expected or None, within_s=CATCH_UP_S,
    )  # fmt: skip
    sent = erin.api.get("/proposals")["sent"]
    kept = [view["state"] for view in sent] == ["declined"]
    voice.check("her own proposal, and Alice's answer, survived the power cut", erin.node, holds=kept)
    voice.tell(f"She was up to date {voice.seconds - before:.1f} seconds after switching on.")


def _review_counts(player: Player, author: Player, subject: Player) -> bool:
    found = player.api.get("/reviews", {"of": subject.identity})["reviews"]
    return any(view["author"] == author.identity and view["counts"] for view in found)


def _score(player: Player, subject: Player) -> tuple[float, float, float, int]:
    view = player.api.get(f"/reputation/{ref(subject.identity)}")
    return float(view["mean"]), float(view["lower"]), float(view["upper"]), int(view["counted"])
