"""Who is bound to whom: contracts that both parties have signed, found by those who signed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, TypeAlias

from freehold.protocol.identity import IdentityId
from freehold.protocol.kinds.agreement import AGREEMENT
from freehold.protocol.kinds.values import CLIENT, FREELANCER

from ..core.ports import Trace
from .names import Names, key_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from .database import Database

Kinds: TypeAlias = dict[tuple[bytes, str], int]

_SIGNATURES = (
    " FROM agreement JOIN record ON record.number = agreement.number"
    " WHERE record.context_key = ? AND agreement.contract = ?"
)
_BONDS = """ FROM record AS ours
 JOIN agreement AS named ON named.number = ours.number
 JOIN record AS theirs ON theirs.context_key = ours.context_key AND theirs.kind = :kind AND theirs.author <> ours.author
 JOIN agreement AS same ON same.number = theirs.number AND same.contract = named.contract
 WHERE ours.author = :one AND ours.kind = :kind"""
"""Begins with what one side signed: what strangers sign in its name costs nothing here."""


_SIGNED = """SELECT agreement.contract, agreement.client, record.context_key, record.at FROM record
 JOIN agreement ON agreement.number = record.number
 WHERE record.author = :one AND record.kind = :kind ORDER BY record.arrived DESC, record.number DESC LIMIT :limit"""
_KINDS = """SELECT record.context_key, author.id, kind.name, count(*) FROM record
 JOIN author ON author.number = record.author JOIN kind ON kind.number = record.kind
 WHERE record.context_key IN (SELECT value FROM json_each(?)) GROUP BY record.context_key, record.author, record.kind"""


class Bonds:
    """Answers from the rows that agreements left; only parties sign what has such a row."""

    def __init__(self, database: Database, names: Names) -> None:
        self._database, self._names = database, names

    def parties(self, contract: bytes) -> tuple[IdentityId, IdentityId] | None:
        """See `ports.Records.parties`."""
        query = f"SELECT agreement.client, agreement.freelancer{_SIGNATURES} LIMIT 1"
        row = self._database.row(query, (key_of(contract), contract))
        return None if row is None else (IdentityId(row[0]), IdentityId(row[1]))

    def participants(self, contract: bytes) -> tuple[IdentityId, ...]:
        """See `ports.Records.participants`."""
        query = (
            "SELECT DISTINCT participant.identity FROM record"
            " JOIN participant ON participant.number = record.number"
            " WHERE record.context_key = ? AND participant.contract = ?"
        )
        found = self._database.rows(query, (key_of(contract), contract))
        return (*(self.parties(contract) or ()), *(IdentityId(row[0]) for row in found))

    def served_by(self, identity: bytes) -> list[bytes]:
        """See `ports.Records.served_by`."""
        query = (
            "SELECT contract FROM participant WHERE identity_key = ? AND identity = ?"
            " GROUP BY contract ORDER BY max(number) DESC"
        )
        return [row[0] for row in self._database.rows(query, (key_of(identity), identity))]

    def signed(self, contract: bytes, party: bytes) -> bool:
        """See `ports.Records.signed`."""
        query = f"SELECT 1{_SIGNATURES} AND record.author = ? LIMIT 1"
        return self._database.row(query, (key_of(contract), contract, self._names.author(party))) is not None

    def bound(self, one: bytes, other: bytes) -> bool:
        """See `ports.Records.bound`."""
        values = self._values(one) | {"other": self._names.author(other)}
        return self._database.row(f"SELECT 1{_BONDS} AND theirs.author = :other LIMIT 1", values) is not None

    def partners(self, identity: bytes, limit: int) -> list[IdentityId]:
        """See `ports.Records.partners`."""
        newest = f"SELECT theirs.author AS number, max(ours.number) AS last{_BONDS} GROUP BY theirs.author"
        query = f"""SELECT author.id FROM ({newest}) AS bond
            JOIN author ON author.number = bond.number ORDER BY bond.last DESC LIMIT :limit"""  # noqa: S608
        return [IdentityId(row[0]) for row in self._database.rows(query, self._values(identity) | {"limit": limit})]

    def traces(self, identities: Collection[bytes], limit: int) -> dict[bytes, list[Trace]]:
        """See `ports.Records.traces`."""
        signed = {one: self._database.rows(_SIGNED, self._values(one) | {"limit": limit}) for one in identities}
        keys = {row[2] for rows in signed.values() for row in rows}
        kinds: dict[int, Kinds] = {key: {} for key in keys}
        for key, author, kind, count in self._database.rows(_KINDS, (json.dumps(sorted(keys)),)):
            kinds.setdefault(key, {})[author, kind] = count  # a damaged index finds others, too
        return {
            one: [trace(one, row[0], row[1], row[3], kinds[row[2]]) for row in rows] for one, rows in signed.items()
        }

    def _values(self, identity: bytes) -> dict[str, int | None]:
        return {"one": self._names.author(identity), "kind": self._names.kind(AGREEMENT.name)}


def trace(one: bytes, contract: bytes, client: bytes, at: int, kinds: Kinds) -> Trace:
    """What a contract that somebody has signed consists of."""
    signed = sum(kind == AGREEMENT.name for _, kind in kinds) > 1
    return Trace(contract, CLIENT if client == one else FREELANCER, at, signed, kinds)
