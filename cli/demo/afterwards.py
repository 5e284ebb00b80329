"""The last acts: reviews, the reputation that each node computes, the return of one who missed a lot."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from ..client import ref
from ..commands.review import LEVELS
from ..output import paint
from ..safe import safe_line
from ..words import items
from .play import all_offers, contract_at, marks_at, names
from .stage import start_together

if TYPE_CHECKING:
    from ..client import Json
    from .play import Contracts, Play
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


def burst(play: Play) -> set[str]:
    """Many offers at once; the names of all."""
    voice, carol = play.voice, play.carol
    voice.act("A busy hour")
    published: set[str] = set()
    for offer in play.postings:
        body: Json = {key: value for key, value in asdict(offer).items() if key not in ("closed", "intake")}
        published.add(str(play.alice.api.post("/offers", {**body, "days": 30})["offer"]))
    voice.tell(f"Alice's node serves a job board as well: {len(published)} offers, one after the other.")
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


def reviews(play: Play, agreed: Contracts) -> None:
    """Both parties say what the other was like; neither sees the other's words before writing their own."""
    voice, alice, bob, carol = play.voice, play.alice, play.bob, play.carol
    voice.act("Reviews")
    words = {player.name: str(_REVIEWS[player.name]["text"]) for player in (alice, bob)}
    alice.api.post("/reviews", {"contract": agreed.logo, **_REVIEWS["Alice"]})
    voice.tell("Alice reviews Bob. Her node keeps the words, and publishes only a seal on them.")
    voice.see("the seal has arrived", bob.node, lambda: _kinds(bob).get("review-commit/1"))
    blind = not bob.holds_bytes(words["Alice"].encode())
    voice.check("her words have not: nobody answers a review with a review", "Bob's files", holds=blind)
    bob.api.post("/reviews", {"contract": agreed.logo, **_REVIEWS["Bob"]})
    voice.tell("Bob reviews Alice. Now both are sealed, and both are opened:")
    for author, subject in ((alice, bob), (bob, alice)):
        voice.quote(f"{author.name} of {subject.name}", words[author.name])
        voice.see(
            f"{author.name}'s review of {subject.name} is there and counts",
            f"the nodes of {subject.name} and {carol.name}",
            lambda author=author, subject=subject: (
                all(_review_counts(player, author, subject) for player in (subject, carol)) or None
            ),
        )


def reputations(play: Play) -> None:
    """Every node computes the same from the same records, and says why."""
    voice, awake = play.voice, (play.alice, play.bob, play.erin, play.grace, play.carol)
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
        voice.check("five nodes computed the same, each on its own", f"the nodes of {names(awake)}", holds=agreed)
        voice.check("one review counts", play.carol.node, holds=counted == 1)
    why = play.carol.api.get(f"/reputation/{ref(play.bob.identity)}/why")
    for share in why["evidence"]:
        levels = ", ".join(f"{name} {level}" for name, level in share["levels"].items())
        voice.quote("why", f"{share['author_name']}: {levels} (of 4); without it {-100 * share['delta']:+.1f}")
    known = [share["author"] for share in why["evidence"]] == [play.alice.identity]
    voice.check("the reason given is Alice's review, down to the record", play.carol.node, holds=known)
    nobody = _score(play.carol, play.grace)
    voice.check("of Grace, whom nobody has reviewed, nothing is claimed", play.carol.node, holds=nobody[3] == 0)


def comeback(play: Play, agreed: Contracts, published: set[str]) -> None:
    """The node that was away ends up with everything, also with what is held against its owner."""
    voice, dave, carol = play.voice, play.dave, play.carol
    voice.act("Dave is back")
    before = voice.seconds
    start_together([dave], tuple(str(address) for address in carol.status["addresses"]))
    voice.quote("Dave", "What did I miss?")
    voice.see(
        f"all {len(published)} offers are there", dave.node,
        lambda: published <= {view["offer"] for view in all_offers(dave)} or None, within_s=CATCH_UP_S,
    )  # fmt: skip
    for contract, whose in ((agreed.logo, "Alice's logo"), (agreed.bags, "her bags, which he was to judge")):
        voice.see(
            f"the contract is closed: {whose}", dave.node,
            lambda contract=contract: contract_at(dave, contract)["state"] == "closed" or None, within_s=CATCH_UP_S,
        )  # fmt: skip
    expected = _score(carol, play.bob)
    voice.see(
        "Bob's reputation is what the others computed", dave.node,
        lambda: _score(dave, play.bob) == expected or None, within_s=CATCH_UP_S,
    )  # fmt: skip
    voice.see(
        "his own node holds against him what the others do", dave.node,
        lambda: all(marks_at(play, dave, each) == marks_at(play, carol, each) for each in _judged(agreed)) or None,
        within_s=CATCH_UP_S,
    )  # fmt: skip
    voice.tell(f"He was up to date {voice.seconds - before:.1f} seconds after switching on.")


def _judged(agreed: Contracts) -> tuple[str, str]:
    """The contracts in which something is held against somebody by then."""
    return agreed.book, agreed.bags


def _kinds(player: Player) -> Json:
    """How many records of each kind this player's node has."""
    return player.api.get("/node/statistics")["store"]["kinds"]


def _review_counts(player: Player, author: Player, subject: Player) -> bool:
    found = player.api.get("/reviews", {"of": subject.identity})["reviews"]
    return any(view["author"] == author.identity and view["counts"] for view in found)


def _score(player: Player, subject: Player) -> tuple[float, float, float, int]:
    view = player.api.get(f"/reputation/{ref(subject.identity)}")
    return float(view["mean"]), float(view["lower"]), float(view["upper"]), int(view["counted"])
