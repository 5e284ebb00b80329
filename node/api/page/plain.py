"""A page that needs nothing else: no session, no style, no frame. It says why somebody is not let in."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from . import catalogues
from .paper import Paper

if TYPE_CHECKING:
    from collections.abc import Sequence


def plain_page(accepts: str, what: str, hint: str, chosen: Sequence[str] = ()) -> bytes:
    """What happened and what to do, in the chosen language that is known first, else in one of `accepts`."""
    paper = Paper.shared()
    tag = next((one for one in chosen if one in paper.languages), catalogues.wanted(accepts, paper.languages))
    catalogue, retold = paper.languages[tag], paper.words(tag).retold
    shown = "".join(f"<{element}>{html.escape(text)}</{element}>" for element, text in (
        ("h1", "Freehold"), ("p", (retold(what) or what) + "."), ("p", retold(hint) or hint),
    ))  # fmt: skip
    head = '<meta charset="utf-8"><title>Freehold</title>'
    return f'<!doctype html><html lang="{tag}" dir="{catalogue.direction}">{head}{shown}</html>'.encode()
