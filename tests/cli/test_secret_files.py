"""Files with a passphrase or words in them."""

import pytest

from freehold.cli.errors import Trouble
from freehold.cli.secret_files import read_secret, write_secret


def code(action, *arguments):
    with pytest.raises(Trouble) as caught:
        action(*arguments)
    return caught.value.code


@pytest.fixture
def path(tmp_path):
    return tmp_path / "secret"


def test_what_was_written_is_read_and_nobody_else_can(path):
    write_secret(path, "four random words here")
    assert path.stat().st_mode & 0o777 == 0o600
    assert read_secret(path, "the file") == "four random words here"


def test_spaces_belong_to_a_passphrase_but_the_line_break_at_its_end_does_not(path):
    write_secret(path, " a phrase \r")
    assert read_secret(path, "the file") == " a phrase "


def test_nothing_is_replaced(path):
    write_secret(path, "one")
    assert code(write_secret, path, "two") == "file-exists"
    assert read_secret(path, "the file") == "one"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o666])
def test_a_file_that_others_can_read_or_change_is_not_used(path, mode):
    write_secret(path, "one")
    path.chmod(mode)
    assert code(read_secret, path, "the file") == "file-open-to-others"


@pytest.mark.parametrize("data", [b"", b"\n", b"\xff\xfe", b"x" * 10_000])
def test_rubbish_is_named(path, data):
    path.write_bytes(data)
    path.chmod(0o600)
    assert code(read_secret, path, "the file") == "file-unreadable"


def test_missing_files_and_folders_are_named(path, tmp_path):
    assert code(read_secret, path, "the file") == "file-unreadable"
    assert code(read_secret, tmp_path, "the file") == "file-unreadable"
    assert code(write_secret, tmp_path / "no" / "such", "x") == "file-unwritable"
