"""What a verified reputation bundle shows, as data: what is expected, what each review moves, what was left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from freehold.protocol import text
from freehold.protocol.evidence import Evidence

if TYPE_CHECKING:
    from freehold.protocol.fold.progress import Contract, Mark
    from freehold.protocol.resume.judging import Judgement, Weighed
    from freehold.protocol.resume.reckoning import Share

    from .client import Json

FIELDS = ("scope", "communication", "quality", "time", "again")
NOWHERE = "from nobody's place: everybody's reviews count alike, those of people who do not exist included"
SOMEWHERE = (
    "from the place of {}, as far as this file shows it: whom they list as trusted, and the rest of the market, are not"
    " in it"
)
UNROOTED = NOWHERE + " ({} trusts nobody in this file)"


def assessment(found: Judgement) -> Json:
    """Everything that the bundle shows, seen from the place at which it was judged."""
    bundle, result = found.bundle, found.result
    return {
        "holds": True,
        "subject": person(found, bundle.subject),
        "network": bundle.network,
        "exported": bundle.exported,
        "exporter": None if bundle.exporter is None else person(found, bundle.exporter),
        "sha256": bundle.sha256.hex(),
        "records": len(bundle.lines),
        "at": found.at,
        "seen": seen(found),
        "lower": result.lower,
        "mean": result.mean,
        "upper": result.upper,
        "weight": result.weight,
        "counted": len(result.shares),
        "witnesses": len({share.opinion.by for share in result.shares}),
        "evidence": [_share(found, share) for share in result.shares],
        "left_out": [_review(found, one) | {"reason": reason} for one, reason in found.left_out],
        "contracts": [_contract(found, contract) for contract in found.contracts],
        "facts": [_fact(found, contract, mark) for contract, mark in held_against(found)],
        "warnings": doubts(found),
    }


def person(found: Judgement, who: bytes) -> Json:
    """Somebody: their identity, and the name that they chose."""
    return {"identity": text.show(who, text.IDENTITY), "name": found.bundle.names.get(who)}


def seen(found: Judgement) -> str:
    """From whose place, in words."""
    if found.me is None:
        return NOWHERE
    name = found.bundle.names.get(found.me) or text.show(found.me, text.IDENTITY)[:14]
    return (SOMEWHERE if found.rooted else UNROOTED).format(name)


def held_against(found: Judgement) -> list[tuple[Contract, Mark]]:
    """What the contracts hold against the subject, in time."""
    marks = [(contract, mark) for contract in found.contracts for mark in contract.marks]
    about = [pair for pair in marks if pair[1].on == found.bundle.subject]
    return sorted(about, key=lambda pair: (pair[1].at, pair[0].id, pair[1].what))


def doubts(found: Judgement) -> list[str]:
    """What a reader should know before relying on it."""
    bundle, exporter = found.bundle, found.bundle.exporter
    later = sum(placed.record.header.at > found.at for placed in bundle.lines)
    told = [
        "Whoever exported it chose what is in it: a contract that was left out leaves no trace.",
        "The number is what this file alone shows. Seen from your own place it may be another: people who do not exist"
        " can praise each other too. Ask your own node: freehold reputation why.",
    ]
    if exporter is None:
        told.append("Nobody signed the file as a whole; each record in it is signed by its author.")
    elif exporter != bundle.subject:
        told.append("The file as a whole is signed by somebody else than the one whom it is about.")
    if later:
        told.append(f"{later} records are dated after the time at which this is judged.")
    return told


def _share(found: Judgement, share: Share) -> Json:
    return _review(found, found.reviews[share.opinion.review]) | {
        "weight": share.weight,
        "delta": share.delta,
        "trust": share.trust,
        "place": share.place,
        "against": share.against,
        "path": [person(found, who) for who in share.path],
    }


def _review(found: Judgement, one: Weighed) -> Json:
    record = one.record
    return {
        "review": text.show(record.id, text.RECORD),
        "line": found.bundle.places[record.id],
        "author": person(found, record.author),
        "contract": text.show(record.header.context or b"", text.CONTRACT),
        "grade": one.outcome.grade if isinstance(one.outcome, Evidence) else None,
        "levels": dict(zip(FIELDS, one.review.levels, strict=True)),
        "text": one.review.text,
        "at": record.header.at,
        "reply": one.reply_text,
        "reply_record": None if one.reply is None else text.show(one.reply.id, text.RECORD),
    }


def _contract(found: Judgement, contract: Contract) -> Json:
    agreed = contract.agreement
    role = agreed.role(found.bundle.subject)
    return {
        "contract": text.show(contract.id, text.CONTRACT),
        "state": contract.state,
        "role": role,
        "with": person(found, agreed.client if found.bundle.subject == agreed.freelancer else agreed.freelancer),
        "signed": min(record.header.at for record in contract.signatures.values()),
        "milestones": [part.state or contract.state for part in contract.milestones],
    }


def _fact(found: Judgement, contract: Contract, mark: Mark) -> Json:
    return {
        "what": mark.what,
        "role": mark.role,
        "contract": text.show(contract.id, text.CONTRACT),
        "part": None if mark.part is None else mark.part + 1,
        "at": mark.at,
        "counts": mark.witnessed,
        "because": [
            {"record": text.show(name, text.RECORD), "line": found.bundle.places.get(name)} for name in mark.because
        ],
    }
