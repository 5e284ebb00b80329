"""A stranger's record kind: installed from a distribution of its own, found by entry point, used like ours."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from freehold.node import plugins

if TYPE_CHECKING:
    from pathlib import Path

_RUN_S = 60

_SIGN_PACK_OPEN = """
from freehold.node import plugins
from freehold.protocol import topics
from freehold.protocol.envelope import pack, seal, unpack
from freehold.protocol.errors import Malformed, NotAllowed
from freehold.protocol.keylog import incept
from freehold.protocol.identity import Root

kind = plugins.registry()["org.example.portfolio/1"]
signer, _ = incept(Root(bytes(32)), 1, "test-market")
body = kind.body(title="The sign of a bakery", year=2024, links=("https://example.org/sign",))
record = unpack(pack(seal(kind.draft(body, 5, slot=bytes(16)), "test-market", signer)))
assert kind.open(record) == body
assert plugins.registry().topic(kind.name) == topics.OTHER

def refused(error, body, slot):
    try:
        kind.open(unpack(pack(seal(kind.draft(body, 5, slot=slot), "test-market", signer))))
    except error as reason:
        return str(reason)
    raise SystemExit("it was taken")

print(refused(NotAllowed, kind.body("A sign", 2024, ("http://example.org",)), bytes(16)))
print(refused(NotAllowed, body, bytes(3)))
print(refused(Malformed, kind.body("A sign", 1066), bytes(16)))
"""


def python(code: str, plugin_path: Path | None) -> subprocess.CompletedProcess[str]:
    """Run a program in a process of its own, with or without the stranger's distribution."""
    environment = os.environ | ({"PYTHONPATH": str(plugin_path)} if plugin_path else {})
    command = [sys.executable, "-W", "error", "-c", code]
    return subprocess.run(command, capture_output=True, text=True, timeout=_RUN_S, check=False, env=environment)


def test_its_kind_signs_packs_opens_and_keeps_its_own_rules(plugin_path: Path) -> None:
    done = python(_SIGN_PACK_OPEN, plugin_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "a link begins with https://",
        "a piece of work fills a slot of 16 bytes",
        "year is not a whole number from 1900 to 2200",
    ]


def test_without_the_distribution_the_kind_is_not_known() -> None:
    assert "org.example.portfolio/1" not in plugins.registry()
    done = python(_SIGN_PACK_OPEN, None)
    assert done.returncode == 1
    assert "kind org.example.portfolio/1 is not known here" in done.stderr


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("PORTFOLIO = 5", "neither a Kind nor a list of Kinds"),
        ("import no_such_module_anywhere", "ModuleNotFoundError"),
        ("from freehold.protocol.kinds.offer import OFFER as PORTFOLIO", "it defines offer/1 again"),
    ],
)
def test_a_broken_distribution_is_named_and_said_how_to_be_rid_of(
    plugin_path: Path, tmp_path: Path, line: str, said: str
) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(plugin_path, broken, ignore=shutil.ignore_patterns("__pycache__"))
    (broken / "example_portfolio.py").write_text(line + "\n", encoding="utf-8")
    code = "from freehold.node import plugins\ntry:\n    plugins.registry()\nexcept plugins.Denied as denied:\n"
    done = python(f"{code}    print(denied.code, denied.what, denied.hint, sep='|')\n", broken)
    code, what, hint = done.stdout.strip().split("|")
    assert code == "broken-plugin"
    assert said in what
    assert "pip uninstall example-portfolio" in hint
