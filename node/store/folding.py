"""Text of any language as words for the index and for queries: both sides fold alike, so both sides meet.

Case, accents, widths and ligatures are levelled. Scripts that are written without spaces (and Korean, which glues
particles to words) become one word per character; several of them in a row are searched as a phrase, which finds
exactly the texts that contain them.
"""

from __future__ import annotations

import re
import unicodedata

RULES = f"2, Unicode {unicodedata.unidata_version}"
"""Changes whenever some text would fold differently or other marks are made: the index is then built again."""

_ALONE = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Burmese, Khmer
    "\u3005-\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3105-\u312f\u31f0-\u31ff"  # kana, bopomofo
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff\uac00-\ud7af"  # Han, Hangul
)
_RIDERS = (
    "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece\u17b4-\u17d3\u17dd"
    "\u102b-\u103e\u1056-\u1059\u105e-\u1060\u1062-\u1064\u1067-\u106d\u1071-\u1074\u1082-\u108d\u108f\u109a-\u109d"
)
"""Vowel signs and tone marks: part of the character before them."""
_INDIC = "\u0900-\u0963\u0966-\u0dff"
"""Word characters whatever Python's regular expressions say: `\\w` leaves vowel signs out."""
_ACCENTS = re.compile("[\u0300-\u036f\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670]")
"""Latin, Greek and Cyrillic accents, Hebrew points, Arabic vowel signs and the stretching stroke."""
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})
"""Letters with strokes and ligatures, which Unicode does not take apart."""

_PLAIN = bytes(ord(chr(byte).lower()) if chr(byte).isalnum() else ord(" ") for byte in range(128)).ljust(256)
_MOST_LETTERS = 64
_ASCII_WORD = re.compile(r"[a-z0-9]{1,64}[+#]{0,2}")
_WORD = re.compile(rf"[{_ALONE}][{_RIDERS}]{{0,8}}|(?:(?![{_ALONE}])(?:[^\W_]|[{_INDIC}])){{1,64}}[+#]{{0,2}}")
"""Longer words are taken apart, on both sides."""


def words(text: str) -> list[str]:
    """The folded words of a text. `C++` and `C#` are words; every other sign separates."""
    if text.isascii() and "+" not in text and "#" not in text:  # most texts, at half the cost
        found = text.encode().translate(_PLAIN).decode().split()
        if len(text) <= _MOST_LETTERS or max(map(len, found), default=0) <= _MOST_LETTERS:
            return found
    return _ASCII_WORD.findall(text.lower()) if text.isascii() else _WORD.findall(_level(text))


def folded(text: str) -> str:
    """The words of a text with single spaces between them."""
    return " ".join(words(text))


def mark(sort: str, text: str) -> str | None:
    """One word for a whole skill or language, such as `skill_node_js`; None if nothing of it is left by folding."""
    parts = words(text)
    return f"{sort}_{'_'.join(parts)}" if parts else None


def _level(text: str) -> str:
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return unicodedata.normalize("NFC", _ACCENTS.sub("", apart).translate(_LETTERS))
