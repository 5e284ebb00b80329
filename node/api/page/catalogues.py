"""The page's languages: gettext catalogues (`languages/*.po`), read as they are; a further file is a further language.

English is what stands in templates and code. Texts whose place is outside of the page (`#: node/...`) are what the node
says in front of it: see `retelling`. Headers of our own say what numbers look like: `X-Name`, `X-Decimal`,
`X-Group`, and `X-Direction: rtl`.
"""

from __future__ import annotations

import ast
import gettext
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

FOLDER = Path(__file__).with_name("languages")
Text = tuple[str, str]
"""A text for one thing, and for many ("" for a text without a number)."""
_SAID = re.compile(r"^#:.*[: ](?:node|protocol)/", re.MULTILINE)
_LINE = re.compile(r'(?:(msgctxt|msgid|msgid_plural|msgstr(?:\[\d\])?)\s+)?("(?:[^"\\]|\\.)*")')
_ONE_OR_MANY = "nplurals=2; plural=(n != 1);"


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One language: its tag, its name in itself, how it writes numbers, and its texts."""

    tag: str
    name: str
    decimal: str = "."
    group: str = ","
    direction: str = "ltr"
    texts: dict[tuple[str, int], str] = field(default_factory=dict[tuple[str, int], str])
    said: tuple[Text, ...] = ()
    """Of them, the node's own sentences, with names in braces where their values stand."""
    plural: Callable[[int], int] = lambda count: int(count != 1)

    def gettext(self, message: str) -> str:
        """The text in this language, else in English."""
        return self.texts.get((message, 0), message)

    def ngettext(self, one: str, many: str, count: int) -> str:
        """The text for a number of things."""
        return self.texts.get((one, self.plural(count)), one if count == 1 else many)


ENGLISH = Catalogue("en", "English")


def load(folder: Path = FOLDER) -> dict[str, Catalogue]:
    """All languages by tag, English first."""
    found = {path.stem: read(path.stem, path.read_text("utf-8")) for path in sorted(folder.glob("*.po"))}
    return {ENGLISH.tag: ENGLISH, **found}


def read(tag: str, text: str) -> Catalogue:
    """A catalogue from the text of its file; what is not translated, or only guessed (fuzzy), is left out."""
    texts: dict[tuple[str, int], str] = {}
    said: list[Text] = []
    for entry in re.split(r"\n\s*\n", text):
        fields = _fields(entry)
        if "msgid" not in fields or (fields["msgid"] and re.search(r"^#,.*\bfuzzy\b", entry, re.MULTILINE)):
            continue
        if _SAID.search(entry):
            said.append((fields["msgid"], fields.get("msgid_plural", "")))
        for name, value in fields.items():
            if name.startswith("msgstr") and value:
                texts[fields["msgid"], int(name[7:-1] or 0) if "[" in name else 0] = value
    headers = dict(line.split(": ", 1) for line in texts.pop(("", 0), "").splitlines() if ": " in line)
    return Catalogue(
        tag,
        headers.get("X-Name", tag),
        headers.get("X-Decimal", "."),
        headers.get("X-Group", ",").replace("space", "\N{NARROW NO-BREAK SPACE}"),
        headers.get("X-Direction", "ltr"),
        texts,
        tuple(said),
        gettext.c2py(_plural(headers.get("Plural-Forms", _ONE_OR_MANY))),  # type: ignore[attr-defined]
    )


def _fields(entry: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    name = ""
    for line in entry.splitlines():
        found = _LINE.fullmatch(line.strip())
        if found is None:
            continue
        name = found[1] or name
        fields[name] = fields.get(name, "") + str(ast.literal_eval(found[2]))
    return fields


def _plural(header: str) -> str:
    return header.partition("plural=")[2].strip().rstrip(";")


def wanted(accepts: str, known: dict[str, Catalogue]) -> str:
    """The tag of the first language of an Accept-Language header that is known, by its weights; else English."""
    weighed: list[tuple[float, str]] = []
    for one in accepts[:500].split(","):
        tag, _, rest = one.strip().partition(";")
        found = re.fullmatch(r"\s*q=([01](?:\.\d{0,3})?)\s*", rest)
        weighed.append((float(found[1]) if found else 1.0, tag.strip().lower()))
    for _, tag in sorted(weighed, key=lambda pair: -pair[0]):
        for candidate in (tag, tag.partition("-")[0]):
            if candidate in known:
                return candidate
    return ENGLISH.tag
