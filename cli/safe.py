"""What came from other people, made harmless for a terminal."""

from __future__ import annotations

import unicodedata

_KEPT = frozenset("\n\t")
_DROPPED = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Controls (C0, DEL, C1), invisible formatting (bidi, zero-width, tags), surrogates, and Unicode's own line breaks."""


def safe_text(text: str) -> str:
    """The text without characters that steer a terminal or hide what is shown; line breaks and tabs stay."""
    return "".join(c for c in text if c in _KEPT or unicodedata.category(c) not in _DROPPED)


def safe_line(text: str) -> str:
    """The same on one line, for a cell of a table: every run of white space becomes one space."""
    return " ".join(safe_text(text).split())
