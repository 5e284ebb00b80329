"""Values that several kinds share: money, languages, skills."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated

from ..errors import NotAllowed
from ..schema import Choice, Text, Whole

CLIENT, FREELANCER = "client", "freelancer"
ROLES = (CLIENT, FREELANCER)
Role = Annotated[str, Choice(ROLES)]

Skill = Annotated[str, Text(60)]
Language = Annotated[str, Text(16, least=2)]
"""A BCP 47 tag, e.g. `en` or `pt-BR`."""
_UNIT = re.compile(r"[A-Z][A-Z0-9]{2,7}")
_REMEMBERED = 256
"""Units and sets of languages that were found good: the same few come again and again."""
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


@dataclass(frozen=True)
class Money:
    """An amount in minor units (cents) of an ISO 4217 currency or a rail's unit, e.g. 15000 EUR = 150.00 EUR."""

    amount: Annotated[int, Whole()]
    unit: Annotated[str, Text(8, least=3)]


@lru_cache(_REMEMBERED)
def check_unit(unit: str) -> None:
    """Raise NotAllowed unless this looks like a currency or rail unit: 3 to 8 capitals and digits."""
    if not _UNIT.fullmatch(unit):
        raise NotAllowed(f"currency {unit!r} is not 3 to 8 capital letters or digits, such as EUR or USD")


@lru_cache(_REMEMBERED)
def check_languages(languages: tuple[str, ...]) -> None:
    """Raise NotAllowed for anything that is not a BCP 47 tag, or is named twice."""
    for language in languages:
        if not _LANGUAGE.fullmatch(language):
            raise NotAllowed(f"{language!r} is not a language tag such as en or pt-BR")
    if len(set(languages)) != len(languages):
        raise NotAllowed("a language is named twice")


def check_skills(skills: tuple[str, ...]) -> None:
    """Raise NotAllowed if a skill is named twice (whatever its case)."""
    if len(set(map(str.casefold, skills))) != len(skills):
        raise NotAllowed("a skill is named twice")


def other(role: str) -> str:
    """The opposite role."""
    return FREELANCER if role == CLIENT else CLIENT
