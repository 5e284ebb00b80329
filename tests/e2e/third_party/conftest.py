"""The stranger's distribution, built as a wheel and installed where only those who ask for it find it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent / "portfolio"
_INSTALL_S = 120


@pytest.fixture(scope="session")
def plugin_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory for PYTHONPATH with the distribution in it, entry points and all. Nothing is downloaded."""
    root = tmp_path_factory.mktemp("third_party")
    source, target = root / "source", root / "installed"
    shutil.copytree(SOURCE, source, ignore=shutil.ignore_patterns("__pycache__"))
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--no-build-isolation"]
    done = subprocess.run(
        [*command, "--no-cache-dir", "--disable-pip-version-check", "--target", str(target), str(source)],
        capture_output=True,
        text=True,
        timeout=_INSTALL_S,
        check=False,
        env={name: value for name, value in os.environ.items() if not name.startswith("PIP_")},
    )
    assert done.returncode == 0, done.stderr
    return target
