"""What the node says in English (errors, findings, notices), in the reader's language.

The node and the command speak English everywhere, and what was said may have been kept or sent before a page shows it.
So a page recognises a sentence by the templates of its catalogue: `there are {most} tokens already`. Its values stay as
they are, unless one is a sentence or a word of the protocol itself. What is not recognised stays English, and is marked
as such. Matching looks for fixed letters only, in a bounded part of the sentence: values may be anybody's.
"""

from __future__ import annotations

import re
from functools import cached_property
from operator import itemgetter
from typing import TYPE_CHECKING

from . import acts, terms
from .terms import S_

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .catalogues import Catalogue, Text

LETTERS = 2_000
"""Longer is no sentence of ours."""
_DEEP = 4
"""Sentences within sentences: `this offer cannot be published: ...`, `title has ...`, `title`."""
_LEAST, _SURE = 5, 9
"""Fixed letters by which a sentence is recognised, and a value within one as a sentence too."""
_STEPS = 200
"""Sentences and values looked at for one sentence: enough for all of ours, and some milliseconds for a hostile one."""
Told = tuple[int, str]
_VALUE = re.compile(r"\{(\w+)\}")
_WORDS = frozenset({"state", "role", "who", "debtor", "what", "needed", "held"})
"""Values that are words of the protocol."""
_ENTRY = "word"
"""A value that is the kind of an entry in a contract."""
_FIELDS = frozenset({"field", "name", "name_2", "place"})
"""Values that are names of fields."""
_UNREADABLE = (
    S_("Expected `{type}` of length <= {most} - at `$.{place}`"),
    S_("Expected `{type}` of length >= {least} - at `$.{place}`"),
    S_("Expected `{type}` <= {most} - at `$.{place}`"),
    S_("Expected `{type}` >= {least} - at `$.{place}`"),
    S_("Expected `{type}`, got `{got}` - at `$.{place}`"),
    S_("Expected `{type}` matching regex {pattern} - at `$.{place}`"),
    S_("Invalid enum value {value} - at `$.{place}`"),
    S_("Object missing required field `{name}`"),
    S_("Object missing required field `{name}` - at `$.{place}`"),
    S_("Object contains unknown field `{name}`"),
    S_("Object contains unknown field `{name}` - at `$.{place}`"),
)
"""How msgspec says what is wrong with a request."""
_SYSTEM = (
    S_("No such file or directory"),
    S_("Permission denied"),
    S_("No space left on device"),
    S_("Is a directory"),
    S_("Not a directory"),
    S_("File exists"),
    S_("Read-only file system"),
    S_("Input/output error"),
    S_("Address already in use"),
    S_("Cannot assign requested address"),
)
"""How the system says why a file or an address cannot be used."""


class _Template:
    """A sentence with gaps for values."""

    def __init__(self, text: str, entry: Text) -> None:
        self.entry = entry
        parts = _VALUE.split(text)
        self.fixed = parts[::2]
        self.names = parts[1::2]
        self.letters = sum(map(len, self.fixed))

    def values(self, sentence: str) -> dict[str, str] | None:
        """What stands in the gaps of a sentence; None for another sentence."""
        first, *between, last = self.fixed
        if len(sentence) < self.letters or not sentence.startswith(first) or not sentence.endswith(last):
            return None
        end = len(sentence) - len(last)
        found, at = list[str](), len(first)
        for fixed in between:
            place = sentence.find(fixed, at + 1, end)
            if place < 0:
                return None
            found.append(sentence[at:place])
            at = place + len(fixed)
        found.append(sentence[at:end])
        return dict(zip(self.names, found, strict=True)) if all(found) else None


class Retelling:
    """How one language says what the node says."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._c = catalogue

    def __call__(self, sentence: str) -> str | None:
        """The sentence in this language; None if it is not known."""
        if not self._c.said:
            return sentence
        told = _Telling(self, self._c).sentence(sentence, _LEAST)
        return None if told is None else told[1]

    @cached_property
    def plain(self) -> frozenset[str]:
        """Sentences without values."""
        return frozenset(one for one, many in self._c.said if not many and not _VALUE.search(one))

    @cached_property
    def templates(self) -> list[_Template]:
        """The others, those with the most fixed letters first."""
        found = [_Template(text, entry) for entry in self._c.said for text in entry if _VALUE.search(text)]
        return sorted(found, key=lambda one: (-one.letters, len(one.names)))


class _Telling:
    """One sentence, told once. Of the ways to read it the one counts that knows the most letters of it."""

    def __init__(self, retelling: Retelling, catalogue: Catalogue) -> None:
        self._r, self._c, self._steps = retelling, catalogue, _STEPS

    def sentence(self, sentence: str, least: int, deep: int = 0) -> Told | None:
        """How many letters of a sentence are known, and the sentence in this language."""
        self._steps -= 1
        if len(sentence) > LETTERS or deep > _DEEP or self._steps < 0:
            return None
        if sentence in self._r.plain:
            return len(sentence), self._c.gettext(sentence)
        ways = [self._placed(sentence, deep)]
        for template in self._r.templates:
            if template.letters < least:
                break
            values = template.values(sentence)
            if values is not None:
                ways.append(self._filled(template, values, deep))
        return max((way for way in ways if way is not None), key=itemgetter(0), default=None)

    def _placed(self, sentence: str, deep: int) -> Told | None:
        """`config.toml: line 7: ...`: where it is, and what is wrong there."""
        place, mark, rest = sentence.partition(": ")
        told = self.sentence(rest, _LEAST, deep + 1) if mark and place else None
        if told is None:
            return None
        known, shown = self._value("place", place, deep)
        return told[0] + known, f"{shown}: {told[1]}"

    def _filled(self, template: _Template, values: Mapping[str, str], deep: int) -> Told:
        one, many = template.entry
        count = values.get("n", "")
        number = int(count) if count.isascii() and count.isdigit() else 1
        text = self._c.ngettext(one, many, number) if many else self._c.gettext(one)
        told = {name: self._value(name, value, deep) for name, value in values.items()}
        known = template.letters + sum(letters for letters, _ in told.values())
        return known, _VALUE.sub(lambda gap: told.get(gap[1], (0, gap[0]))[1], text)

    def _value(self, name: str, value: str, deep: int) -> Told:
        if name in _WORDS and value in terms.TERMS:
            return len(value), self._c.gettext(terms.TERMS[value])
        if name == _ENTRY and (act := acts.of_entry(value)) is not None:
            return len(value), self._c.gettext(act.label)
        if name in _FIELDS and value in terms.FIELDS:
            return len(value), self._c.gettext(terms.FIELDS[value])
        told = None if value[:1] in "'\"" else self.sentence(value, _SURE, deep + 1)
        if told is None and self._c.direction == "rtl":
            return 0, f"\N{FIRST STRONG ISOLATE}{value}\N{POP DIRECTIONAL ISOLATE}"
        return told or (0, value)
