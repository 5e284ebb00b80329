"""A German page says in German what went wrong: in forms, in the core, at the door; and what is found and told."""

import re

import pytest

from freehold.node import doctor
from freehold.node.api.guard import Refusal
from freehold.node.api.page.plain import plain_page
from freehold.node.core.ports import StorageAway, StorageBroken, StorageFull
from freehold.node.folder import Folder
from tests.cast import DAY_MS
from tests.node.api.page.reader import TOKEN
from tests.node.api.story import BID, LOGO, agreed

ENGLISH = re.compile(r'<bdi lang="en"[^>]*>([^<]*)')
"""What a page marks because its catalogue does not know it."""


@pytest.fixture
def german(readers):
    for reader in readers:
        reader.language = "de"
    return readers


async def _fields(reader, path, action):
    return [pair for pair in (await reader.get(path)).form(action).fields if pair[0] != "page_token"]


@pytest.mark.parametrize(
    ("path", "wrong", "says"),
    [
        ("/offers/new", {"title": "x" * 900}, "der Titel hat 900 Zeichen, erlaubt sind 1 bis"),
        ("/offers/new", {"title": "x", "low": "12,34,5"}, "'12,34,5' ist kein Betrag"),
        ("/offers/new", {"title": "x", "low": "1,500"}, "kann zwei Beträge bedeuten"),
        ("/offers/new", {"title": "x", "low": "9", "high": "3"}, "der untere Betrag liegt über dem oberen"),
        ("/offers/new", {"title": "x", "days": "soon"}, "ist keine ganze Zahl"),
        ("/offers/new", {"title": "x", "days": "999"}, "die Zahl der Tage ist zu groß: höchstens 180"),
        ("/offers/new", {"title": "x", "languages": "klingonisch?"}, "ist kein Sprachkürzel"),
        ("/offers/new", {"title": "a\u0007b"}, "der Titel enthält Steuerzeichen"),
        ("/profile", {"name": "x" * 500}, "der Name hat 500 Zeichen"),
        ("/health/connect", {"address": "nowhere"}, ""),
        ("/settings/tokens", {"label": "x", "days": "never"}, "ist keine ganze Zahl"),
        ("/people", {"identity": "fh1qqqq"}, ""),
    ],
)
async def test_mistakes_while_typing(german, path, wrong, says):
    reader = german[0]
    shown = "/settings" if path.startswith("/settings") else path.replace("/connect", "")
    fields = dict(await _fields(reader, shown, path)) | {"page_token": TOKEN} | wrong
    page = await reader.post(path, fields)
    assert reader.status >= 400, page.words
    assert page.says(says)
    if says:
        assert ENGLISH.findall(page.html) == []


async def test_what_the_core_denies(german, counters):
    at_alice, at_bob, at_carol = german
    offer, proposal, contract = await agreed(counters)
    asked = [
        (at_alice, "GET", "/offers/fho1qqqqqqqq", {}),
        (at_alice, "GET", "/offers/nonsense", {}),
        (at_alice, "GET", f"/contracts/{contract}/fly", {}),
        (at_alice, "GET", f"/contracts/{contract}/accept?part=9", {}),
        (at_alice, "GET", "/nothing-here", {}),
        (at_carol, "GET", f"/contracts/{contract}", {}),
        (at_alice, "POST", f"/contracts/{contract}/accept", {"part": "1"}),
        (at_bob, "POST", f"/contracts/{contract}/timesheet", {"part": "1", "begins": "tomorrow", "minutes": "x"}),
        (at_bob, "POST", f"/contracts/{contract}/timesheet", {"part": "1", "begins": "2025-01-01", "minutes": "x"}),
        (at_bob, "POST", f"/contracts/{contract}/deliver", {"part": "1", "files": "no files"}),
        (at_alice, "POST", f"/contracts/{contract}/revise", {"part": "1"}),
        (at_bob, "POST", f"/contracts/{contract}/change", {}),
        (at_bob, "POST", f"/contracts/{contract}/review", {}),
        (at_alice, "POST", f"/proposals/{proposal}/accept", {}),
        (at_alice, "POST", f"/offers/{offer}/edit", {"title": ""}),
        (at_alice, "POST", "/people/block", {"identity": "fh1x"}),
        (at_alice, "POST", "/health/fix", {"check": "everything"}),
        (at_alice, "POST", "/unlock", {"passphrase": ""}),
        (at_alice, "POST", "/offers/new", {"page_token": "another"}),
    ]
    english: dict[str, list[str]] = {}
    for reader, method, path, fields in asked:
        sent = {"page_token": TOKEN} | fields
        page = await (reader.get(path) if method == "GET" else reader.post(path, sent))
        english |= {path: found} if (found := ENGLISH.findall(page.html)) else {}
    assert {path: found for path, found in english.items() if path not in ("/health/fix", "/unlock")} == {}


@pytest.mark.parametrize(
    "trouble",
    [
        StorageFull("the disk of /x is full, so nothing new is kept: free some space, the node goes on by itself then"),
        StorageAway("another node held records at db for over 30 s: try again"),
        StorageBroken("/x/node.db cannot be used: disk I/O error. Check the disk and the folder's permissions."),
        RuntimeError("a secret"),
    ],
)
async def test_trouble_of_the_node_itself(german, offices, trouble):
    preview = await german[0].send((await german[0].get("/offers/new")).form("/offers/new"), title="x")
    offices[0].trouble = trouble
    page = await german[0].send(preview.form("/offers/new"), "sign")
    assert german[0].status in (500, 503)
    assert ENGLISH.findall(page.html) == []
    assert page.says("was bestätigt wurde, ist nicht verloren") or page.says("node.log")


async def test_notices_and_reasons(german, counters, market):
    at_alice, at_bob, _ = counters
    _, _, contract = await agreed(counters)
    await at_bob.post(f"/contracts/{contract}/deliver", {"part": 1, "note": "Here."})
    await at_bob.post(
        "/proposals", {"offer": (await at_alice.post("/offers", LOGO))["offer"], **BID, "cover": "Short."}
    )
    for _ in range(40):
        market.passes(DAY_MS)
    page = await german[0].get("/")
    told = re.findall(r'<span class="row-title" dir="auto">([^<]*)</span>', page.html)
    assert all(re.search("Meilenstein|Seite|Vermerk|antwortet auf dein Angebot", one) for one in told), told
    for path in ("/", "/offers/mine", f"/contracts/{contract}"):
        assert ENGLISH.findall((await german[0].get(path)).html) == []


async def test_findings_of_the_doctor(german, offices, tmp_path):
    folder = Folder(tmp_path / "node")
    folder.root.mkdir(mode=0o755)
    status = {"version": "1", "peers": 0, "uptime_s": 900, "addresses": [], "page": {"address": None, "trouble": "x"}}

    async def examined(page):
        del page
        return doctor.told(doctor.examine(folder, offices[0].now(), status))

    offices[0].doctor = examined
    page = await german[0].get("/health?examine=1")
    assert page.says("steht anderen offen", "kein anderer Knoten ist verbunden", "es gibt keine Identität")
    assert ENGLISH.findall(page.html) == []


@pytest.mark.parametrize(
    ("accepts", "chosen", "says"),
    [
        ("de", [], "nicht angemeldet"),
        ("en", ["de"], "nicht angemeldet"),
        ("fr", [], "not signed in"),
        ("de", ["en"], "not"),
    ],
)
def test_whoever_is_not_let_in_reads_why(accepts, chosen, says):
    refusal = Refusal(401, "no-session", "this browser is not signed in to your node")
    page = plain_page(accepts, refusal.what, refusal.hint, chosen).decode()
    assert says in page
    assert f'lang="{"de" if "nicht" in says else "en"}" dir="ltr"' in page
    assert b"<script>" not in plain_page(accepts, "<script>", "<script>", chosen)
