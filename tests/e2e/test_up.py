"""Starting and stopping a node as a person does, and every way in which a start can go wrong."""

import errno
import os
import pty
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time

import pytest

from tests.e2e.household import LOOPBACK, NETWORK, PAGE, PASSPHRASE, answer, eventually, freehold, household, logged


@pytest.fixture
def home():
    with household() as opened:
        (opened.root / "pass").write_text(PASSPHRASE + "\n")
        (opened.root / "pass").chmod(0o600)
        yield opened


@pytest.fixture(scope="module")
def once():
    """A node with an identity that ran once and stopped, the words of its key beside it: tests begin with a copy."""
    with household() as opened:
        resident = opened.start("node")
        resident.process.stop()
        (opened.root / "words").write_text(resident.words)
        (opened.root / "words").chmod(0o600)
        yield opened.root, resident.status["identity"]


@pytest.fixture
def stopped(home, once):
    """Its copy, as the test's own `node`."""
    return shutil.copytree(once[0] / "node", home.root / "node")


@pytest.fixture
def up(home):
    """`freehold up` in the background; whatever still runs at the end is stopped."""
    folders = set()

    def start(*more, name="node", passphrase="pass", words="words"):
        folder = home.root / name
        folders.add(folder)
        arguments = ["--network", NETWORK, "--listen", LOOPBACK, "--page-listen", PAGE]
        arguments += ["--passphrase-file", home.root / passphrase]
        if words and not (folder / "identity.key").exists():
            arguments += ["--words-file", home.root / f"{name}.{words}"]
        return freehold("up", "--folder", folder, *arguments, *more), folder

    yield start
    for folder in folders:
        freehold("down", "--folder", folder)


def assert_clear(done, exit_code, code, *said):
    assert done.returncode == exit_code, done.stdout + done.stderr
    assert f"[{code}]" in done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    for words in said:
        assert str(words) in done.stderr


def test_a_first_start_a_look_a_stop_and_the_same_identity_afterwards(up, home):
    done, folder = up()
    assert done.returncode == 0, done.stderr
    assert "Your node runs." in done.stdout
    assert "next: tell others who you are" in done.stdout
    first = answer("status", "--folder", folder)
    assert first["identity"].startswith("fh1")
    assert first["network"] == NETWORK
    words = home.root / "node.words"
    assert len(words.read_text().split()) == 24
    assert words.stat().st_mode & 0o777 == 0o600
    stopping = time.monotonic()
    assert freehold("down", "--folder", folder).returncode == 0
    assert time.monotonic() - stopping < 4
    assert freehold("status", "--folder", folder).returncode == 3
    done, _ = up()
    assert done.returncode == 0, done.stderr
    second = answer("status", "--folder", folder)
    assert (second["identity"], second["peer_id"]) == (first["identity"], first["peer_id"])
    modes = {path.name: path.stat().st_mode & 0o077 for path in folder.iterdir()}
    assert set(modes.values()) == {0}, modes


def test_a_restart_keeps_folder_and_identity_and_a_wrong_passphrase_leaves_the_node_running(up, home):
    _, folder = up()
    before = answer("status", "--folder", folder)
    (home.root / "wrong").write_text("not the passphrase")
    (home.root / "wrong").chmod(0o600)
    done = freehold("restart", "--folder", folder, "--passphrase-file", home.root / "wrong")
    assert_clear(done, 5, "wrong-passphrase")
    assert answer("status", "--folder", folder)["pid"] == before["pid"]
    done = freehold("restart", "--folder", folder, "--passphrase-file", home.root / "pass")
    assert done.returncode == 0, done.stderr
    after = answer("status", "--folder", folder)
    assert (after["identity"], after["key"]) == (before["identity"], "unlocked")
    assert after["pid"] != before["pid"]
    assert answer("restart", "--locked", "--folder", folder)["key"] == "locked"


def test_a_relay_restarts_as_one_and_what_does_not_run_is_not_started(up):
    _, folder = up("--relay")
    assert answer("restart", "--folder", folder)["identity"] is None
    freehold("down", "--folder", folder)
    assert_clear(freehold("restart", "--folder", folder), 3, "not-running", "freehold up")


def test_a_second_node_on_the_same_folder_is_told_who_holds_it_and_the_first_lives_on(up):
    _, folder = up()
    pid = answer("status", "--folder", folder)["pid"]
    done, _ = up()
    assert_clear(done, 1, "already-running", folder, f"process {pid}")
    assert answer("status", "--folder", folder)["pid"] == pid


def test_a_wrong_passphrase_ends_with_5(up, home, stopped):
    assert (stopped / "identity.key").exists()
    (home.root / "wrong").write_text("not the passphrase")
    (home.root / "wrong").chmod(0o600)
    done, _ = up(passphrase="wrong")
    assert_clear(done, 5, "wrong-passphrase", "24 words")


def test_a_corrupt_key_file_is_called_that_and_left_as_it_is(up, stopped):
    key = stopped / "identity.key"
    broken = key.read_bytes()[:-200]
    key.write_bytes(broken)
    done, _ = up()
    assert_clear(done, 1, "key-corrupt", key)
    assert key.read_bytes() == broken


def test_keys_and_folders_that_others_can_read_are_not_used(up, home, stopped):
    (stopped / "identity.key").chmod(0o644)
    assert_clear(up()[0], 1, "key-open-to-others", "chmod 600")
    (stopped / "identity.key").chmod(0o600)
    stopped.chmod(0o755)
    assert_clear(up()[0], 1, "folder-open-to-others", "chmod 700")
    stopped.chmod(0o700)
    (home.root / "pass").chmod(0o644)
    assert_clear(up()[0], 1, "file-open-to-others", "chmod 600")


def test_a_port_in_use_is_named(up):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done, folder = up("--relay", "--listen", f"/ip4/127.0.0.1/tcp/{port}")
    assert_clear(done, 1, "port-in-use", port)
    assert freehold("status", "--folder", folder).returncode == 3


def test_a_bad_setting_is_named_with_its_line(up, stopped):
    (stopped / "config.toml").write_text('network = "test-household"\nseedz = []\n')
    assert_clear(up()[0], 1, "bad-config", "line 2", "seedz")


def test_a_database_that_is_none_is_named_and_not_touched(up, stopped):
    rubbish = b"this is not a database " * 1000
    for path in stopped.glob("node.db*"):
        path.unlink()
    (stopped / "node.db").write_bytes(rubbish)
    assert_clear(up()[0], 1, "storage-broken", "node.db")
    assert (stopped / "node.db").read_bytes() == rubbish


def test_without_a_terminal_nothing_is_asked_and_no_identity_made(home):
    folder = home.root / "node"
    assert_clear(freehold("up", "--folder", folder), 2, "usage", "--words-file")
    words = home.root / "words"
    more = ("--network", NETWORK, "--listen", LOOPBACK, "--page-listen", PAGE)
    done = freehold("up", "--folder", folder, "--words-file", words, *more)
    assert_clear(done, 5, "key-locked", "--passphrase-file")
    assert not (folder / "identity.key").exists()
    assert not words.exists()


def test_the_words_bring_an_identity_back_into_an_empty_folder(up, once):
    root, identity = once
    done, other = up("--from-words", root / "words", name="restored", words="")
    assert done.returncode == 0, done.stderr
    assert answer("status", "--folder", other)["identity"] == identity


def test_a_relay_has_no_identity_and_says_so_when_asked_to_sign(up):
    done, folder = up("--relay")
    assert done.returncode == 0, done.stderr
    assert "only relays" in done.stdout
    assert_clear(freehold("offer", "publish", "--title", "x", "--folder", folder), 5, "no-identity")


def read_terminal(terminal):
    """The next bytes; none when the other side has ended, which Linux reports as an input/output error."""
    try:
        return os.read(terminal, 4096)
    except OSError as error:
        if error.errno != errno.EIO:
            raise
        return b""


def type_into(command, script):
    """Run a command on a terminal of its own and type: pairs of what to wait for and what to type then."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execv(command[0], command)
    shown = b""
    try:
        for awaited, typed in [*script, (None, None)]:
            while awaited is None or awaited not in shown:
                data = read_terminal(terminal)
                if not data:
                    break
                shown += data
            if typed is not None:
                os.write(terminal, typed)
    finally:
        os.close(terminal)
        _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status), shown.decode()


def test_at_a_terminal_the_passphrase_is_asked_twice_unseen_and_the_words_are_shown_once(home):
    folder = home.root / "node"
    arguments = ["up", "--folder", str(folder), "--network", NETWORK, "--listen", LOOPBACK, "--page-listen", PAGE]
    command = [sys.executable, "-P", "-m", "freehold.cli.main", *arguments]
    typed = PASSPHRASE.encode() + b"\n"
    script = [(b"new key:", typed), (b"confirmation:", typed), (b"when you have them", b"\n")]
    try:
        code, shown = type_into(command, script)
        assert code == 0, shown
        assert PASSPHRASE not in shown
        assert " 1 " in shown
        assert "24 " in shown
        assert freehold("down", "--folder", folder).returncode == 0
        code, shown = type_into(command, [(b"Passphrase:", typed)])
        assert code == 0, shown
        assert "words" not in shown
    finally:
        freehold("down", "--folder", folder)


@pytest.mark.parametrize(
    ("number", "exit_code"), [(signal.SIGINT, 130), pytest.param(signal.SIGTERM, 0, marks=pytest.mark.slow)]
)
def test_in_the_foreground_it_shows_its_log_and_stops_in_order_when_told_to(home, number, exit_code):
    folder = home.root / "node"
    arguments = ["up", "--foreground", "--relay", "--folder", folder, "--page-listen", PAGE]
    arguments += ["--network", NETWORK, "--listen", LOOPBACK]
    command = [sys.executable, "-P", "-m", "freehold.cli.main", *map(str, arguments)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert "Your node runs." in process.stdout.readline()
        process.send_signal(number)
        _, log = process.communicate(timeout=30)
    assert process.returncode == exit_code
    assert '"message": "stopping: SIGTERM"' in log
    assert '"message": "stopped"' in log
    assert freehold("status", "--folder", folder).returncode == 3


def test_no_secret_is_in_an_argument_or_in_the_environment(up):
    _, folder = up()
    pid = answer("status", "--folder", folder)["pid"]
    for name in ("cmdline", "environ"):
        with open(f"/proc/{pid}/{name}", "rb") as file:  # noqa: PTH123
            assert PASSPHRASE.encode() not in file.read()


@pytest.mark.parametrize("number", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.slow)])
def test_a_signal_stops_it_within_two_seconds_and_nothing_is_left_broken(home, number):
    resident = home.start("node")
    resident.api.post("/offers", {"side": "wanted", "title": "Kept"})
    began = time.monotonic()
    os.kill(resident.process.pid, number)
    assert resident.process.wait() == 0
    assert time.monotonic() - began < 2.5
    assert logged(resident.folder)[-1]["message"] == "stopped"
    with sqlite3.connect(resident.folder / "node.db") as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    again = home.start("node")
    assert [view["title"] for view in again.api.get("/offers", {"mine": 1})["offers"]] == ["Kept"]


def test_a_leashed_node_ends_with_whoever_holds_the_leash(home):
    resident = home.start("node", relay=True)
    resident.process.release()
    assert eventually(lambda: freehold("status", "--folder", resident.folder).returncode == 3, 10)
