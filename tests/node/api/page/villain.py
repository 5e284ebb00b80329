"""A market in which everything that can be written was written by a villain, and whether a page stays what it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

from freehold.protocol import text
from tests.cast import alice, bob, carol
from tests.node.api.page.reader import VOID
from tests.payloads import STEERING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.node.api.counter import Counter

ALICE, BOB, CAROL = (text.show(who.id, text.IDENTITY) for who in (alice, bob, carol))
LEVELS = {"scope": 4, "communication": 3, "quality": 4, "time": 2, "again": 4}
ISOLATING = frozenset(("bdi", "title", "script"))
COMPUTED = ("212121", "7777777")
"""What the payloads that look like templates would come to."""


class Villain:
    """Writes the given texts wherever something can be written."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = tuple(texts)
        self._next = 0

    def line(self, most: int = 60) -> str:
        """The next text."""
        self._next += 1
        return self.texts[self._next % len(self.texts)][:most]

    def lines(self) -> str:
        """All of them."""
        return "\n".join(self.texts)

    def few(self, most: int = 60) -> list[str]:
        """As many as an offer has skills."""
        return list(dict.fromkeys(one[:most] for one in self.texts))[:20]

    async def meddles(self, counters: Sequence[Counter]) -> dict[str, str]:
        """A whole contract from offer to review, and another one before the arbiter; the names of what was made."""
        at_alice, at_bob, at_carol = counters
        for at in counters:
            profile = {"name": self.line(), "about": self.lines(), "skills": self.few(), "roles": ["client"]}
            await _do(at, "put", "/identity", profile)
            for identity in (ALICE, BOB, CAROL):
                if not at.office.desk.me or text.show(at.office.desk.me, text.IDENTITY) != identity:
                    await _do(at, "post", "/contacts", {"identity": identity})
                    labels = at.office.desk.stores.contacts  # the API takes no such label; earlier versions did
                    labels.call(text.parse(identity, text.IDENTITY), self.line(), 0)
        for service in ("arbiter", "witness"):
            await _do(at_carol, "post", "/services", {"service": service, "about": self.lines(), "skills": self.few()})
        named = next(one for one in (*self.texts, "x") if one.isprintable())[:60]
        beyond = {"q": self.line(), "skill": [self.line()], "least": 10**12, "unit": "EUR"}
        for search in ({"name": named, "side": "wanted"}, {"name": "finds nothing", **beyond}):
            await _do(at_bob, "post", "/searches", search)
        offer = (await _do(at_alice, "post", "/offers", self._offer()))["offer"]
        done = await self._finished(counters, offer)
        disputed = await self._disputed(counters, offer)
        await _do(at_bob, "post", "/vouches", {"identity": ALICE, "skills": self.few(), "text": self.lines()[:500]})
        waiting = (await _do(at_bob, "post", "/proposals", self._bid(offer)))["proposal"]
        sent = (await _do(at_carol, "post", "/proposals", self._bid(offer)))["proposal"]
        await _do(at_alice, "post", f"/proposals/{sent}/decline", {"reason": self.lines()[:1000]})
        return {"offer": offer, "done": done, "disputed": disputed, "waiting": waiting, "declined": sent}

    def _offer(self) -> dict[str, Any]:
        return {
            "side": "wanted", "title": self.line(), "description": self.lines(), "skills": self.few(),
            "intake": {"questions": [self.line(), self.line()]},
            "budget": {"basis": "fixed", "unit": "EUR", "low": 10_000, "high": 20_000},
        }  # fmt: skip

    def _bid(self, offer: str, **more: Any) -> dict[str, Any]:
        part = {"amount": 15_000, "unit": "EUR", "days": 5}
        return {
            "offer": offer, "cover": self.lines(), "answers": [self.lines()[:1000], self.line()],
            "parts": [{"title": self.line(), **part}, {"title": self.line(), **part}],
            "clauses": [{"id": f"{n} {self.line(12)}", "text": self.lines()} for n in range(2)], **more,
        }  # fmt: skip

    async def _agreed(self, counters: Sequence[Counter], offer: str, **more: Any) -> tuple[str, str]:
        at_alice, at_bob, _ = counters
        sent = await _do(at_bob, "post", "/proposals", self._bid(offer, **more))
        made = await _do(at_alice, "post", f"/proposals/{sent['proposal']}/accept", {})
        return made["contract"], made["clauses"][0]["id"]

    def _files(self) -> list[dict[str, str]]:
        return [{"name": self.line(), "where": self.line(), "sha256": "ab" * 32} for _ in range(3)]

    async def _finished(self, counters: Sequence[Counter], offer: str) -> str:
        client, freelancer, _ = counters
        contract, clause = await self._agreed(counters, offer)
        words, files = {"note": self.lines()}, {"files": self._files()}
        paid = {"rail": self.line(40), "reference": self.line()}
        for who, verb, body in (
            (freelancer, "block", {"need": self.lines()}), (client, "unblock", words),
            (freelancer, "deliver", words | files), (client, "revise", words | {"clauses": [clause]}),
            (freelancer, "deliver", words | files), (client, "accept", words), (client, "pay", paid),
            (freelancer, "confirm", {}), (client, "evidence", {"text": self.lines(), **files, "part": None}),
        ):  # fmt: skip
            part = {} if verb == "evidence" else {"part": 1}
            sent = {name: value for name, value in {**body, **part}.items() if value is not None}
            await _do(who, "post", f"/contracts/{contract}/{verb}", sent)
        await _do(client, "post", f"/contracts/{contract}/cancel", {"part": 2})
        for who in (client, freelancer):
            await _do(who, "post", "/reviews", {"contract": contract, **LEVELS, "text": self.lines()[:2000]})
        for review in (await _do(client, "get", f"/reviews?of={BOB}", None))["reviews"]:
            await _do(freelancer, "post", f"/reviews/{review['review']}/reply", {"text": self.lines()[:2000]})
        return contract

    async def _disputed(self, counters: Sequence[Counter], offer: str) -> str:
        client, freelancer, arbiter = counters
        contract, clause = await self._agreed(counters, offer, arbiters=[CAROL])
        change = {"clauses": [{"id": clause, "text": self.line() + " changed"}], "note": self.lines()}
        finding = {"clause": clause, "finding": "kept"}
        ruling = {"award": 500, "fault": "both", "findings": [finding], "reasons": self.lines()}
        for who, verb, body in (
            (freelancer, "deliver", {"part": 1, "note": self.lines()}),
            (client, "dispute", {"part": 1, "text": self.lines(), "clauses": [clause]}),
            (arbiter, "take", {"part": 1}), (freelancer, "answer", {"part": 1, "text": self.lines()}),
            (arbiter, "rule", {"part": 1, **ruling}), (freelancer, "amend", change),
        ):  # fmt: skip
            await _do(who, "post", f"/contracts/{contract}/{verb}", body)
        return contract


async def _do(at: Counter, method: str, path: str, body: Any) -> Any:
    if method == "get":
        where, _, query = path.partition("?")
        return await at.ask("GET", where, query=query.encode())
    found = await (at.put(path, body) if method == "put" else at.post(path, body))
    assert at.status in (200, 201, 202), (path, found)
    return found


def places(made: dict[str, str], who: str, known: list[str]) -> list[str]:
    """Pages that show what others wrote: nearly all to the client, to the others what is different for them.

    `known` are the addresses that the page's own navigation names.
    """
    offer, done, disputed = made["offer"], made["done"], made["disputed"]
    found = ["/", "/offers", "/contracts", "/disputes", "/people", "/profile", f"/contracts/{done}"]
    found += [f"/contracts/{disputed}", f"/reputation/{BOB}?other={ALICE}", f"/people/{BOB}"]
    if who == "carol":
        return [*found, f"/contracts/{disputed}/rule?part=2", f"/contracts/{disputed}/evidence"]
    found += [
        f"/contracts/{disputed}/{verb}" for verb in ("amend", "deliver?part=2", "revise?part=2", "dispute?part=2")
    ]
    found += [f"/contracts/{done}/review", f"/offers/{offer}", f"/reputation/{ALICE}"]
    if "/proposals" in known:
        found += ["/proposals", f"/proposals/{made['waiting']}", f"/offers/{offer}/answer"]
    if who == "bob":
        return found
    if "/proposals" in known:
        found += [f"/offers/{offer}/proposals", f"/proposals/{made['declined']}"]
    found += ["/offers/mine", "/offers?order=time", f"/offers/{offer}/edit", "/people/services"]
    return [*found, f"/people/{ALICE}", f"/people/{CAROL}", "/messages", "/settings", "/unlock"]


@dataclass
class Frame(HTMLParser):
    """What a page is made of, and what in it turns its surroundings."""

    html: str
    tags: list[tuple[str, tuple[str, ...]]] = field(default_factory=list[tuple[str, tuple[str, ...]]])
    leads: list[str] = field(default_factory=list[str])
    turned: list[str] = field(default_factory=list[str])
    words: str = ""

    def __post_init__(self) -> None:
        super().__init__()
        self._open: list[tuple[str, bool]] = []
        self.feed(self.html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.tags.append((tag, tuple(sorted(found))))
        self.leads += [found[name] for name in ("href", "src", "action", "formaction", "data") if name in found]
        if tag not in VOID:
            self._open.append((tag, tag in ISOLATING or ("dir" in found and tag != "html")))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(sorted(name for name, _ in attrs))))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        self.words += data
        if STEERING.search(data) and not any(isolated for _, isolated in self._open):
            self.turned.append(f"{[tag for tag, _ in self._open][-3:]} {data.strip()[:60]!a}")


def harm(page: Frame, calm: Frame | None = None) -> Iterator[str]:
    """What is wrong with a page: in itself, and beside the same page with harmless texts."""
    yield from (f"it turns what stands around it: {one}" for one in page.turned)
    for lead in page.leads:
        if not lead.startswith(("/", "#", "?")) or lead.startswith("//"):
            yield f"it leads to {lead[:80]!a}"
    for word in COMPUTED:
        if word in page.words:
            yield f"it computed {word}"
    if calm is not None:
        strange = {one for one in page.tags if one not in calm.tags}
        yield from (f"it has <{tag} {' '.join(names)}>" for tag, names in sorted(strange))
        if len(page.tags) != len(calm.tags):
            yield f"it has {len(page.tags)} elements, with harmless texts {len(calm.tags)}"
