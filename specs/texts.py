"""The page's texts for its translators: `python specs/texts.py` brings every catalogue up to date.

They are what the page itself says (`_`, `N_` and the like in `node/api/page/`), what the node says in front of it
(`sentences.py`: errors, findings, notices; their values stand in braces), and what codes of errors mean.

New texts come in empty, texts that nobody uses any more go, translations stay. For a new language: copy `de.po`, change
its header, empty the translations. `--check` only says what is missing.
"""

from __future__ import annotations

import re
import sys
from functools import cache
from pathlib import Path
from typing import Any

if not __package__:  # run as a file: its neighbours are found from the top of the repository
    sys.path[0] = str(Path(__file__).parent.parent)

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from freehold.protocol.codes import MEANINGS
from specs import sentences
from specs.sentences import Text

PAGE = Path(__file__).parent.parent / "node" / "api" / "page"
_METHODS = [("**.py", "python"), ("**.html", "jinja2.ext:babel_extract")]
_KEYWORDS: dict[str, Any] = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2), "n": (1, 2), "text": None}
_OPTIONS = {"**.html": {"trimmed": "true", "silent": "false", "extensions": "jinja2.ext.i18n"}}
_IN_BRACES = re.compile(r"\{(\w+)\}")


@cache
def used() -> dict[Text, list[str]]:
    """Every text of the page, with the files that it stands in."""
    found: dict[Text, list[str]] = {}
    for name, _, message, _, _ in extract_from_dir(str(PAGE), _METHODS, _OPTIONS, _KEYWORDS):
        one, many = message if isinstance(message, tuple) else (message, "")
        _add(found, (one, many or ""), name)
    for text, places in said().items():
        for place in places:
            _add(found, text, place)
    return found


@cache
def said() -> dict[Text, list[str]]:
    """Every sentence that a node says in front of the page, with the files that it stands in."""
    return sentences.said() | {(meaning, ""): ["protocol/codes.py"] for meaning in MEANINGS.values()}


def _add(found: dict[Text, list[str]], text: Text, place: str) -> None:
    places = found.setdefault(text, [])
    if place not in places:
        places.append(place)


def translated(path: Path) -> dict[Text, tuple[str, ...]]:
    """What a catalogue says."""
    with path.open("rb") as file:
        catalogue: Any = read_po(file)
    found: dict[Text, tuple[str, ...]] = {}
    for message in catalogue:
        if message.id and not message.fuzzy:
            several = isinstance(message.id, (list, tuple))
            key = (message.id[0], message.id[1]) if several else (message.id, "")
            found[key] = tuple(message.string) if several else (message.string,)
    return found


def written(path: Path) -> str:
    """A catalogue with exactly the texts that are used."""
    known = translated(path)
    header = path.read_text("utf-8").split("\n\n", 1)[0].rstrip()
    return catalogue(header, {text: known.get(text, ()) for text in used()})


def catalogue(header: str, translations: dict[Text, tuple[str, ...]]) -> str:
    """The file of a catalogue that translates every text that is used."""
    texts = sorted(used().items())
    return "\n\n".join([header, *(_entry(text, places, translations[text]) for text, places in texts)]) + "\n"


def _entry(text: Text, places: list[str], translations: tuple[str, ...]) -> str:
    one, many = text
    lines = [f"#: {' '.join(places)}"]
    if text in said() and _IN_BRACES.search(one + many):
        lines.append("#, python-brace-format")
    lines.append(f"msgid {_quoted(one)}")
    if many:
        lines.append(f"msgid_plural {_quoted(many)}")
        return "\n".join(lines + [f"msgstr[{n}] {_quoted(found)}" for n, found in enumerate(translations or ("", ""))])
    return "\n".join([*lines, f"msgstr {_quoted(translations[0] if translations else '')}"])


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t") + '"'


def main() -> int:
    """Bring the catalogues up to date, or (`--check`) say whether they are."""
    stale = 0
    for path in sorted((PAGE / "languages").glob("*.po")):
        text = written(path)
        missing = [one for (one, _), found in translated(path).items() if not all(found)]
        stale += text != path.read_text("utf-8")
        if "--check" not in sys.argv[1:]:
            path.write_text(text, "utf-8")
            missing = [one for (one, _), found in translated(path).items() if not all(found)]
        print(f"{path.name}: {len(missing)} to translate", *missing, sep="\n  ")  # noqa: T201
    return stale if "--check" in sys.argv[1:] else 0


if __name__ == "__main__":
    sys.exit(main())
