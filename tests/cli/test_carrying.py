"""The key carried to another machine: never over a file that is there, and with a word about running it twice."""

import json

import pytest

from freehold.cli import main
from freehold.cli.client import Client
from freehold.node import keystore
from tests.cast import NETWORK, START_MS, alice

KEY_FILE = "the key file, sealed"


@pytest.fixture
def asked(monkeypatch):
    found = []

    def post(_self, path, body=None):
        found.append((path, body))
        return {"identity": "fh1q", "key_file": KEY_FILE}

    monkeypatch.setattr(Client, "post", post)
    monkeypatch.setattr(Client, "get", lambda _self, _path: {"identity": None})
    return found


@pytest.fixture
def secret(tmp_path):
    path = tmp_path / "secret"
    path.touch(mode=0o600)
    path.write_text("correct horse battery\n")
    return path


def test_a_key_is_written_to_a_new_file_of_ones_own(asked, secret, tmp_path, capsys):
    target = tmp_path / "carried"
    assert main.run(["identity", "export", str(target), "--passphrase-file", str(secret)]) == 0
    assert asked == [("/identity/export", {"passphrase": "correct horse battery"})]
    assert (target.read_text().strip(), target.stat().st_mode & 0o777) == (KEY_FILE, 0o600)
    assert "never two at once" in capsys.readouterr().err
    assert main.run(["identity", "export", str(target), "--passphrase-file", str(secret)]) == 1
    assert "not replaced" in capsys.readouterr().err


@pytest.mark.usefixtures("asked")
def test_the_words_are_not_here(capsys):
    assert main.run(["identity", "words"]) == 1
    said = capsys.readouterr().err
    assert "does not have your 24 words" in said
    assert "[words-not-here]" in said


def test_words_come_from_a_file_of_ones_own(asked, secret, capsys):
    assert main.run(["identity", "recover", "--words-file", str(secret), "--passphrase-file", str(secret)]) == 0
    assert asked == [("/identity/recover", {"words": "correct horse battery", "passphrase": "correct horse battery"})]
    assert "fh1q again" in capsys.readouterr().out


def test_a_key_is_taken_by_a_folder_that_has_none(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(keystore, "MEMORY_KIB", 64)
    carried, folder = tmp_path / "carried", tmp_path / "node"
    keystore.create(carried, alice.root.secret, "correct horse battery", NETWORK, START_MS, bytes)
    assert main.run(["identity", "import", str(carried), "--folder", str(folder), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["folder"] == str(folder)
    assert (folder / "identity.key").read_text() == carried.read_text()
    assert (folder / "identity.key").stat().st_mode & 0o777 == 0o600
    assert main.run(["identity", "import", str(carried), "--folder", str(folder)]) == 1
    assert "not replaced" in capsys.readouterr().err
