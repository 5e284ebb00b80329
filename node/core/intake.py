"""The owner's rules for proposals: what does not meet them is folded where it is shown, never dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from freehold.protocol.kinds.offer import OFFER

from .identities import profile_of

if TYPE_CHECKING:
    from freehold.protocol.kinds.offer import Intake

    from .desk import Desk
    from .proposing import Letter


def folded(desk: Desk, letter: Letter) -> str | None:
    """The reason why a received proposal does not meet the rules of the owner's offer, or None."""
    record = desk.stores.records.fills(letter.record.header.context or b"")
    if record is None or record.header.kind != OFFER.name or record.author != desk.me:
        return None
    rules = OFFER.open(record).intake
    return _too_short(rules, letter) or _unanswered(rules, letter) or _other_language(desk, rules, letter)


def _too_short(rules: Intake, letter: Letter) -> str | None:
    length = len(letter.proposal.cover.strip())
    if length >= rules.least_characters:
        return None
    return f"its cover has {length} characters, you asked for {rules.least_characters}"


def _unanswered(rules: Intake, letter: Letter) -> str | None:
    answered = sum(bool(answer.strip()) for answer in letter.proposal.answers)
    if answered >= len(rules.questions):
        return None
    return f"it answers {answered} of your {len(rules.questions)} questions"


def _other_language(desk: Desk, rules: Intake, letter: Letter) -> str | None:
    """By what the author's profile says: which language a text is in cannot be told reliably."""
    profile = profile_of(desk, letter.record.author)
    if not rules.languages or profile is None or not profile.languages:
        return None
    if {_base(language) for language in rules.languages} & {_base(language) for language in profile.languages}:
        return None
    return f"its author names none of the languages you asked for ({', '.join(rules.languages)})"


def _base(language: str) -> str:
    return language.partition("-")[0]
