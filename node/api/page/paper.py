"""Templates: one Jinja environment a language, escaping always on, unknown names an error."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jinja2

from . import catalogues
from .assets import Assets
from .words import Words

if TYPE_CHECKING:
    from .catalogues import Catalogue

FOLDER = Path(__file__).with_name("templates")


class Paper:
    """What pages are written on."""

    def __init__(self) -> None:
        self.assets = Assets()
        self.languages = catalogues.load()
        self._environments: dict[str, jinja2.Environment] = {}
        self._words = {tag: Words(catalogue) for tag, catalogue in self.languages.items()}

    @classmethod
    @cache
    def shared(cls) -> Paper:
        """The one that is read from the installation: it changes only with the program."""
        return cls()

    def write(self, language: str, template: str, values: dict[str, Any]) -> str:
        """A template in a language, filled in."""
        return self.environment(language).get_template(template).render(values)

    def words(self, language: str) -> Words:
        """How a language says things."""
        return self._words[language]

    def environment(self, language: str) -> jinja2.Environment:
        """The templates in one language."""
        if language not in self._environments:
            self._environments[language] = environment(self.languages[language], self._words[language], self.assets)
        return self._environments[language]


def environment(catalogue: Catalogue, words: Words, assets: Assets) -> jinja2.Environment:
    """A Jinja environment for a language."""
    found = jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    found.install_gettext_callables(catalogue.gettext, catalogue.ngettext, newstyle=True)  # type: ignore[attr-defined]
    found.filters.update(words.filters())
    named: dict[str, Any] = found.globals
    named.update(asset=assets.url, language=catalogue, **words.globals())
    return found
