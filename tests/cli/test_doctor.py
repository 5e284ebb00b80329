"""freehold doctor: running or not, and the file for bug reports."""

import functools
import itertools
import json
import re
import tarfile
from pathlib import Path

from freehold.cli import doctor_bundle
from freehold.cli.doctor_bundle import write_bundle
from tests.e2e.household import PASSPHRASE, answer, freehold, household

SECRETS = ("correct horse battery", "abandon", "fh1stranger", "Mallory", "203.0.113.9", "/home/amelie", "12D3KooW")
_WORD = re.compile("[a-z]+")


def test_a_node_is_examined_whether_it_runs_or_not():
    with household() as home:
        resident = home.start("node", "--page-listen", "off")
        running = {finding["check"]: finding for finding in answer("doctor", "--folder", resident.folder)["findings"]}
        assert running["running"]["state"] == running["database"]["state"] == "ok"
        (resident.folder / "identity.key").chmod(0o644)
        done = freehold("doctor", "--folder", resident.folder)
        assert (done.returncode, "key-file: " in done.stdout, "chmod 600" in done.stdout) == (1, True, True)
        assert answer("doctor", "--fix", "key-file", "--folder", resident.folder)["state"] in ("ok", "warn")
        assert freehold("doctor", "--fix", "disk", "--folder", resident.folder).returncode == 1
        done = freehold("config", "set", "witness", "true", "--folder", resident.folder)
        assert (done.returncode, done.stdout) == (0, "Written. It holds now.\n"), done.stderr
        done = freehold("config", "set", "ranking", "averages", "--folder", resident.folder)
        assert "from the next start on" in done.stdout
        assert answer("config", "show", "--folder", resident.folder)["restart"] == ["ranking"]
        assert freehold("config", "get", "witness", "--folder", resident.folder).stdout == "true\n"
        for wrong in (("lissten", "[]"), ("listen", '["nowhere"]')):
            assert freehold("config", "set", *wrong, "--folder", resident.folder).returncode == 1
        resident.process.stop()
        report = home.root / "report.tar"
        down = freehold("doctor", "--folder", resident.folder, "--bundle", report)
        assert (down.returncode, "your node does not run" in down.stdout) == (0, True)
        status = resident.status
        assert report.stat().st_mode & 0o777 == 0o600
        for secret in (PASSPHRASE, status["identity"], status["peer_id"], status["folder"]):
            assert f"{secret}".encode() not in report.read_bytes(), secret
        assert leaked(report.read_text("utf-8", "replace"), resident.words) == []


def leaked(text, words):
    """Recovery words in a text: those that no sentence of the program has, and any two that follow each other, in text
    and in JSON. One alone, such as `run`, may stand in any sentence."""
    pairs = list(itertools.pairwise(words.split()))
    rows = [between.join(pair) for between in (" ", '", "', '","') for pair in pairs]
    alone = set(words.split()) & set(_WORD.findall(text)) - _own_words()
    return [row for row in rows if row in text] + sorted(alone)


@functools.cache
def _own_words():
    program = Path(doctor_bundle.__file__).parent.parent
    sources = [path for part in ("cli", "node", "protocol") for path in (program / part).rglob("*.py")]
    return frozenset(_WORD.findall(" ".join(path.read_text("utf-8") for path in sources)))


def test_a_recovery_word_that_leaks_is_noticed():
    assert leaked("your node does not run", "run zebra abandon") == []
    assert leaked("it is a zebra, perhaps", "run zebra abandon") == ["zebra"]
    assert leaked("run node does", "run node zebra") == ["run node"]
    assert leaked('["run", "node"]', "run node zebra") == ['run", "node']


def test_the_file_for_bug_reports_holds_nothing_of_anybody(tmp_path):
    text = " ".join(SECRETS)
    frame = '  File "/home/amelie/lib/freehold/node/border.py", line 12, in heard'
    mistake = f"Traceback\n{frame}\n    x(Mallory)\nValueError: fh1stranger"
    lines = [
        {"level": "error", "from": "freehold.node.border", "message": text, "traceback": mistake},
        {"level": "info", "from": text, "message": text},
        {"level": text, "from": "freehold.node", text: text},
        [text],
        text,
    ]
    log = "\n".join([*map(json.dumps, lines), text, "\x00\xff"])
    (tmp_path / "node.log").write_text(log)
    found = {"state": "fail", "findings": [
        {"check": "disk", "state": "fail", "what": text, "why": text, "do": text},
        {"check": text, "state": "fail", "what": text},
    ]}  # fmt: skip
    write_bundle(tmp_path / "report.tar", tmp_path, found)
    data = (tmp_path / "report.tar").read_bytes()
    for secret in SECRETS:
        assert secret.encode() not in data, secret
    with tarfile.open(tmp_path / "report.tar") as archive:
        files = [archive.extractfile(name) for name in archive.getnames()]
        report, logged = (json.loads(file.read()) for file in files if file is not None)
    assert report["findings"] == [{"check": "disk", "state": "fail"}]
    assert logged["lines"] == [["error", "freehold.node.border", 1]]
    assert logged["mistakes"] == [["node/border.py:12", 1]]
