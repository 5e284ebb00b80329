"""The reader's own rules over what is proposed: what does not meet them stands folded below the rest, with the reason.

They hold for strangers, and for people whom only others know: whom the owner trusts is never folded by them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .identities import profile_of
from .standing import Standing, standing

if TYPE_CHECKING:
    from .desk import Desk
    from .proposing import Letter

STAMP, LANGUAGE, SHORT = "stamp", "language", "short"


def against(desk: Desk, letter: Letter, stamp: int, language: str | None) -> tuple[str, str] | None:
    """The rule that a received proposal does not meet, and the reason in words; None if it meets all of them."""
    found = _weak(desk, stamp) or _foreign(desk, letter, language) or _too_short(desk, letter)
    if found is None:
        return None
    stands = standing(desk, letter.record.author)
    if stands is Standing.TRUSTED:
        return None
    if found[0] == STAMP and stands is not Standing.NEW:
        return _foreign(desk, letter, language) or _too_short(desk, letter)
    return found


def _weak(desk: Desk, stamp: int) -> tuple[str, str] | None:
    wanted = desk.taste.stamp
    if stamp >= wanted:
        return None
    return STAMP, _of_the_stamp(stamp, wanted)


def _of_the_stamp(stamp: int, wanted: int) -> str:
    if not stamp:
        return f"a stranger's, without a stamp; you want one of {wanted} bits"
    return f"a stranger's, with a stamp of {stamp} bits; you want {wanted}"


def _foreign(desk: Desk, letter: Letter, language: str | None) -> tuple[str, str] | None:
    read = {_base(one) for one in desk.taste.languages}
    if not read:
        return None
    if language is not None:
        return None if language in read else (LANGUAGE, _seems(language))
    profile = profile_of(desk, letter.record.author)
    if profile is None or not profile.languages or read & {_base(one) for one in profile.languages}:
        return None
    return LANGUAGE, _named(", ".join(profile.languages))


def _seems(language: str) -> str:
    return f"it seems to be written in {language}, which you did not name as yours"


def _named(languages: str) -> str:
    return f"its author writes {languages}, and you named none of these"


def _too_short(desk: Desk, letter: Letter) -> tuple[str, str] | None:
    length = len(letter.proposal.cover.strip())
    return None if length >= desk.taste.short else (SHORT, _of_length(length, desk.taste.short))


def _of_length(length: int, least: int) -> str:
    return f"its cover has {length} characters, you want {least} at least"


def _base(language: str) -> str:
    return language.partition("-")[0].lower()
