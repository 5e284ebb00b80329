"""How people are named: the name that they chose, and in front of it the owner's own word for them, if there is one.

Names are free to choose, so a name can be anybody's: the mark before the owner's word is taken out of what others
wrote.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .output import short

if TYPE_CHECKING:
    from .client import Json

MARK = "\N{BLACK DIAMOND}"
_FOREIGN = "\N{WHITE DIAMOND}"


def person(identity: str, name: object, label: object = None) -> str:
    """Somebody, always with the identity."""
    shown = _named(name, label)
    return f"{shown} ({short(identity)})" if shown else short(identity)


def person_in(view: Json, role: str) -> str:
    """Somebody who stands in an answer of the API under `role`, always with the identity."""
    return person(str(view[role]), view.get(f"{role}_name"), view.get(f"{role}_label"))


def name_in(view: Json, role: str) -> str:
    """The same in short, for a cell of a table: the identity only where there is no name."""
    return _named(view.get(f"{role}_name"), view.get(f"{role}_label")) or short(str(view[role]))


def one_person(view: Json) -> str:
    """An object of the API that is a person: identity, name, label."""
    return person(str(view["identity"]), view.get("name"), view.get("label"))


def called(view: Json) -> str:
    """The same without the identity, which stands beside it."""
    return _named(view.get("name"), view.get("label"))


def _named(name: object, label: object) -> str:
    said = str(name or "").replace(MARK, _FOREIGN)
    if not label:
        return said
    own = f"{MARK}{str(label).replace(MARK, _FOREIGN)}"
    return f"{own} [{said}]" if said else own
