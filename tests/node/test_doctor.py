"""What the doctor finds, and what it can put right."""

import dataclasses
import shutil
from datetime import UTC, datetime, timedelta

import pytest

from freehold.node import clock, doctor
from freehold.node.core.desk import Denied
from freehold.node.findings import FAIL, OK, WARN, Finding
from freehold.node.folder import Folder, open_folder
from freehold.node.store import deriving
from freehold.node.store.database import Database
from freehold.node.store.sqlite import SqliteStore
from tests.cast import DAY_MS, START_MS, alice, offer
from tests.node.api.paper_certificates import FROM, issue

NOW = START_MS + DAY_MS
STATUS = {
    "version": "1", "peers": 2, "uptime_s": 500, "addresses": ["/ip4/127.0.0.1/tcp/1/p2p/x"], "key": "unlocked",
    "unsigned": 0, "wrong_passphrases": 0, "page": {"address": "http://127.0.0.1:7777", "trouble": None},
}  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    made = open_folder(tmp_path / "node")
    for path in (made.identity_key, made.transport_key):
        path.write_bytes(b"x")
        path.chmod(0o600)
    store = SqliteStore.open(made.database)
    for record in (alice.inception, offer()):
        store.records.add(record, START_MS, shared=True)
    store.commit()
    store.close()
    return made


def found(folder, check, status=None, now=NOW):
    named = {finding.check: finding for finding in doctor.examine(folder, now, status)}
    finding = named[check]
    assert finding.state == OK or (finding.why and finding.do), finding
    return finding


def test_a_healthy_node_has_no_findings_but_good_ones(folder):
    findings = doctor.examine(folder, NOW, STATUS)
    assert [finding for finding in findings if finding.state != OK] == []
    assert [finding.check for finding in findings] == [check.name for check in doctor.CHECKS]
    assert doctor.told(findings)["state"] == OK


def test_a_node_that_does_not_run_is_examined_as_far_as_that_goes(folder):
    findings = doctor.examine(folder, NOW, None)
    assert {finding.check for finding in findings} == {check.name for check in doctor.CHECKS if not check.live}
    assert doctor.told(findings)["state"] == WARN
    assert found(folder, "running").do == "freehold up"


def test_a_folder_that_is_not_there_is_no_mistake_of_ours(tmp_path):
    states = {one.check: one.state for one in doctor.examine(Folder(tmp_path / "none"), NOW, None)}
    assert (states["folder"], states["database"], states["key-file"]) == (WARN, OK, WARN)
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(("check", "path", "mode"), [("folder", "root", 0o755), ("key-file", "identity_key", 0o640)])
def test_what_others_can_read_is_closed_again(folder, check, path, mode):
    getattr(folder, path).chmod(mode)
    assert (found(folder, check).state, found(folder, check).fixable) == (FAIL, True)
    doctor.fix(folder, check)
    assert found(folder, check).state == OK


@pytest.mark.parametrize("check", ["disk", "nothing", "folder; rm"])
def test_what_the_node_cannot_fix_it_says_so(folder, check):
    with pytest.raises(Denied) as caught:
        doctor.fix(folder, check)
    assert caught.value.code == "not-fixable"


@pytest.mark.parametrize(
    ("check", "changes", "state"),
    [
        ("peers", {"peers": 0}, FAIL),
        ("peers", {"peers": 0, "uptime_s": 5}, OK),
        ("addresses", {"addresses": []}, WARN),
        ("key", {"key": "locked", "unsigned": 3}, WARN),
        ("key", {"wrong_passphrases": 2}, WARN),
        ("key", {"key": "locked"}, OK),
        ("key", {"key": "locked", "reached_until": NOW + 4 * DAY_MS}, OK),
        ("key", {"key": "locked", "reached_until": NOW + 2 * DAY_MS}, WARN),
        ("key", {"key": "locked", "reached_until": NOW - 1}, WARN),
        ("key", {"key": "unlocked", "reached_until": NOW + DAY_MS}, OK),
        ("clock", {"clocks_ahead_ms": None}, OK),
        ("clock", {"clocks_ahead_ms": 30_000}, OK),
        ("clock", {"clocks_ahead_ms": -DAY_MS}, OK),
        ("clock", {"clocks_ahead_ms": 300_000}, WARN),
        ("page", {"page": {"address": None, "trouble": "127.0.0.1:7777 is taken by another program"}}, WARN),
        ("page", {"page": {"address": None, "trouble": "it is turned off: page_listen in config.toml"}}, OK),
        ("backup", {"last_backup": None}, WARN),
        ("backup", {"last_backup": NOW - 8 * DAY_MS}, WARN),
        ("backup", {"last_backup": NOW - DAY_MS}, OK),
    ],
)
def test_what_a_running_node_says_of_itself(folder, check, changes, state):
    assert found(folder, check, STATUS | changes).state == state


def test_a_server_that_does_not_answer_is_named_without_the_secret(folder):
    assert found(folder, "server").state == OK
    folder.config.write_text('store_url = "postgresql://me:hunter2@/market?host=/nowhere"')
    folder.config.chmod(0o600)
    finding = found(folder, "server")
    assert finding.state == FAIL
    assert finding.what.startswith("the PostgreSQL database 'market' at /nowhere cannot be reached")
    assert "hunter2" not in str(finding)


@pytest.mark.parametrize(("free", "state"), [(50 * 1024**2, FAIL), (500 * 1024**2, WARN), (5 * 1024**3, OK)])
def test_a_full_disk_is_noticed_before_it_is_full(folder, monkeypatch, free, state):
    usage = shutil.disk_usage(folder.root)._replace(free=free)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    assert found(folder, "disk").state == state


@pytest.mark.parametrize("text", ["seedz = []", 'ranking = "astrology"', "page_listen = "])
def test_a_config_that_the_node_would_not_start_with_is_named(folder, text):
    folder.config.write_text(text)
    assert found(folder, "config").state == FAIL


def test_a_page_beyond_this_machine_is_said_to_be_that(folder):
    folder.config.write_text("page_public = true\n")
    assert found(folder, "page-public").state == WARN


def test_a_certificate_is_to_be_renewed_in_time(folder):
    assert found(folder, "page-certificate").state == OK
    folder.config.write_text('page_certificate = "page.pem"\n')
    assert (found(folder, "page-certificate").state, found(folder, "page-certificate").fixable) == (FAIL, False)
    for days, state in ((-1, FAIL), (1, WARN), (13, WARN), (90, OK)):
        issue(folder.root, good=(FROM, datetime.fromtimestamp(NOW / 1000, UTC) + timedelta(days=days, hours=1)))
        assert (days, found(folder, "page-certificate").state) == (days, state)
    assert found(folder, "page-certificate").what == "the page's certificate is good for 90 days"


def test_a_database_that_is_damaged_is_noticed(folder):
    data = bytearray(folder.database.read_bytes())
    data[4096 * 3 : 4096 * 12] = bytes(4096 * 9)
    folder.database.write_bytes(data)
    assert found(folder, "database").state == FAIL
    folder.database.write_bytes(b"this is no database " * 1000)
    assert found(folder, "database").state == FAIL


def test_a_search_index_out_of_step_is_written_again_at_the_next_start(folder):
    database = Database(folder.database)
    database.write("INSERT INTO offer_text (offer_text) VALUES ('delete-all')")
    database.commit()
    database.close()
    assert (found(folder, "search").state, found(folder, "search").fixable) == (WARN, True)
    doctor.fix(folder, "search")
    SqliteStore.open(folder.database).close()
    assert found(folder, "search").state == OK


def test_a_running_node_puts_what_searches_miss_into_the_index_step_by_step(folder):
    store = SqliteStore.open(folder.database)
    store.records.add_many([offer(number=number) for number in range(2, 50)], START_MS, shared=True)
    store.database.write("INSERT INTO offer_text (offer_text) VALUES ('delete-all')")
    store.records.add(offer(number=50), START_MS, shared=True)
    store.commit()
    assert "49 offers" in found(folder, "search", STATUS).what
    steps, at = 0, 0
    while (at := store.index_missing(at)) is not None:
        steps += 1
    assert steps == 3
    assert found(folder, "search", STATUS).state == OK
    assert deriving.differences(store.database, folder.root / "scratch") == {}
    store.close()


def test_it_looks_at_a_store_that_is_in_use_and_disturbs_nothing(folder):
    store = SqliteStore.open(folder.database)
    store.records.add(offer(number=2), START_MS, shared=True)
    assert found(folder, "database", STATUS).state == OK
    store.commit()
    store.close()
    assert found(folder, "search").state == OK


def test_every_finding_has_the_name_of_its_check():
    assert len({check.name for check in doctor.CHECKS}) == len(doctor.CHECKS)
    assert dataclasses.replace(Finding(OK, "x"), check="y").check == "y"
    assert clock.now_ms() > START_MS


def test_records_that_were_left_behind_when_the_store_moved_are_told_of(folder, monkeypatch):
    folder.config.write_text('store_url = "postgresql://me:hunter2@localhost/market"')
    folder.config.chmod(0o600)
    monkeypatch.setattr(doctor, "answering", lambda url: "a server")
    finding = found(folder, "server")
    assert (finding.state, finding.what[:9]) == (WARN, "2 records")
    assert "move-store" in finding.do
    folder.database.unlink()
    SqliteStore.open(folder.database.with_name("other.db")).close()
    folder.database.with_name("other.db").rename(folder.database)
    assert found(folder, "server") == Finding(OK, "a server answers", check="server")
