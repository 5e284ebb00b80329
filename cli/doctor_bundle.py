"""A file for bug reports: what is safe to show to anybody, chosen by name; everything else stays here."""

from __future__ import annotations

import io
import json
import os
import platform
import re
import tarfile
from collections import Counter
from importlib.metadata import version
from typing import TYPE_CHECKING

from .bundle_files import write
from .folder import LOG_NAME
from .words import items

if TYPE_CHECKING:
    from pathlib import Path

    from .client import Json

_LOG_BYTES = 4 * 1024 * 1024
_FRAMES = re.compile(r'File "[^"]*?freehold/([a-z0-9_/]+\.py)", line ([0-9]+)')
_LEVELS = ("debug", "info", "warning", "error", "critical")
_LOGGER = re.compile(r"(freehold|libp2p|py)[a-z0-9_.]{0,100}")
_WORD = re.compile(r"[a-z-]{1,40}")


def write_bundle(path: Path, folder: Path, found: Json) -> None:
    """Write it, for its owner alone. Raises Trouble."""
    report = {"versions": _versions(), "findings": _findings(found)}
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as archive:
        for name, content in (("report.json", report), ("log.json", _log(folder / LOG_NAME))):
            raw = (json.dumps(content, indent=1) + "\n").encode()
            entry = tarfile.TarInfo(f"freehold-report/{name}")
            entry.size = len(raw)
            archive.addfile(entry, io.BytesIO(raw))
    write(path, data.getvalue())


def _versions() -> dict[str, str]:
    ours = {name: version(name) for name in ("freehold", "libp2p", "trio")}
    return ours | {"python": platform.python_version(), "system": f"{platform.system()} {platform.machine()}"}


def _findings(found: Json) -> list[dict[str, str]]:
    """Names and states. Their words quote settings and paths."""
    pairs = ((str(one.get("check")), str(one.get("state"))) for one in items(found, "findings"))
    return [{"check": check, "state": state} for check, state in pairs if _WORD.fullmatch(check + state)]


def _log(path: Path) -> dict[str, list[object]]:
    """How often what kind of line was logged from where, and where in the program mistakes were made. No message: those
    quote what peers sent."""
    counts: Counter[tuple[str, str]] = Counter()
    mistakes: Counter[str] = Counter()
    for line in _tail(path):
        try:
            entry: object = json.loads(line)
        except ValueError:
            continue
        if not isinstance(entry, dict):
            continue
        fields = {str(key): str(value) for key, value in entry.items()}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
        level, source = fields.get("level", ""), fields.get("from", "")
        if level in _LEVELS and _LOGGER.fullmatch(source):
            counts[level, source] += 1
        frames = _FRAMES.findall(fields.get("traceback", ""))
        if frames:
            mistakes[" > ".join(f"{file}:{number}" for file, number in frames)] += 1
    return {
        "lines": [[level, source, count] for (level, source), count in sorted(counts.items())],
        "mistakes": [[frames, count] for frames, count in mistakes.most_common(50)],
    }


def _tail(path: Path) -> list[str]:
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - _LOG_BYTES))
            return file.read(_LOG_BYTES).decode("ascii", "replace").splitlines()
    except OSError:
        return []
