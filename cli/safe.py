"""What came from other people, made harmless for a terminal."""

from __future__ import annotations

import unicodedata

_KEPT = frozenset("\n\t")
_DROPPED = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Controls (C0, DEL, C1), invisible formatting (bidi, zero-width), surrogates, and Unicode's own line breaks."""
_FIRST_TAG, _LAST_TAG = "\U000e0000", "\U000e0fff"
"""Tags and the variation selectors beside them: never visible, so a second text can hide there."""


def safe_text(text: str) -> str:
    """The text without characters that steer a terminal or hide what is shown; line breaks and tabs stay."""
    return "".join(c for c in text if c in _KEPT or _is_harmless(c))


def safe_line(text: str) -> str:
    """The same on one line, for a cell of a table: every run of white space becomes one space."""
    return " ".join(safe_text(text).split())


def _is_harmless(character: str) -> bool:
    return unicodedata.category(character) not in _DROPPED and not _FIRST_TAG <= character <= _LAST_TAG
