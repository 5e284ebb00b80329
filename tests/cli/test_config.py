"""`freehold config check | edit`: the file is as it was until the copy is known to be good."""

import json
import shlex
import subprocess
import sys

import pytest

GOOD = '# Mine.\nnetwork = "test-x"\n'


@pytest.fixture
def folder(tmp_path):
    root = tmp_path / "node"
    root.mkdir(mode=0o700)
    (root / "config.toml").write_text(GOOD)
    return root


def config(folder, *arguments, does="", environment=()):
    """`freehold config`; the editor is a line of Python about the copy's `text`."""
    edit = f"import sys, pathlib; path = pathlib.Path(sys.argv[1]); text = path.read_text(); {does}"
    editor = shlex.join([sys.executable, "-c", edit])
    return subprocess.run(
        [sys.executable, "-P", "-m", "freehold.cli.main", "config", *arguments, "--folder", str(folder)],
        capture_output=True, text=True, timeout=60, check=False,
        env={"PATH": "/usr/bin:/bin", "EDITOR": editor, **dict(environment)},
    )  # fmt: skip


def test_a_good_edit_replaces_the_file_and_leaves_no_copy(folder):
    done = config(folder, "edit", "--json", does='path.write_text(text + "witness = true\\n")')
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["config"]["witness"] is True
    assert (folder / "config.toml").read_text() == GOOD + "witness = true\n"
    assert [path.name for path in folder.iterdir()] == ["config.toml"]


def test_a_wrong_edit_is_kept_aside_the_file_stays_and_again_goes_on(folder):
    done = config(folder, "edit", does='path.write_text(text + "witnes = true\\n")')
    assert done.returncode == 1
    assert "witnes" in done.stderr
    assert "config.edited.toml" in done.stderr
    assert (folder / "config.toml").read_text() == GOOD
    assert "file-exists" in config(folder, "edit").stderr
    assert (
        config(folder, "edit", "--again", does='path.write_text(text.replace("witnes ", "witness "))').returncode == 0
    )
    assert (folder / "config.toml").read_text() == GOOD + "witness = true\n"
    assert "not-found" in config(folder, "edit", "--again").stderr


def test_what_is_changed_meanwhile_is_not_overwritten(folder):
    done = config(
        folder,
        "edit",
        does='path.write_text(text + "#\\n"); path.with_name("config.toml").write_text(text + "# other\\n")',
    )
    assert "config-changed" in done.stderr
    assert (folder / "config.toml").read_text() == GOOD + "# other\n"


@pytest.mark.parametrize("does", ["sys.exit(3)", "pass"])
def test_an_editor_that_fails_or_changes_nothing_changes_nothing(folder, does):
    done = config(folder, "edit", does=does)
    assert ("no-editor" in done.stderr) == (does != "pass")
    assert (folder / "config.toml").read_text() == GOOD


@pytest.mark.parametrize("editor", ["/nowhere/editor", "'unclosed"])
def test_an_editor_that_is_none_is_told(folder, editor):
    assert "[no-editor]" in config(folder, "edit", environment={"EDITOR": editor}).stderr


@pytest.mark.parametrize(
    ("text", "said"),
    [(GOOD, None), ("network = 3\n", "line 1"), ('ranking = "oracle"\n', "oracle"), ("\x00", "bad-config")],
)
def test_check_says_whether_a_node_could_start_with_it(folder, tmp_path, text, said):
    (folder / "config.toml").write_text(text)
    (tmp_path / "other.toml").write_text(text)
    (tmp_path / "empty").mkdir(mode=0o700)
    for done in (config(folder, "check"), config(tmp_path / "empty", "check", str(tmp_path / "other.toml"))):
        assert done.returncode == (1 if said else 0), done.stderr
        assert said is None or said in done.stderr


def test_where_no_folder_is_it_says_so(tmp_path):
    assert "[no-node]" in config(tmp_path / "none", "check").stderr
    assert "[no-node]" in config(tmp_path / "none", "edit").stderr
