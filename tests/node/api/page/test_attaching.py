"""Files from a browser without JavaScript: chosen in a form, looked at before they are signed, fetched and saved."""

from __future__ import annotations

from hashlib import sha256

import pytest

from freehold.node.api.page import attaching
from freehold.node.api.uploads import FILES
from freehold.protocol import limits
from tests.node.api.browser import browser_at
from tests.node.api.test_story import agreed

DATA = b"a drawing" * 1_000
NAME = sha256(DATA).hexdigest()


@pytest.fixture
async def contract(counters):
    return (await agreed(counters))[2]


@pytest.fixture
async def form(readers, contract):
    """Bob's, to deliver by."""
    place = f"/contracts/{contract}/deliver"
    page = await readers[1].get(f"{place}?part=1")
    assert ("form", "multipart/form-data") in [(tag, found.get("enctype")) for tag, found in page.tags]
    return page.form(place)


def kept(office):
    return [path.name for path in office.desk.files.root.iterdir()]


async def test_a_delivery_with_files_is_looked_at_signed_fetched_and_saved(readers, offices, contract, form):
    at_alice, at_bob, at_carol = readers
    preview = await at_bob.upload(form, ("../../ske<b>tch.png", DATA), ("CON", b""), note="Here.")
    assert preview.says("Exactly this will be signed", "Files that it names", "ske_b_tch.png 9 kB " + NAME, "_CON 0 kB")
    assert dict(preview.form(form.action).fields)["files"].startswith(f"{NAME}  ske_b_tch.png\n")
    back = await at_bob.send(preview.form(form.action), "edit")
    assert dict(back.form(form.action).fields)["files"].startswith(NAME)
    page = await at_bob.send(preview.form(form.action), "sign")
    assert page.says("Signed.", "ske_b_tch.png", "9 kB", "Save")
    assert f"/api/v1/files/{NAME}?name=ske_b_tch.png" in page.links
    page = await at_alice.get(f"/contracts/{contract}")
    assert page.says("ske_b_tch.png", NAME, "Fetch")
    assert not page.says("Save")
    page = await at_alice.send(page.form(f"/contracts/{contract}/fetch"))
    assert page.says("Being fetched", "being fetched: 0 kB", "Look again")
    offices[0].fetches[bytes.fromhex(NAME)] |= {"state": "failed", "trouble": "their node does not hand it over: no"}
    page = await at_alice.get(f"/contracts/{contract}")
    assert page.says("their node does not hand it over: no", "Fetch")
    assert not (await at_carol.get(f"/contracts/{contract}")).says("ske_b_tch.png")


async def test_a_file_that_cannot_be_kept_is_told_and_what_was_typed_stays(readers, offices, contract, form):
    at_bob, typed = readers[1], {"note": "A long text of mine."}
    elsewhere = f"{'ab' * 32}  elsewhere.zip"
    files = (("a.txt", DATA), ("long.bin", bytes(limits.FILE_BYTES + 1)), ("b.txt", b"b"))
    page = await at_bob.upload(form, *files, **typed, files=elsewhere)
    assert at_bob.status == 413
    assert page.says("at most 25 MiB")
    fields = dict(page.form(form.action).fields)
    assert (fields["note"], fields["files"]) == (typed["note"], f"{elsewhere}\n{NAME}  a.txt")
    assert sorted(kept(offices[1])) == [NAME, NAME + ".json"]
    offices[1].desk.files.most = 9_001
    page = await at_bob.upload(form, ("b.txt", b"bb"), **typed)
    assert page.says("there is no room for this one", typed["note"])
    preview = await at_bob.send(page.form(form.action), files=elsewhere)
    assert preview.says("elsewhere.zip not on your node: only its hash is signed")


async def test_a_form_without_a_file_is_a_form(readers, offices, form):
    preview = await readers[1].upload(form, note="No file.")
    assert preview.says("Exactly this will be signed", "No file.")
    assert kept(offices[1]) == []


async def test_whatever_a_browser_calls_it(readers, form):
    for name in ("x" * 300 + ".png", "a\u202eb", "..", "a%0D%0Ab", '%22;"'):
        preview = await readers[1].upload(form, (name, b"1"))
        assert readers[1].status in (200, 400)
        assert "\u202e" not in preview.html


async def test_revisions_and_evidence_take_files_too(readers, contract, form):
    at_alice, at_bob, _ = readers
    await at_bob.send((await at_bob.upload(form, note="Here.")).form(form.action), "sign")
    for verb, typed in (("revise", {"clauses": ["1"]}), ("evidence", {"text": "Look."})):
        place = f"/contracts/{contract}/{verb}"
        page = await at_alice.get(f"{place}?part=1")
        preview = await at_alice.upload(page.form(place), (f"{verb}.txt", verb.encode()), **typed)
        page = await at_alice.send(preview.form(place), "sign")
        assert page.says(f"{verb}.txt", sha256(verb.encode()).hexdigest())


async def test_nothing_is_kept_of_a_form_of_another_session_or_one_that_breaks_off(readers, offices, form):
    at_bob = readers[1]
    form.fields = [(name, value) for name, value in form.fields if name != "page_token"]
    page = await at_bob.upload(form, ("a.txt", DATA), page_token="x")
    assert page.says("page-expired")
    page = await at_bob.upload(form, ("a.txt", DATA))
    assert page.says("page-expired")
    for body in (b"", b"--b\r\n", b"nonsense", b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n'):
        page = await at_bob.post(form.action, body, "multipart/form-data; boundary=b")
        assert at_bob.status == 400
    long = "a" * (attaching.FIELD_BYTES + 1)
    assert (await at_bob.upload(form, note=long)).says("too long")
    assert kept(offices[1]) == []


async def test_the_door_looks_for_the_page_token_before_it_reads_files(counters, offices, contract):
    async with browser_at(counters[1]) as browser:
        await browser.sign_in()

        def body(*fields):
            heads = [*fields, ('upload"; filename="a', DATA.decode())]
            parts = (
                f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in heads
            )
            return ("".join(parts) + "--b--\r\n").encode()

        path, kind = f"/contracts/{contract}/deliver?part=1", {"Content_Type": "multipart/form-data; boundary=b"}
        token = ("page_token", browser.page_token)
        for fields, header, code in (
            ((token,), {"X_Page_Token": "", "Origin": ""}, 403), ((), {"X_Page_Token": ""}, 403),
            ((("note", "x"), token), {"X_Page_Token": ""}, 403), ((("page_token", "x"),), {"X_Page_Token": ""}, 403),
            ((token,), {"Cookie": ""}, 401), ((token,), {"Origin": "http://evil"}, 403),
        ):  # fmt: skip
            assert (await browser.post(path, body(*fields), **{**kind, **header})).status == code
            assert kept(offices[1]) == []
        reply = await browser.post(path, body(token, ("note", "Here.")), **{**kind, "X_Page_Token": ""})
        assert reply.status == 200
        assert NAME.encode() in reply.body
        saved = await browser.get(f"{FILES}/{NAME}")
        assert (saved.body, saved.all("content-disposition")[0].startswith("attachment")) == (DATA, True)
        assert (await browser.post("/offers/new", body(token), **kind)).status == 415
