"""What a node never uses of libp2p is not loaded with it, and whatever asks for it is told so."""

import subprocess
import sys

import pytest

from freehold.node.net import lean

NEVER_USED = {"aioquic", "trio_websocket", "zeroconf", "httpx", "requests", "libp2p.relay"}
SHOW = f"import sys; print(*sorted({NEVER_USED} & sys.modules.keys()))"


def loaded_by(imports: str) -> set[str]:
    done = subprocess.run([sys.executable, "-c", f"{imports}\n{SHOW}"], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_a_node_loads_none_of_it():
    assert loaded_by("import freehold.node.net.libp2p") == set()


def test_the_library_alone_loads_it_so_that_there_is_something_to_leave_out():
    assert loaded_by("import libp2p") == NEVER_USED


@pytest.mark.parametrize("name", sorted(name for names in lean.LEFT_OUT.values() for name in names))
def test_what_stands_for_it_cannot_be_used(name):
    with pytest.raises(NotImplementedError, match=f"{name} is left out"):
        lean.stand_in(name)()
