"""How the sentences of a program are found in its source."""

import pytest

from specs.sentences import said

PREAMBLE = 'from core import Denied\nMOST = 3\nSHARES = ((1, "half of it"), (2, "all of it"))\n'


@pytest.mark.parametrize(
    ("source", "sentences"),
    [
        ('Denied("x", "there is nothing", "wait a little")', {"there is nothing", "wait a little"}),
        (
            'Denied("x", f"at most {MOST} things", hint=f"drop {name!r} first")',
            {"at most {most} things", "drop {name} first"},
        ),
        ('Denied("x", "one " "sentence" if a else f"{len(b.rows)} of " + what)', {"one sentence", "{rows} of {what}"}),
        ('why = "it is late"\n    Denied("x", f"denied: {why}")', {"denied: {why}", "it is late"}),
        (
            'for n, words in SHARES:\n        Denied("x", f"so far: {words}")',
            {"so far: {words}", "half of it", "all of it"},
        ),
        ('Denied("x", counted(n, "{n} thing", "{n} things"))', {("{n} thing", "{n} things")}),
        ('Denied("x", f"{a.b} and {c[0].b} again"[:80])', {"{b} and {b_2} again"}),
        (
            '_no("it is late")\ndef _no(reason: str) -> Denied:\n    return Denied("x", f"no: {reason}")',
            {"no: {reason}", "it is late"},
        ),
        (
            '_why()\ndef _why(a: int) -> str | None:\n    return "it is far too late" if a else None',
            {"it is far too late"},
        ),
        ('Denied("bad-code", error.what, str(error))', set()),
        ('print("not said to anybody")', set()),
    ],
)
def test_what_is_followed(tmp_path, source, sentences):
    (tmp_path / "node").mkdir()
    (tmp_path / "node" / "one.py").write_text(f"{PREAMBLE}def f(a, b, c, n, name, what, error):\n    {source}\n")
    found = said(tmp_path, ("node",))
    assert set(found) == {one if isinstance(one, tuple) else (one, "") for one in sentences}
    assert all(places == ["node/one.py"] for places in found.values())
