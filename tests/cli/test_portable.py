"""An exported reputation: what people are told of it, with no node, no network and no home; and what is written."""

import json
import subprocess
import sys

import pytest

from freehold.cli.commands.portable import check, export
from freehold.cli.errors import Trouble
from freehold.protocol import text
from freehold.protocol.resume import bundle, credentials
from freehold.protocol.resume.judging import judge
from tests.cast import alice, bob, profile, review
from tests.protocol.resume.career import AGAIN, FIRST, GOOD, NOW, RECORDS, SECOND, SIGNED, THIRD, dave, forked, made

BOB = text.show(bob.id, text.IDENTITY)
CREDENTIALS = credentials.presentation(judge(bundle.read(GOOD), NOW), bob.key).encode()
ALONE = """
import sys
from freehold.cli.commands.reputation import reputation
reputation(["check", *sys.argv[1:]], standalone_mode=False)
bad = sorted(set(sys.modules) & {"trio", "libp2p", "sqlite3", "freehold.node", "starlette", "numpy"})
sys.exit(f"imported {bad}" if bad else 0)
"""


@pytest.fixture
def told(tmp_path, capsys):
    """What `reputation check` prints about some bytes."""

    def tell(data, *options):
        path = tmp_path / "bob.jsonl"
        path.write_bytes(data)
        check([str(path), "--at", str(NOW), *options], standalone_mode=False)
        return capsys.readouterr().out

    return tell


def test_every_point_is_told_with_its_record_and_line(told):
    found = told(SIGNED)
    expected = (
        "every signature in it is genuine (50)", "60 of 100, likely 42 to 78", "4, by so many people: 3; left out: 0",
        "from nobody's place", f"signed by  {BOB}", "-19.9 by what", "Never again.", "I was ill, and said so.",
        "0.50 of a review, being number 2 between the two", text.show(AGAIN.client_reviews.id, text.RECORD),
        f"(line {bundle.read(SIGNED).places[THIRD.client_reviews.id]})", "No review in this file.", "Nothing.",
        "a contract that was left out leaves no trace",
    )  # fmt: skip
    assert [words for words in expected if words not in found] == []


def test_the_same_as_data_and_from_somebodys_place(told):
    found = json.loads(told(GOOD, "--json"))
    assert (found["holds"], found["counted"], found["exporter"]) == (True, 4, None)
    assert sum(one["weight"] for one in found["evidence"]) == pytest.approx(found["weight"])
    by_alice = json.loads(told(GOOD, "--json", "--as", "Alice"))
    assert by_alice["counted"] == 3
    assert [one["author"]["name"] for one in by_alice["left_out"]] == ["Dave"]
    assert by_alice["left_out"][0]["reason"].startswith("nobody whom that person trusts leads to its author")
    assert by_alice == json.loads(told(GOOD, "--json", "--as", text.show(alice.id, text.IDENTITY)[:12]))
    assert json.loads(told(GOOD, "--json", "--role", "client"))["counted"] == 0


def test_what_was_left_out_is_told_with_the_reason(told):
    forged = review(dave, bob, SECOND.contract, NOW - 1, 0, "He stole my bicycle.")
    kept = [record for record in RECORDS if record.id != SECOND.client_commits.id]
    assert "its author has not committed to it" in told(made(*kept))
    with pytest.raises(Trouble, match="no part in the contract"):
        told(made(*RECORDS, forged))


def test_what_contracts_hold_against_somebody_is_told(told):
    found = told(made(*RECORDS, forked(alice, FIRST)))
    assert "forked as freelancer, 2025-06, contract" in found


@pytest.mark.parametrize("name", ["nobody", "", "fh1"])
def test_a_place_that_is_not_in_the_file(told, name):
    with pytest.raises(Trouble, match="in this file is called that"):
        told(GOOD, "--as", name)


def test_a_flaw_is_told_with_its_line(told):
    lines = SIGNED.split(b"\n")
    changed = b"\n".join([*lines[:20], lines[20].replace(b'"record":"', b'"record":"A', 1), *lines[21:]])
    with pytest.raises(Trouble) as caught:
        told(changed)
    assert (caught.value.code, caught.value.exit_code, caught.value.problem()["line"]) == ("bundle-flawed", 1, 21)


def test_words_of_others_cannot_pass_for_ours(told):
    others = [record for record in RECORDS if (record.author, record.header.kind) != (bob.id, "profile/1")]
    found = told(made(*others, profile(bob, name="Bob\u202e\u200b x")))
    assert not {"\u202e", "\u200b"} & set(found)


def test_it_needs_no_home_no_node_and_none_of_their_libraries(tmp_path):
    path = tmp_path / "bob.jsonl"
    path.write_bytes(SIGNED)
    done = subprocess.run(
        [sys.executable, "-c", ALONE, str(path)], env={}, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "every signature in it is genuine" in done.stdout


class _Node:
    """A session's daemon that has bob's reputation, in one form."""

    def __init__(self, data):
        self._data = data

    def get(self, path):
        assert path == "/identity"
        return {"identity": BOB}

    def post(self, path, body):
        assert path == f"/reputation/{BOB}/export"
        assert body in ({"format": "bundle", "sign": True}, {"format": "credentials"})
        return {"identity": BOB, "export": self._data.decode(), "contracts": 4, "left_out": 1}


@pytest.fixture
def exported(monkeypatch, tmp_path):
    """What `reputation export` writes of what a node gives."""

    def exporting(data, *options):
        monkeypatch.setattr("freehold.cli.client.Client", lambda _folder: _Node(data))
        path = tmp_path / "out"
        export(["--out", str(path), *options], standalone_mode=False)
        assert path.stat().st_mode & 0o777 == 0o600
        return path.read_bytes()

    return exporting


def test_a_bundle_a_page_and_credentials_are_written(exported, tmp_path, capsys):
    assert exported(SIGNED) == SIGNED
    assert "older contracts: 1 are left out" in capsys.readouterr().out
    with pytest.raises(Trouble, match="exists already"):
        exported(SIGNED)
    (tmp_path / "out").unlink()
    page = exported(SIGNED, "--format", "html")
    assert page.startswith(b"<!doctype html>")
    check([str(tmp_path / "out"), "--at", str(NOW)], standalone_mode=False)
    assert "every signature in it is genuine (50)" in capsys.readouterr().out
    (tmp_path / "out").unlink()
    assert exported(CREDENTIALS, "--format", "vc") == CREDENTIALS


def test_what_does_not_hold_is_not_written(exported, tmp_path):
    for data, form in ((SIGNED[:-9], "bundle"), (SIGNED[:-9], "html"), (CREDENTIALS.replace(b"Dave", b"Eve"), "vc")):
        with pytest.raises(Trouble) as caught:
            exported(data, "--format", form)
        assert caught.value.code == "bundle-flawed"
    assert not list(tmp_path.iterdir())
