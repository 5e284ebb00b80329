"""Real nodes with their records in one PostgreSQL database; one is killed, then the server is away for a while."""

import os
import signal

import pytest

from tests.e2e.household import NETWORK, eventually, freehold, household, logged
from tests.e2e.test_reconciling import fill, kinds, market
from tests.postgres import binaries, cluster

PROGRAMS = binaries()
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(PROGRAMS is None, reason="PostgreSQL (initdb, postgres) is not installed here"),
]


def settle(home, name, url):
    folder = home.root / name
    folder.mkdir(mode=0o700)
    path = folder / "config.toml"
    path.write_text(f'network = "{NETWORK}"\nlisten = ["/ip4/127.0.0.1/tcp/0"]\nstore_url = "{url}"\n')
    path.chmod(0o600)


def total(node):
    return sum(kinds(node).values())


def test_two_nodes_share_a_database_and_a_third_gets_everything_from_it():
    assert PROGRAMS is not None
    with cluster(PROGRAMS) as server, household() as home:
        url = server.url()
        for name in ("first", "second"):
            settle(home, name, url)
        first, second = (home.start(name, relay=True) for name in ("first", "second"))
        records = market(60)
        fill(first, records[: len(records) // 2])
        assert kinds(second) == kinds(first)  # at once, without a word between them
        os.kill(first.process.pid, signal.SIGKILL)
        fill(second, records[len(records) // 2 :])
        assert total(second) == len(records)
        third = home.start("third", relay=True, seeds=[second.address])  # over SQLite
        assert eventually(lambda: kinds(third) == kinds(second)), (kinds(third), kinds(second))
        server.stop()
        asked = freehold("status", "--folder", second.folder)
        assert asked.returncode
        assert "cannot be reached" in asked.stderr + asked.stdout or "went away" in asked.stderr + asked.stdout
        server.start()
        assert eventually(lambda: kinds(third) == kinds(second))
        told = str(logged(second.folder)) + asked.stderr + asked.stdout
        assert "freehold@" not in told
        assert "Traceback" not in told
