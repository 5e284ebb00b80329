"""What holds for every test: the same examples on every machine, the longest files first, and nothing compiled twice.

`pytest --hypothesis-profile=roam` looks elsewhere each time, and further; it prints what reproduces a failure.
"""

import gc
import os
import shutil
import sys
import tempfile
from pathlib import Path

from hypothesis import settings

settings.register_profile("freehold", derandomize=True, deadline=None, print_blob=True)
settings.register_profile("roam", derandomize=False, deadline=None, print_blob=True, max_examples=1_000)
settings.load_profile("freehold")

# Three workers and a few hundred processes import the same files; machines on which Python is told to write no bytecode
# (images of containers are) would compile them every time: a fifth of the run. It lands in git-ignored folders.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False


def _in_memory(folder, room):
    """Whether files can be kept there instead of on a disk."""
    return folder.is_dir() and shutil.disk_usage(folder).free > room and not os.statvfs(folder).f_flag & os.ST_NOEXEC


# Hundreds of stores make sure of every commit, and would wait for the disk each time. Tests of what a disk or a power
# cut does to a store bring their own; TMPDIR=/tmp has everything on the disk.
_RAM, _ROOM_BYTES = Path("/dev/shm"), 2 * 1024**3
if "TMPDIR" not in os.environ and _in_memory(_RAM, _ROOM_BYTES):
    os.environ["TMPDIR"] = str(_RAM)
    tempfile.tempdir = None  # whoever asked before this does not decide it

_TESTS = Path(__file__).parent
_FIRST = ("e2e/test_up.py", "e2e/test_demo.py", "transcripts", "e2e", "node/store", "hostile", "simulation")
"""What takes long as one file, the longest first: whoever began it last would be busy when others are done."""

_COSTLY_TO_COLLECT = _TESTS / "e2e/browser/test_description.py"
"""Schemathesis thinks up its questions while it collects, which takes every worker six seconds."""


def pytest_ignore_collect(collection_path, config):
    """Leave alone what this run would deselect afterwards, test by test."""
    return (collection_path == _COSTLY_TO_COLLECT and "not slow" in config.option.markexpr) or None


def pytest_collection():
    """What is imported and collected stays until the end: nothing of it is garbage."""
    gc.disable()


def pytest_collection_finish():
    """Look for garbage only in what tests leave; in everything, that took a fifth of their time."""
    gc.freeze()
    gc.enable()


def pytest_collection_modifyitems(items):
    """Order the files; the tests within each stay as they are."""
    items.sort(key=lambda item: _rank(item.path.relative_to(_TESTS)))


def _rank(path):
    return next((rank for rank, first in enumerate(_FIRST) if path.is_relative_to(first)), len(_FIRST))
