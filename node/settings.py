"""config.toml changed by the node: one value at a time, comments kept, written whole or not at all."""

from __future__ import annotations

import hashlib
import tomllib
from typing import TYPE_CHECKING, Any, cast

import msgspec

from . import choices, config, plugins
from .core.desk import Denied
from .folder import replace

if TYPE_CHECKING:
    from pathlib import Path

    from .core.desk import Desk

AT_ONCE = frozenset(("witness", "stamp_ask", "stamp_pay", "fold_stamp", "fold_languages", "fold_copies", "fold_short"))
"""Settings that the node goes by from the moment they are changed; for the others it must be started again."""


def shown(path: Path) -> dict[str, Any]:
    """Every setting, defaults included, but for the secret in `store_url`. Raises Denied `bad-config`."""
    return config.masked(msgspec.to_builtins(config.load(path)))


def change(path: Path, changes: dict[str, Any]) -> dict[str, Any]:
    """Change values; the settings afterwards. Raises Denied (`no-such-setting`, `bad-config`): nothing is changed."""
    unknown = sorted(set(changes) - {field.name for field in msgspec.structs.fields(config.Config)})
    if unknown:
        raise Denied("no-such-setting", f"there is no setting {unknown[0][:80]!r}", "see: freehold config show")
    changes = {name: _as_written(value) for name, value in changes.items()}
    before = path.read_text("utf-8") if path.exists() else ""
    wanted = _parsed(before) | changes
    text = before
    for name, value in changes.items():
        text = _with(text, name, value)
    if _parsed(text) != wanted:
        raise Denied("bad-config", f"{path} is written in a way that only its owner can change", "edit the file")
    config.read(text, path)
    replace(path, text.encode())
    return shown(path)


def take_up(desk: Desk, found: config.Config) -> None:
    """Make a desk go by the settings that hold `AT_ONCE`."""
    desk.witness = found.witness
    desk.postage, desk.taste = choices.postage(found), choices.taste(found)


def check(path: Path) -> dict[str, Any]:
    """Every setting that a file gives, if a node could start with it. Raises Denied."""
    found = config.load(path)
    plugins.ranking(found.ranking)
    plugins.triage(found.triage)
    return msgspec.to_builtins(found)


def take(path: Path, edited: Path, was: str) -> dict[str, Any]:
    """Put an edited copy in the place of config.toml, whose SHA-256 `was` this when it was copied; the settings.

    Raises Denied (`bad-config`, `config-changed`, ...): nothing is changed.
    """
    found = check(edited)
    if hashlib.sha256(path.read_bytes() if path.exists() else b"").hexdigest() != was:
        raise Denied("config-changed", f"{path} was changed while you edited a copy of it", "compare the two by hand")
    replace(path, edited.read_bytes())
    return found


def _as_written(value: Any) -> Any:  # noqa: ANN401
    """A value as it is read from the file again: the API brings lists as tuples."""
    return list(cast("tuple[object, ...]", value)) if isinstance(value, tuple) else value


def _parsed(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise Denied("bad-config", f"config.toml: {error}", "correct the file first") from error


def _with(text: str, name: str, value: Any) -> str:  # noqa: ANN401
    """The text with one assignment written again where it stands, else at its end."""
    lines = text.splitlines(keepends=True)
    written = msgspec.json.encode(value).decode().replace("\x7f", "\\u007f")  # apart from that, TOML as well
    assignment = f"{name} = {written}\n"
    for start, line in enumerate(lines):
        if line.partition("=")[0].strip() != name or "=" not in line:
            continue
        for end in range(start + 1, len(lines) + 1):
            try:
                tomllib.loads("".join(lines[start:end]))
            except tomllib.TOMLDecodeError:
                continue  # its value goes on in the next line
            return "".join([*lines[:start], assignment, *lines[end:]])
    ended = text if not text or text.endswith("\n") else text + "\n"
    return ended + assignment
