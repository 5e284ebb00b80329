"""Changing config.toml: comments stay, and what makes no sense changes nothing."""

import pytest
from hypothesis import given, strategies as st

from freehold.node import config, settings
from freehold.node.core.desk import Denied

TEXT = """# Mine.
network = "test-x" # not to be changed
listen = [
  "/ip4/127.0.0.1/tcp/0", # here
]
# The end.
witness = false"""


@pytest.fixture
def path(tmp_path):
    found = tmp_path / "config.toml"
    found.write_text(TEXT)
    found.chmod(0o600)
    return found


def test_one_value_changes_and_everything_else_stays(path):
    assert settings.change(path, {"witness": True})["witness"] is True
    assert path.read_text() == TEXT.replace("witness = false", "witness = true\n")
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_list_over_several_lines_is_replaced_as_a_whole(path):
    settings.change(path, {"listen": ("/ip4/127.0.0.1/tcp/5",)})  # as the API brings it
    assert config.load(path).listen == ("/ip4/127.0.0.1/tcp/5",)
    assert "# Mine." in path.read_text()
    assert "# The end." in path.read_text()


def test_what_is_not_there_comes_at_the_end_and_a_file_is_made_if_there_is_none(path):
    settings.change(path, {"ranking": "averages"})
    assert path.read_text() == TEXT + '\nranking = "averages"\n'
    path.unlink()
    settings.change(path, {"ranking": "averages"})
    assert path.read_text() == 'ranking = "averages"\n'


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"witness": "perhaps"}, "bad-config"),
        ({"listen": ["nowhere"]}, "bad-config"),
        ({"witness": True, "network": "No Network"}, "bad-config"),
        ({"lissten": []}, "no-such-setting"),
        ({"page_listen": "0.0.0.0:7777"}, "bad-config"),
        ({"stamp_ask": 27}, "bad-config"),
        ({"stamp_pay": -1}, "bad-config"),
    ],
)
def test_what_makes_no_sense_changes_nothing(path, changes, code):
    with pytest.raises(Denied) as caught:
        settings.change(path, changes)
    assert caught.value.code == code
    assert path.read_text() == TEXT


def test_a_file_that_cannot_be_read_is_left_to_its_owner(path):
    path.write_text('network = "test-x\n')
    with pytest.raises(Denied):
        settings.change(path, {"witness": True})
    assert path.read_text() == 'network = "test-x\n'


def test_a_text_that_only_looks_like_a_setting_is_not_taken_for_one(path):
    text = 'ranking = """\nwitness = false\n"""\n'
    path.write_text(text)
    with pytest.raises(Denied) as caught:
        settings.change(path, {"witness": True})
    assert caught.value.code == "bad-config"
    assert path.read_text() == text


@given(st.text(max_size=40))
def test_any_text_is_written_as_what_it_is(text):
    try:
        text.encode()
    except UnicodeEncodeError:
        return
    assert settings._parsed(settings._with(TEXT, "ranking", text))["ranking"] == text
