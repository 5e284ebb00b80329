"""What a reputation shows, as W3C Verifiable Credentials 2.0 in the form of Open Badges 3.0: one for each review that
counts. The exporter vouches for the wrapping; the records that it names prove the content, and are in the bundle."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

from .. import limits, text
from ..errors import Malformed, NotAllowed
from ..evidence import Evidence
from ..kinds.agreement import AGREEMENT
from ..kinds.review import REVIEW_COMMIT, promise
from ..steps import Steps, at_once
from . import proofs

if TYPE_CHECKING:
    from ..envelope import Record
    from ..identity import Signer
    from .bundle import Bundle
    from .jcs import Json
    from .judging import Judgement, Weighed

CONTEXT: tuple[str, ...] = (
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
)
FILE_BYTES = 16 * 1024 * 1024
CREDENTIALS = 1_024
"""As many contracts as a bundle holds, with one review each."""
FIELDS = ("scope", "communication", "quality", "time", "again")
BEST = 4


def presentation(found: Judgement, signer: Signer) -> str:
    """All of them in one JSON document, oldest first. Each has its own proof; what holds them together has none."""
    return at_once(presenting(found, signer))


def presenting(found: Judgement, signer: Signer) -> Steps[str]:
    """`presentation` in steps: a credential each."""
    shown: list[str] = []
    for one in sorted(found.reviews.values(), key=lambda one: (one.record.header.at, one.record.id)):
        if isinstance(one.outcome, Evidence):
            proved = proofs.prove(_credential(found.bundle, one, one.outcome, signer), found.at, signer)
            shown.append(_written(proved).replace("\n", _DEEPER))
            yield
    whole = _written(
        {
            "@context": [CONTEXT[0]],
            "type": ["VerifiablePresentation"],
            "holder": proofs.did(signer.key),
            "verifiableCredential": [],
        }
    )
    filled = f"[{_DEEPER}{f',{_DEEPER}'.join(shown)}\n ]" if shown else "[]"
    return f"{whole.removesuffix(_EMPTY)}{filled}\n}}\n"


_EMPTY, _DEEPER = "[]\n}", "\n  "
"""How a document without credentials ends, and the begin of a line of one: no string has a line's end in it."""


def _written(value: Json) -> str:
    return json.dumps(value, ensure_ascii=True, indent=1)


def check(data: bytes) -> list[dict[str, Json]]:
    """The credentials of a document as `presentation` makes them, their proofs checked. Raises ProtocolError and
    nothing else. What they say is the exporter's word; see the records that they name."""
    if len(data) > FILE_BYTES:
        raise Malformed(f"the file has more than {FILE_BYTES} bytes")
    try:
        whole = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise Malformed(f"this is not JSON: {error}") from error
    match whole:
        case {"type": ["VerifiablePresentation"], "holder": str(holder), "verifiableCredential": [*shown]}:
            pass
        case _:
            raise Malformed("this is not a presentation of credentials")
    if len(shown) > CREDENTIALS:
        raise Malformed(f"more than {CREDENTIALS} credentials")
    found: list[dict[str, Json]] = []
    for number, one in enumerate(cast("list[object]", shown), 1):
        if not isinstance(one, dict):
            raise Malformed(f"credential {number} is not an object")
        credential = cast("dict[str, Json]", one)
        issuer = credential.get("issuer")
        key = proofs.check(credential)
        if not isinstance(issuer, dict) or issuer.get("id") != proofs.did(key) or issuer.get("id") != holder:
            raise NotAllowed(f"credential {number} is not signed by the one whom it calls its issuer")
        found.append(credential)
    return found


def _credential(bundle: Bundle, one: Weighed, outcome: Evidence, signer: Signer) -> dict[str, Json]:
    role = outcome.contract.agreement.role(bundle.subject) or ""
    name = f"Finished a contract as {role}"
    achievement: Json = {
        "id": f"urn:freehold:contract:{text.show(outcome.contract.id, text.CONTRACT)}",
        "type": ["Achievement"],
        "name": name,
        "description": "A contract that both parties signed, that came to its end, and that the other one reviewed.",
        "criteria": {
            "narrative": "By the signed records that are named as evidence, the contract is at an end and the review"
            " counts, as specified by Freehold (specs/04-contract.md, specs/kinds/review.md)."
        },
        "resultDescription": [_measure(field) for field in FIELDS],
    }
    subject: Json = {
        "id": proofs.did(bundle.keys[bundle.subject]),
        "type": ["AchievementSubject"],
        "role": role,
        "identifier": [_name_of(bundle.subject)],
        "activityEndDate": proofs.moment(_ended(outcome)),
        "achievement": achievement,
        "source": _profile(bundle, one.record.author),
        "result": [_result(field, level) for field, level in zip(FIELDS, one.review.levels, strict=True)],
    }
    return {
        "@context": [*CONTEXT],
        "id": f"urn:freehold:review:{text.show(one.record.id, text.RECORD)}",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": name,
        "issuer": _issuer(bundle, signer),
        "validFrom": proofs.moment(one.record.header.at),
        "credentialSubject": subject,
        "evidence": [*_evidence(bundle, one, outcome)],
    }


def _evidence(bundle: Bundle, one: Weighed, outcome: Evidence) -> list[Json]:
    """The review, what promised it, and both signatures under the contract: by record id."""
    records = bundle.contracts[outcome.contract.id]
    signed = [r for r in records if r.header.kind == AGREEMENT.name]
    promised = [
        r
        for r in records
        if r.header.kind == REVIEW_COMMIT.name
        and r.author == one.record.author
        and REVIEW_COMMIT.open(r).hash == promise(one.record.body or b"")
    ]
    review: Json = _record(one.record, "A review by the other party", one.review.text)
    shown = [_record(record, "A signature under the contract") for record in signed]
    return [review, *(_record(record, "The promise of the review") for record in promised), *shown]


def _record(record: Record, name: str, narrative: str = "") -> Json:
    shown: dict[str, Json] = {
        "id": f"urn:freehold:record:{text.show(record.id, text.RECORD)}",
        "type": ["Evidence"],
        "name": name,
        "genre": record.header.kind,
    }
    return shown | ({"narrative": narrative} if narrative else {})


def _measure(field: str) -> Json:
    return {
        "id": f"urn:freehold:level:{field}",
        "type": ["ResultDescription"],
        "name": field,
        "resultType": "RawScore",
        "valueMin": "0",
        "valueMax": str(BEST),
    }


def _result(field: str, level: int) -> Json:
    return {"type": ["Result"], "resultDescription": f"urn:freehold:level:{field}", "value": str(level)}


def _issuer(bundle: Bundle, signer: Signer) -> Json:
    shown: dict[str, Json] = {"id": proofs.did(signer.key), "type": ["Profile"]}
    name = bundle.names.get(signer.identity)
    return shown | ({"name": name} if name else {})


def _profile(bundle: Bundle, who: bytes) -> Json:
    shown: dict[str, Json] = {
        "id": proofs.did(bundle.keys[who]),
        "type": ["Profile"],
        "otherIdentifier": [
            {"type": "IdentifierEntry", "identifier": text.show(who, text.IDENTITY), "identifierType": "identifier"}
        ],
    }
    name = bundle.names.get(who)
    return shown | ({"name": name} if name else {})


def _name_of(who: bytes) -> Json:
    return {
        "type": "IdentityObject",
        "hashed": False,
        "identityHash": text.show(who, text.IDENTITY),
        "identityType": "identifier",
    }


def _ended(outcome: Evidence) -> int:
    return min(max(part.start.ms for part in outcome.contract.milestones), limits.MAX_INTEGER)
