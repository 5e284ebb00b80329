"""A market with a history, the same in every run: what the page's tests read and what its screens show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from freehold.node.pay.manual import MANUAL
from freehold.node.policies.triage import PLAIN
from freehold.protocol import text
from tests.cast import DAY_MS, HOUR_MS, START_MS, alice, bob, carol, person
from tests.node.api.counter import Counter, StallOffice
from tests.node.api.page.reader import whole_status
from tests.node.core.market import Market

if TYPE_CHECKING:
    from collections.abc import Sequence

dora, emil, fatima, goran, hana = (person(name) for name in ("dora", "emil", "fatima", "goran", "hana"))
CAST = (alice, bob, carol, dora, emil, fatima, goran, hana)
PROFILES: dict[Any, dict[str, Any]] = {
    alice: {
        "name": "Amélie Durand", "roles": ["client"], "skills": ["Baking"], "languages": ["fr", "en", "de"],
        "about": "I run a small bakery in Lyon and need somebody for the look of the shop.",
    },
    bob: {
        "name": "Bo Lindqvist", "roles": ["freelancer"], "skills": ["Drawing", "Ink", "Lettering"],
        "languages": ["sv", "en"],
        "about": "Illustrator. Twenty years with ink, brush and paper.\nCovers, vignettes, maps; originals on request.",
    },
    carol: {
        "name": "Carol Okafor", "roles": ["freelancer"], "skills": ["Translation"], "languages": ["de", "en"],
        "about": "Sworn translator, German and English.",
    },
    dora: {"name": "Dora Weiss", "roles": ["client", "freelancer"], "languages": ["de"]},
    emil: {"name": "Emil Haas", "roles": ["freelancer"], "skills": ["Drawing"], "languages": ["de"]},
    fatima: {"name": "فاطمة الزهراء", "roles": ["freelancer"], "skills": ["خط عربي", "Drawing"], "languages": ["ar"]},
    hana: {"name": "Hana Sato", "roles": ["freelancer"], "skills": ["Drawing"], "languages": ["ja", "en"]},
    goran: {"name": "Goran Petrović", "roles": ["freelancer"], "skills": ["Drawing"], "languages": ["sr", "en"]},
}  # fmt: skip
LOGO = {
    "side": "wanted", "title": "A logo for a bakery", "skills": ["Drawing", "Lettering"], "languages": ["en", "fr"],
    "description": "A croissant, drawn by hand, that works on a paper bag as well as above the door.\n\n"
    "I have sketches of my own and a clear idea of the colours. Two rounds of changes should do.",
    "budget": {"basis": "fixed", "unit": "EUR", "low": 40_000, "high": 60_000},
    "intake": {"least_characters": 30, "questions": ["Where is your studio?"]},
}  # fmt: skip
POSTERS = {
    "side": "wanted", "title": "Three posters for the summer", "skills": ["Drawing"], "languages": ["en"],
    "description": "Ice cream, lemonade, brioche. A2, two colours each.",
    "budget": {"basis": "fixed", "unit": "EUR", "low": 30_000, "high": 30_000}, "intake": {"least_characters": 40},
}  # fmt: skip
BID: dict[str, Any] = {
    "cover": "I drew the signs of forty bakeries, and I would love to draw yours.",
    "parts": [
        {"title": "Sketches", "amount": 15_000, "unit": "EUR", "days": 5},
        {"title": "Final drawing", "amount": 35_000, "unit": "EUR", "days": 10},
    ],
    "clauses": [{"id": "1", "text": "Two rounds of changes."}],
    "answers": ["In Lund."],
}
CHANGE = {
    "clauses": [{"id": "2", "text": "A second version in two colours, for the window."}],
    "note": "You asked for the window as well; that is a week more.",
}
POSTER_COVER = "Posters are what I like best: ice cream in two colours, lettered by hand, ready for the printer."
POSTER_BIDS: dict[Any, tuple[str, int, int]] = {
    bob: (POSTER_COVER, 30_000, 14),
    goran: ("Clean lines, two colours, on time. I have drawn for three festivals and know the printer.", 28_000, 10),
    hana: (POSTER_COVER.replace("the printer", "your printer"), 26_000, 7),
    emil: ("Me!", 19_900, 5),
}
"""By whom, in which words, for how much, in how many days: one copies another's words, one has none."""
LEVELS = {"scope": 4, "communication": 4, "quality": 4, "time": 3, "again": 4}


def _hourly(title: str, rate: int, skills: Sequence[str], languages: Sequence[str], description: str) -> dict[str, Any]:
    budget = {"basis": "hourly", "unit": "EUR", "low": rate, "high": rate + 1_000}
    return {
        "side": "service", "title": title, "description": description, "skills": list(skills), "budget": budget,
        "languages": list(languages),
    }  # fmt: skip


SERVICES: dict[Any, dict[str, Any]] = {
    bob: _hourly(
        "Hand-drawn illustrations for books and packaging", 6_000, ("Drawing", "Ink"), ("en", "sv"),
        "Covers, vignettes and maps; scans at 600 dpi, originals on request. Two rounds of changes are included.",
    ),
    carol: _hourly(
        "Translation German–English, technical and legal", 4_500, ("Translation",), ("de", "en"),
        "Sworn translator. Contracts, manuals, patents; nothing leaves my desk unread by a second pair of eyes.",
    ),
    dora: _hourly("Layout of cookbooks and catalogues", 5_200, ("Layout", "Drawing"), ("de",), "Print and e-book."),
    emil: _hourly("Comics and storyboards", 3_800, ("Drawing",), ("de", "en"), "From the first line to the last."),
    fatima: _hourly("خط عربي ورسوم توضيحية", 5_500, ("Drawing", "خط عربي"), ("ar", "fr"), "لوحات وشعارات بخط اليد."),
    hana: _hourly("Manga pages, inked", 4_200, ("Drawing", "Ink"), ("ja", "en"), "Two pages a day."),
    goran: _hourly("Technical drawing, patent figures", 7_500, ("Drawing",), ("en", "sr"), "ISO 128, on time."),
}  # fmt: skip

_PEER = "12D3KooWGzxzKZYveHXtpG6AsrUJBcWxHBFS2HsEoGTxrMLvKXt{}"
HOUSE = {"peers": 3, "uptime_s": 93_600, "peer_id": _PEER.format("a"), "folder": "/home/amelie/.local/share/freehold"}
PEERS = [
    {"peer": _PEER.format(letter), "address": f"/ip4/192.0.2.{n}/tcp/7747", "direction": way, "since": START_MS}
    for n, (letter, way) in enumerate((("b", "out"), ("c", "out"), ("d", "in")), 1)
]
FINDINGS = (
    ("warn", "backup", "there is no backup", "a lost disk takes your contracts' private words with it",
     "freehold backup create", False),
    ("warn", "folder", "others on this machine may read the folder", "your private contracts are in it",
     "chmod 700 ~/.local/share/freehold", True),
    ("ok", "database", "the database is sound", "", "", False),
    ("ok", "clock", "the clock agrees with the records that came", "", "", False),
    ("ok", "disk", "67 GiB are free on the disk", "", "", False),
    ("ok", "reachable", "others reach this node", "", "", False),
)  # fmt: skip


async def _doctor(page: Any) -> dict[str, Any]:
    del page
    names = ("state", "check", "what", "why", "do", "fixable")
    return {"state": "warn", "findings": [dict(zip(names, found, strict=True)) for found in FINDINGS]}


class MarketDay:
    """Eight owners, their finished and running work, and the moment at which it is looked at."""

    def __init__(self) -> None:
        self.market = Market()
        self.offices = [self._office(who) for who in CAST]
        self._at = dict(zip(CAST, map(Counter, self.offices), strict=True))

    def _office(self, who: Any) -> StallOffice:
        office = StallOffice(self.market, self.market.open(who))
        office.desk.rails = {MANUAL.name: MANUAL}
        office.desk.triage = PLAIN
        office.status = lambda: {**whole_status(office), **HOUSE}
        office.peers = lambda: {"peers": PEERS, "banned": []}
        office.doctor = _doctor
        return office

    async def happens(self) -> None:
        """All of it, day by day."""
        for who, profile in PROFILES.items():
            await self._do(who, "PUT", "/identity", profile)
        for who, service in SERVICES.items():
            await self._do(who, "POST", "/offers", service)
            self.market.passes(HOUR_MS)
        for client, freelancer in ((alice, bob), (dora, bob), (dora, emil), (alice, carol)):
            await self._finished(client, freelancer)
        await self._do(alice, "POST", "/contacts", {"identity": _name(dora), "label": "from the co-op"})
        await self._do(goran, "POST", "/services", {"service": "arbiter", "about": "Thirty cases, all in time."})
        await self._do(alice, "POST", "/searches", {"name": "Drawing under 70", "skill": ["Drawing"]})
        contract = await self._agreed(alice, bob, LOGO)
        self.market.passes(3 * DAY_MS)
        for who, verb, body in (
            (bob, "deliver", {"note": "Three versions, as agreed."}),
            (alice, "revise", {"note": "The croissant looks like a moon.", "clauses": ["1"]}),
            (bob, "deliver", {"note": "Crisper now; the second is my favourite."}),
        ):
            self.market.passes(5 * HOUR_MS)
            await self._do(who, "POST", f"/contracts/{contract}/{verb}", {"part": 1, **body})
        await self._do(bob, "POST", f"/contracts/{contract}/amend", CHANGE)
        posters = (await self._do(alice, "POST", "/offers", POSTERS))["offer"]
        for who, (cover, amount, days) in POSTER_BIDS.items():
            part = {"title": "Three posters", "amount": amount, "unit": "EUR", "days": days}
            bid = {**BID, "parts": [part], "offer": posters, "cover": cover, "answers": []}
            await self._do(who, "POST", "/proposals", bid)
            self.market.passes(HOUR_MS)
        self.market.passes(5 * HOUR_MS)

    async def _finished(self, client: Any, freelancer: Any) -> None:
        contract = await self._agreed(client, freelancer, LOGO | {"title": "A sign", "intake": None})
        offer = (await self._at[client].get(f"/contracts/{contract}"))["offer"]
        await self._do(client, "POST", f"/offers/{offer}/close")
        for part in (1, 2):
            for who, verb, body in (
                (freelancer, "deliver", {"note": "Here."}), (client, "accept", {}), (client, "pay", {"rail": "SEPA"}),
                (freelancer, "confirm", {}),
            ):  # fmt: skip
                self.market.passes(2 * HOUR_MS)
                await self._do(who, "POST", f"/contracts/{contract}/{verb}", {"part": part, **body})
        for who, words in (
            (client, "Careful, quick, a pleasure."),
            (freelancer, "Knew what was wanted, paid at once."),
        ):
            await self._do(who, "POST", "/reviews", {"contract": contract, **LEVELS, "text": words})

    async def _agreed(self, client: Any, freelancer: Any, offer: dict[str, Any]) -> str:
        place = (await self._do(client, "POST", "/offers", offer))["offer"]
        sent = await self._do(freelancer, "POST", "/proposals", {**BID, "offer": place})
        made = await self._do(client, "POST", f"/proposals/{sent['proposal']}/accept")
        return str(made["contract"])

    async def _do(self, who: Any, method: str, path: str, body: Any = None) -> Any:
        counter = self._at[who]
        found = await (counter.put(path, body) if method == "PUT" else counter.post(path, body))
        assert counter.status in (200, 201), found
        return found


def _name(who: Any) -> str:
    return text.show(who.id, text.IDENTITY)
