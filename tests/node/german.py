"""A fixture for conftest.py: whatever error a test provokes in the node can be read in German."""

import sys
from pathlib import Path

import pytest

from freehold.node.api.page.paper import Paper
from freehold.node.core.desk import Denied

NODE = str(Path(__file__).parent.parent.parent / "node")


@pytest.fixture(autouse=True)
def errors_are_known_in_german(monkeypatch):
    """Errors that the node made while the test ran; those of the tests' own stand-ins are not looked at."""
    found: set[str] = set()
    make = Denied.__init__

    def noted(self: Denied, code: str, what: str, hint: str = "") -> None:
        make(self, code, what, hint)
        if str(Path(sys._getframe(1).f_code.co_filename).resolve()).startswith(NODE):
            found.update(filter(None, (what, hint)))

    monkeypatch.setattr(Denied, "__init__", noted)
    yield
    retold = Paper.shared().words("de").retold
    assert [sentence for sentence in found if retold(sentence) is None] == [], "run: python specs/texts.py"
