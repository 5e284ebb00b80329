"""A node with a locked key, as a person runs it."""

import os
import subprocess
import sys

import pytest

from tests.e2e.household import LOOPBACK, NETWORK, PASSPHRASE, answer, freehold, household


@pytest.fixture
def home():
    with household() as opened:
        for name, passphrase in (("pass", PASSPHRASE), ("wrong", "wrong horse battery")):
            (opened.root / name).write_text(passphrase + "\n")
            (opened.root / name).chmod(0o600)
        yield opened


def everything_written(root):
    return b"".join(path.read_bytes() for path in root.rglob("node.*") if path.is_file())


def test_a_locked_node_receives_and_signs_when_it_is_unlocked(home):
    home.start("node").process.stop()
    resident = home.start("node", "--locked")
    folder = resident.folder
    assert resident.status["key"] == "locked"
    assert resident.status["identity"].startswith("fh1")
    published = freehold("offer", "publish", "--title", "A logo", "--folder", folder)
    assert published.returncode == 5, published.stdout + published.stderr
    assert "[key-locked]" in published.stderr
    assert "freehold unlock --for 8h" in published.stderr
    wrong = freehold("unlock", "--passphrase-file", home.root / "wrong", "--folder", folder)
    assert (wrong.returncode, "[wrong-passphrase]" in wrong.stderr) == (5, True)
    assert freehold("unlock", "--folder", folder).returncode == 5  # there is nobody to ask
    state = answer("unlock", "--for", "90m", "--passphrase-file", home.root / "pass", "--folder", folder)
    status = answer("status", "--folder", folder)
    assert state["unlocked_until"] == status["unlocked_until"]
    assert 89 * 60_000 < state["unlocked_until"] - status["time"] <= 90 * 60_000
    assert status["wrong_passphrases"] == 1
    assert answer("offer", "publish", "--title", "A logo", "--folder", folder)["title"] == "A logo"
    done = freehold("lock", "--folder", folder)
    assert (done.returncode, done.stdout) == (0, "Your key is locked.\n")
    assert "locked: nothing is signed" in freehold("status", "--folder", folder).stdout
    for name in ("cmdline", "environ"):
        with open(f"/proc/{resident.process.pid}/{name}", "rb") as file:  # noqa: PTH123
            assert PASSPHRASE.encode() not in file.read()
    resident.process.stop()
    assert PASSPHRASE.encode() not in everything_written(home.root)
    assert b"wrong horse" not in everything_written(home.root)


@pytest.mark.slow
def test_systemd_gives_the_passphrase_as_a_credential(home):
    resident = home.start("node")
    resident.process.stop()
    credentials = home.root / "credentials"
    credentials.mkdir(0o700)
    (credentials / "freehold.passphrase").write_text(PASSPHRASE)
    arguments = ["up", "--folder", resident.folder, "--for", "1h", "--json"]
    command = [sys.executable, "-P", "-m", "freehold.cli.main", *map(str, arguments)]
    for mode, code in ((0o444, 1), (0o440, 0)):
        (credentials / "freehold.passphrase").chmod(mode)
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False,
            env=os.environ | {"CREDENTIALS_DIRECTORY": str(credentials)},
        )  # fmt: skip
        assert done.returncode == code, done.stderr
    status = answer("status", "--folder", resident.folder)
    assert freehold("down", "--folder", resident.folder).returncode == 0
    assert (status["key"], status["unlocked_until"] is not None) == ("unlocked", True)


def test_an_empty_folder_that_is_started_locked_has_no_identity_yet(home):
    resident = home.start("node", "--locked")
    assert (resident.status["key"], resident.status["identity"]) == ("none", None)
    done = freehold("unlock", "--folder", resident.folder)
    assert (done.returncode, "[no-identity]" in done.stderr) == (5, True)


def test_a_newcomer_makes_an_identity_on_the_node_that_runs(home):
    resident = home.start("node", "--identity-later")
    assert resident.status["key"] == "none"
    draft = resident.api.post("/identity/new", {"name": "Amélie", "passphrase": PASSPHRASE, "languages": ["fr"]})
    check = {str(place): draft["words"][place - 1] for place in draft["check"]}
    made = resident.api.post("/identity/keep", {"check": check})
    assert made["name"] == "Amélie"
    assert resident.api.post("/offers", {"side": "service", "title": "Logos"})["author"] == made["identity"]
    status = resident.api.get("/status")
    assert (status["identity"], status["key"]) == (made["identity"], "unlocked")
    resident.process.stop()
    again = home.start("node", "--identity-later")  # there is one now: the passphrase is asked for
    assert (again.status["identity"], again.status["key"]) == (made["identity"], "unlocked")
    again.process.stop()
    written = everything_written(home.root)
    assert PASSPHRASE.encode() not in written
    assert " ".join(draft["words"][:3]).encode() not in written


def test_up_open_asks_nothing_of_a_newcomer_and_gives_a_link(home):
    folder = home.root / "node"
    arguments = ["--network", NETWORK, "--listen", LOOPBACK, "--page-listen", "127.0.0.1:0", "--open", "--json"]
    try:
        done = freehold("up", "--folder", folder, *arguments)
        assert done.returncode == 0, done.stderr
        assert '"key": "none"' in done.stdout
        assert "/login?code=" in done.stdout
    finally:
        freehold("down", "--folder", folder)
