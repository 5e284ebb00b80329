"""A node that is stopped while somebody waits for it to be ready."""

import subprocess
import sys

import pytest

from freehold.cli.errors import Trouble
from freehold.cli.starting import NodeProcess


@pytest.mark.parametrize("closed", [False, True])
def test_who_waits_for_a_node_that_another_thread_has_stopped_is_told_at_once(closed):
    node = NodeProcess.__new__(NodeProcess)
    node._pending = b""
    node._process = subprocess.Popen(
        [sys.executable, "-c", "input()"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    if closed:
        node.stop()
    else:
        node._process.kill()
        node._process.wait()
    with pytest.raises(Trouble, match="ended before it was ready"):
        node._hear(60)
    node.stop()
