"""Names of files. They come from other people: what is made of them here can be written on anybody's machine, into the
folder that was meant, and looks like what it is."""

from __future__ import annotations

import re
import unicodedata

NAME_CHARACTERS = 200
"""What a record holds of a name."""
NAME_BYTES = 200
"""File systems take 255; a number may have to stand beside it."""
ENDING_CHARACTERS = 16
NAMELESS = "file"
_PLACES = re.compile(r"[/\\]")
_FORBIDDEN = re.compile(r'[<>:"|?*$`%]')
"""Not on Windows, or not in a shell."""
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Controls, what steers the direction of a text or is not seen, and what no font has."""
_DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin_|conout_)", re.IGNORECASE)
_UNSEEN = ("\u115f", "\u1160", "\u3164", "\uffa0", "\u2800")
"""Letters and signs that are drawn as nothing."""


def safe_name(name: str) -> str:
    """The last part of a path as a name that can be written everywhere; what is not so is left out or becomes `_`.

    The same again is the same. Never empty, never `.`, no separator, no control or direction character, no device of
    Windows, no leading dot or dash; at most `NAME_CHARACTERS` and `NAME_BYTES`, its ending kept.
    """
    name = unicodedata.normalize("NFC", _PLACES.split(name)[-1][: 8 * NAME_CHARACTERS])
    shown = "".join(c for c in name if unicodedata.category(c) not in _HIDDEN and c not in _UNSEEN)
    whole = _FORBIDDEN.sub("_", " ".join(shown.split())).strip(" .")
    stem, dot, ending = whole.rpartition(".")
    if not dot or len(ending) > ENDING_CHARACTERS:
        stem, dot, ending = whole, "", ""
    stem = _cut(stem, NAME_CHARACTERS - len(dot + ending) - 1, NAME_BYTES - len((dot + ending).encode()) - 1)
    stem = stem.strip(" .")
    if stem.startswith("-") or _DEVICES.fullmatch(stem.partition(".")[0].strip()):
        stem = "_" + stem
    return unicodedata.normalize("NFC", (stem or NAMELESS) + dot + ending)


def _cut(text: str, characters: int, in_bytes: int) -> str:
    return text[:characters].encode()[:in_bytes].decode("utf-8", "ignore")
