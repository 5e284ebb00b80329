"""Files over the API: sent and answered as they come, within bounds; an upload that breaks off leaves nothing."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pytest
import trio

from freehold.node.api import server, uploads
from freehold.node.api.application import PREFIX, application
from freehold.node.api.http import serve_connections
from freehold.node.files.shelf import Shelf
from freehold.protocol import limits
from tests.cast import DAY_MS
from tests.node.api.browser import Browser, browser_at, parsed
from tests.node.api.test_http import sent
from tests.node.api.test_story import agreed

if TYPE_CHECKING:
    from pathlib import Path

    from tests.node.api.counter import Counter

DATA = b"a drawing" * 1_000
NAME = sha256(DATA).hexdigest()
RAW = "application/octet-stream"


@pytest.fixture
def shelf(counters: list[Counter], tmp_path: Path) -> Shelf:
    """Bob's."""
    found = Shelf(tmp_path / "files", 60 * 1024 * 1024, counters[1].office.now)
    counters[1].office.desk.files = found
    return found


async def put(counter: Counter, data: bytes = DATA, name: str = "sketch.png", **more: str) -> Any:
    query = "&".join(f"{key}={value}" for key, value in {"name": name, **more}.items())
    return await counter.ask("POST", "/files", data, query.encode(), RAW)


def left(shelf: Shelf) -> list[str]:
    return [path.name for path in shelf.root.iterdir()]


async def test_a_file_is_kept_listed_answered_and_deleted(counters: list[Counter], shelf: Shelf) -> None:
    at_bob = counters[1]
    kept = await put(at_bob, name="..%2F..%2Fsk%E2%80%AEetch%22.png")
    assert at_bob.status == 201
    assert kept == {"sha256": NAME, "name": "sketch_.png", "bytes": 9_000, "at": at_bob.office.now(), "contracts": []}
    assert await put(at_bob, name="again") == kept
    assert await at_bob.get("/files") == {"files": [kept], "bytes": 9_000, "most": 60 * 1024 * 1024}
    assert await at_bob.get(f"/files/{NAME[:8].upper()}") == DATA
    headers = at_bob.last[1]
    assert headers["content-type"] == RAW
    assert headers["content-disposition"] == "attachment; filename=\"sketch_.png\"; filename*=UTF-8''sketch_.png"
    assert (headers["x-content-type-options"], headers["content-length"]) == ("nosniff", "9000")
    assert headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert await at_bob.get(f"/files/{NAME}", name="../ü\r\nX: y") == DATA
    assert "\r" not in at_bob.last[1]["content-disposition"]
    assert "filename*=UTF-8''%C3%BCX_%20y" in at_bob.last[1]["content-disposition"]
    for ref, code in ((NAME[:7], "bad-name"), ("x" * 64, "bad-name"), ("0" * 64, "not-found"), ("0" * 8, "not-found")):
        assert (await at_bob.denied("GET", f"/files/{ref}"))[1] == code
    assert await at_bob.post(f"/files/{NAME}/remove") == {"sha256": NAME}
    assert (left(shelf), (await at_bob.get("/files"))["files"]) == ([], [])


async def test_what_is_too_long_or_finds_no_room_leaves_nothing(counters: list[Counter], shelf: Shelf) -> None:
    at_bob = counters[1]
    found = await put(at_bob, bytes(limits.FILE_BYTES + 1))
    assert (at_bob.status, found["code"], left(shelf)) == (413, "file-too-large", [])
    shelf.most = 8_999
    found = await put(at_bob)
    assert (at_bob.status, found["code"], left(shelf)) == (409, "files-full", [])
    assert "files_mb" in found["hint"]


async def test_the_files_of_a_contract_and_what_it_takes_to_delete_one(
    counters: list[Counter], shelf: Shelf, market: Any
) -> None:
    at_alice, at_bob, at_carol = counters
    contract = (await agreed(counters))[2]
    await put(at_bob)
    await put(at_bob, b"a diary")
    files = [{"name": "sketch.png", "sha256": NAME, "where": "https://example.org"}]
    draft = await at_bob.post(f"/contracts/{contract}/deliver", {"files": files, "draft": True})
    assert NAME in draft["text"]
    assert not any(kept.contracts for kept in shelf.listed())
    await at_bob.post(f"/contracts/{contract}/deliver", {"files": files, "expect": draft["hash"]})
    (mine,) = (await at_bob.get(f"/contracts/{contract}/files"))["files"]
    (theirs,) = (await at_alice.get(f"/contracts/{contract}/files"))["files"]
    assert (mine["here"], mine["mine"], mine["bytes"], mine["fetch"]) == (True, True, 9_000, None)
    assert (theirs["here"], theirs["mine"], theirs["bytes"], theirs["where"]) == (False, False, None, files[0]["where"])
    assert theirs["by"] == mine["by"]
    assert (await at_carol.get(f"/contracts/{contract}/files"))["files"] == []
    assert (await at_bob.denied("POST", f"/files/{NAME}/remove"))[1] == "file-in-use"
    listed = {one["sha256"]: one["contracts"] for one in (await at_bob.get("/files"))["files"]}
    assert listed == {NAME: [contract], sha256(b"a diary").hexdigest(): []}
    market.now += DAY_MS
    assert await at_bob.post("/files/tidy") == {"removed": [sha256(b"a diary").hexdigest()]}
    (asked,) = (await at_alice.post(f"/contracts/{contract}/fetch"))["files"]
    assert asked["fetch"]["state"] == "waiting"
    assert list(at_alice.office.fetches) == [bytes.fromhex(NAME)]
    assert (await at_alice.denied("POST", f"/contracts/{contract}/fetch", {"files": ["00" * 32]}))[1] == "not-found"


async def test_evidence_and_revisions_keep_their_files_for_the_contract(counters: list[Counter], shelf: Shelf) -> None:
    at_alice, at_bob, _ = counters
    contract = (await agreed(counters))[2]
    at_alice.office.desk.files = shelf
    await at_bob.post(f"/contracts/{contract}/deliver")
    for verb, data, body in (
        ("revise", b"so", {"clauses": ["1"]}), ("evidence", b"a letter", {"text": "See."}),
    ):  # fmt: skip
        kept = await put(at_alice, data)
        files = [{"name": "a.txt", "sha256": kept["sha256"]}]
        view = await at_alice.post(f"/contracts/{contract}/{verb}", {**body, "files": files})
        assert at_alice.status == 200, view
    named = (await at_bob.get(f"/contracts/{contract}/files"))["files"]
    assert {one["sha256"] for one in named} == {sha256(b"so").hexdigest(), sha256(b"a letter").hexdigest()}
    assert all(len(kept.contracts) == 1 for kept in shelf.listed())


@pytest.mark.parametrize("changed", [b"\0" * len(DATA), DATA[:-1], DATA + b"!", None])
async def test_a_file_that_the_disk_has_changed_is_not_given_out(
    counters: list[Counter], shelf: Shelf, changed: bytes | None
) -> None:
    at_bob = counters[1]
    at_bob.office.desk.files = shelf
    await put(at_bob, DATA)
    path = shelf.root / NAME
    path.unlink() if changed is None else path.write_bytes(changed)
    assert (await at_bob.denied("GET", f"/files/{NAME}"))[1] == "file-damaged"


@pytest.fixture
async def socket_path(counters: list[Counter], shelf: Shelf, tmp_path: Path, nursery: trio.Nursery) -> Any:
    """Bob's door for the command."""
    del shelf
    path = tmp_path / "api.sock"
    app = server.owners(application(counters[1].office, counters[1].surface))
    with server.listening(path) as listener:

        async def serving(task_status: Any) -> None:
            await serve_connections(app, listener, admits=server.is_owner, task_status=task_status)

        await nursery.start(serving)
        yield path


def head(length: int, more: str = "Connection: close\r\n") -> bytes:
    return f"POST {PREFIX}/files?name=a HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n{more}\r\n".encode()


async def test_a_long_file_is_read_as_it_comes(socket_path: Path, shelf: Shelf) -> None:
    data = bytes(3 * 1024 * 1024)
    reply = parsed(await sent(socket_path, head(len(data)) + data))
    assert (reply.status, json.loads(reply.body)["sha256"]) == (201, sha256(data).hexdigest())
    assert len(left(shelf)) == 2


async def test_an_upload_that_breaks_off_leaves_nothing(socket_path: Path, shelf: Shelf) -> None:
    chunked = f"POST {PREFIX}/files?name=a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    for broken in (head(10_000) + DATA, head(10_000), chunked + b"5\r\nhello\r\nzz\r\n"):
        reply = parsed(await sent(socket_path, broken, end=True))
        assert (reply.status, reply.code) == (400, "upload-broken")
        assert left(shelf) == []
    stream = await trio.open_unix_socket(str(socket_path))
    await stream.send_all(head(10_000) + DATA)
    await trio.aclose_forcefully(stream)
    reply = parsed(
        await sent(socket_path, f"GET {PREFIX}/files HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    )
    assert json.loads(reply.body)["files"] == []


async def test_who_sends_too_much_hears_why_and_the_connection_goes_on(socket_path: Path, shelf: Shelf) -> None:
    shelf.most = 100
    again = f"GET {PREFIX}/files HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode()
    answer = await sent(socket_path, head(len(DATA), "") + DATA + again)
    assert answer.count(b"HTTP/1.1 409") == 1
    assert answer.count(b"HTTP/1.1 200") == 1
    assert left(shelf) == []


async def test_a_browsers_upload_needs_its_session_and_page_before_anything_is_read(
    counters: list[Counter], shelf: Shelf
) -> None:
    async with browser_at(counters[1]) as browser:
        await browser.sign_in()
        path = f"{PREFIX}/files?name=a"
        good = {"Content_Type": RAW}
        for wrong, code in (
            ({"Cookie": ""}, "no-session"), ({"Origin": ""}, "no-origin"), ({"Origin": "http://evil"}, "other-origin"),
            ({"X_Page_Token": ""}, "no-page-token"), ({"X_Page_Token": "x"}, "no-page-token"),
            ({"Content_Type": "application/json"}, "bad-request"), ({"Content_Type": ""}, "bad-request"),
        ):  # fmt: skip
            reply = await browser.post(path, DATA, **{**good, **wrong})
            assert reply.code == code, wrong
            assert left(shelf) == []
        assert (await browser.post(path, DATA, **good)).status == 201
        reply = await browser.get(f"{PREFIX}/files/{NAME}")
        assert reply.body == DATA
        assert reply.all("content-security-policy") == ["default-src 'none'; sandbox"]
        assert (reply.all("x-content-type-options"), reply.all("content-length")) == (["nosniff"], ["9000"])
        assert await _unread(browser)


async def _unread(browser: Browser) -> bool:
    """Whether a stranger is refused although the body has not come."""
    stream = await trio.open_tcp_stream("127.0.0.1", browser.port)
    async with stream:
        await stream.send_all(
            head(limits.FILE_BYTES, f"Content-Type: {RAW}\r\n").replace(b"Host: x", f"Host: {browser.host}".encode())
        )
        with trio.fail_after(5):
            return b" 401 " in await stream.receive_some(65_536)


def test_what_is_read_as_it_comes_is_what_the_table_says() -> None:
    assert uploads.FILES == PREFIX + "/files"
