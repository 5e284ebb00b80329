"""What strangers write is shown as they wrote it, and does nothing else."""

import pytest

from freehold.node.api.page.paper import Paper
from tests.node.api.test_story import LOGO

PAYLOADS = (
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "' onfocus='alert(1)", "javascript:alert(1)",
    "{{ 70707 * 3 }}", "{% include '/etc/passwd' %}", "<!--", "]]>",
    "</textarea><script>alert(1)</script>", "</title><h1>x",
    "\u202egnp.exe", "\u2066\u2067left", "&lt;b&gt;", "https://evil.example/", "<a href=//evil>x</a>", "%(name)s %s",
)  # fmt: skip


@pytest.mark.parametrize("text", PAYLOADS)
async def test_in_offers_and_names(readers, counters, text):
    at_alice, at_bob, _ = readers
    await counters[0].put("/identity", {"name": text[:60], "about": text, "skills": [text[:60]]})
    made = await counters[0].post("/offers", LOGO | {"title": text, "description": text, "skills": [text[:60]]})
    assert counters[0].status == 201, made
    calm = await at_bob.get("/offers/new")
    for path in ("/offers", f"/offers/{made['offer']}", f"/offers?q={'x'}"):
        page = await at_bob.get(path)
        assert at_bob.status == 200
        assert_harmless(page, text)
    assert calm.says("Write an offer")
    form = await at_alice.get(f"/offers/{made['offer']}/edit")
    assert dict(form.form("/offers/").fields)["description"] == text
    preview = await at_alice.send(form.form("/offers/"), days="31")
    assert_harmless(preview, text)


def assert_harmless(page, text):
    assert not [a for tag, a in page.tags if tag == "script" and "src" not in a]
    assert not [a for _, a in page.tags if any(name.startswith("on") for name in a)]
    assert not [tag for tag, _ in page.tags if tag in ("img", "h4", "b-x", "iframe")]
    assert not [link for link in page.links if "evil" in link or link.startswith("javascript:")]
    assert "212121" not in page.words, text


async def test_a_page_that_would_not_escape_is_noticed(readers, counters, monkeypatch):
    """A planted bug: no escaping."""
    careless = Paper()
    careless.environment("en").autoescape = False
    monkeypatch.setattr(Paper.shared(), "write", careless.write)
    await counters[0].post("/offers", LOGO | {"title": PAYLOADS[1]})
    with pytest.raises(AssertionError):
        assert_harmless(await readers[1].get("/offers"), PAYLOADS[1])
