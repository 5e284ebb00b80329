"""config.toml, the folder and its lock."""

import os
import subprocess
import sys

import msgspec
import pytest

from freehold.node import config, daemon, settings
from freehold.node.core.desk import Denied
from freehold.node.folder import Folder, locked, open_folder, write_new
from freehold.node.startup import Prepared

SEED = "/ip4/203.0.113.5/tcp/7747/p2p/12D3KooWGzxzKZYveHXtpG6AsrUJBcWxHBFS2HsEoGTxrMLvKXtf"


def load(tmp_path, text):
    path = tmp_path / "config.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return config.load(path)


def test_without_a_file_the_defaults_hold(tmp_path):
    assert config.load(tmp_path / "config.toml") == config.Config()


def test_what_a_first_start_writes_reads_back_the_same(tmp_path):
    settings = config.Config("test-x", ("/ip4/127.0.0.1/tcp/0",), (SEED,), ("/dns/node.example/tcp/7747",))
    for number, one in enumerate((settings, msgspec.structs.replace(settings, witness=True))):
        config.write_first(tmp_path / f"{number}.toml", one)
        assert config.load(tmp_path / f"{number}.toml") == one


def test_nobody_is_a_witness_who_has_not_said_so(tmp_path):
    assert not load(tmp_path, "").witness
    assert load(tmp_path, "witness = true").witness


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("\nlissten = []", "line 2: Object contains unknown field `lissten`"),
        ("listen = 5", "line 1: Expected `array`"),
        ('listen = "/ip4/127.0.0.1/tcp/0"', "$.listen"),
        ('listen = ["127.0.0.1:80"]', "127.0.0.1:80"),
        ('listen = ["/ip4/300.0.0.1/tcp/1"]', "300.0.0.1"),
        ('listen = ["/ip4/127.0.0.1/tcp/65536"]', "65536"),
        ('listen = ["/ip6/1.2.3.4/tcp/1"]', "1.2.3.4"),
        (f'listen = ["{SEED}"]', "no /p2p/"),
        ('seeds = ["/ip4/127.0.0.1/tcp/1"]', "/p2p/"),
        ('network = "Freehold"', "Freehold"),
        ("network = ", "line 1"),
        ("# fine\n\nranking = [1,\n", "line"),
        ('witness = "no"', "line 1: Expected `bool`"),
        (b"ranking = '\xff'", "UTF-8"),
        ("a" * 70_000, "65536 bytes"),
        ("listen = " + "[" * 30_000, "nested too deep"),
        ("store_mb = " + "1" * 5_000, "4300 digits"),
        ('store_url = "sqlite:///x"', "store_url: it does not begin with postgresql://"),
        ("listen = [" + '"/ip4/127.0.0.1/tcp/1",' * 65 + "]", "64 addresses"),
    ],
)
def test_a_mistake_is_named(tmp_path, text, named):
    with pytest.raises(Denied) as caught:
        load(tmp_path, text)
    assert caught.value.code == "bad-config"
    assert named in caught.value.what


def test_a_new_folder_is_its_owners_alone(tmp_path):
    folder = open_folder(tmp_path / "a" / "b")
    assert folder.root.stat().st_mode & 0o777 == 0o700


def test_a_folder_open_to_others_is_not_used(tmp_path):
    tmp_path.chmod(0o750)
    with pytest.raises(Denied) as caught:
        open_folder(tmp_path)
    assert caught.value.code == "folder-open-to-others"


@pytest.mark.parametrize("name", ["file/inside", "x" * 120])
def test_a_folder_that_cannot_be_is_said_so(tmp_path, name):
    (tmp_path / "file").write_text("")
    with pytest.raises(Denied) as caught:
        open_folder(tmp_path / name)
    assert caught.value.code in ("folder-unusable", "folder-too-long")


def test_a_second_process_cannot_take_the_same_folder_and_gets_it_when_the_first_is_gone(tmp_path):
    script = (
        "import sys; from pathlib import Path; from freehold.node.folder import Folder, locked\n"
        "with locked(Folder(Path(sys.argv[1]))): print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == b"held\n"
        with pytest.raises(Denied) as caught, locked(Folder(tmp_path)):
            pass
        assert caught.value.code == "already-running"
        assert f"(process {first.pid})" in caught.value.what
        first.kill()
        first.wait()
    with locked(Folder(tmp_path)):
        pass


def test_a_file_is_written_whole_or_not_at_all_and_never_replaced(tmp_path):
    (tmp_path / ".new.new").write_text("left by a crash")
    write_new(tmp_path / "new", b"one")
    with pytest.raises(Denied):
        write_new(tmp_path / "new", b"two")
    assert (tmp_path / "new").read_bytes() == b"one"


def test_a_full_disk_leaves_no_half_written_file(tmp_path, monkeypatch):
    def full(_descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Denied) as caught:
        write_new(tmp_path / "new", b"one")
    assert caught.value.code == "storage-full"
    assert not (tmp_path / "new").exists()


def test_a_url_with_a_secret_is_neither_shown_nor_open_to_others(tmp_path):
    path = tmp_path / "config.toml"
    path.write_text('store_url = "postgresql://me:hunter2@db/market"')
    path.chmod(0o600)
    assert config.load(path).store_url.endswith("hunter2@db/market")
    assert "hunter2" not in str(settings.shown(path))
    assert settings.shown(path)["store_url"] == config.HIDDEN
    path.chmod(0o640)
    with pytest.raises(Denied, match="others can read it") as caught:
        config.load(path)
    assert caught.value.hint == f"chmod 600 {path}"
    path.chmod(0o600)
    path.write_text('store_url = "mysql://me:hunter2@db/market"')
    with pytest.raises(Denied) as caught:
        config.load(path)
    assert "hunter2" not in caught.value.what


def test_without_psycopg_a_url_is_answered_with_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    monkeypatch.delitem(sys.modules, "freehold.node.store.postgres.store", raising=False)
    monkeypatch.delitem(sys.modules, "freehold.node.store.postgres.server", raising=False)
    settings_with_url = config.Config(store_url="postgresql://me:hunter2@db/market")
    prepared = Prepared(Folder(tmp_path), settings_with_url, b"", None, None)
    with pytest.raises(Denied, match="psycopg") as caught:
        daemon.open_stores(prepared)
    assert caught.value.hint == "pip install 'freehold[postgres]'"
    assert "hunter2" not in str(caught.value)
