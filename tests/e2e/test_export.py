"""`freehold export` from a real node over its socket: whole files, or none."""

import csv
import json
import stat

import pytest

from tests.e2e.household import answer, freehold, household


@pytest.fixture(scope="module")
def node():
    with household() as home:
        resident = home.start("node")
        resident.api.post("/offers", {"side": "wanted", "title": "=Wanted", "description": "A sign."})
        yield resident, home.root


def test_everything_comes_as_one_file_or_as_many_in_a_folder(node):
    resident, root = node
    assert answer("export", "all", root / "all.json", "--folder", resident.folder)["files"] == [str(root / "all.json")]
    found = json.loads((root / "all.json").read_text())
    assert found["complete"]
    assert found["offers"][0]["title"] == "=Wanted"
    assert stat.S_IMODE((root / "all.json").stat().st_mode) == 0o600
    made = [answer("export", "all", f"{root}/out/", "--format", form, "--folder", resident.folder)["files"]
            for form in ("json", "csv", "html")]  # fmt: skip
    assert [len(files) for files in made] == [2, 3, 1]
    with (root / "out" / "freehold-offers.csv").open(newline="", encoding="utf-8-sig") as file:
        assert next(csv.DictReader(file))["title"] == "'=Wanted"
    assert freehold("reputation", "check", root / "out" / "freehold-reputation.jsonl").returncode == 0
    assert (root / "out" / "freehold-all.html").read_text().endswith("</html>\n")


def test_what_cannot_be_written_is_told_and_leaves_nothing(node):
    resident, root = node
    (root / "there").write_text("mine")
    for target, code in (("there", "file-exists"), ("nowhere/file", "file-unwritable")):
        assert f"[{code}]" in freehold("export", "offers", root / target, "--folder", resident.folder).stderr
    assert (root / "there").read_text() == "mine"
    assert "[usage]" in freehold("export", "all", root / "t", "--format", "csv", "--folder", resident.folder).stderr
    done = freehold("export", "offers", root / "none", "--folder", root / "no-node")
    assert done.returncode == 3
    assert not (root / "none").exists()
