"""Who is bound to whom: contracts that both parties have signed, found by those who signed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from freehold.protocol.identity import IdentityId

from ..bonds import trace

if TYPE_CHECKING:
    from collections.abc import Collection

    from ...core.ports import Trace
    from ..bonds import Kinds
    from .server import Server

_BONDS = """ FROM agreement AS ours JOIN agreement AS theirs ON theirs.contract = ours.contract
 AND theirs.author <> ours.author WHERE ours.author = %(one)s AND %(one)s IN (ours.client, ours.freelancer)"""
"""Only parties sign what has a row. Begins with the contracts of one side."""
_PARTNERS = f"""SELECT theirs.author{_BONDS} GROUP BY theirs.author
 ORDER BY max(ours.number) DESC LIMIT %(limit)s"""
_CONTRACTS = """SELECT contract FROM agreement WHERE client = %(one)s OR freelancer = %(one)s
 GROUP BY contract ORDER BY max(number) DESC"""
_SERVED = "SELECT contract FROM participant WHERE identity = %s GROUP BY contract ORDER BY max(number) DESC"

_SIGNED = """SELECT asked.one, agreement.contract, agreement.client, record.at
 FROM unnest(%(ones)s::bytea[]) AS asked(one) CROSS JOIN LATERAL (
  SELECT * FROM agreement WHERE author = asked.one ORDER BY number DESC LIMIT %(limit)s) AS agreement
 JOIN record ON record.number = agreement.number ORDER BY agreement.number DESC"""
_KINDS = """SELECT context, author, kind, count(*) FROM record WHERE context = ANY(%s)
 GROUP BY context, author, kind"""


class Bonds:
    """Answers from the rows that agreements left."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def parties(self, contract: bytes) -> tuple[IdentityId, IdentityId] | None:
        """See `ports.Records.parties`."""
        row = self._server.row("SELECT client, freelancer FROM agreement WHERE contract = %s LIMIT 1", (contract,))
        return None if row is None else (IdentityId(bytes(row[0])), IdentityId(bytes(row[1])))

    def participants(self, contract: bytes) -> tuple[IdentityId, ...]:
        """See `ports.Records.participants`."""
        rows = self._server.rows("SELECT DISTINCT identity FROM participant WHERE contract = %s", (contract,))
        return (*(self.parties(contract) or ()), *(IdentityId(bytes(row[0])) for row in rows))

    def served_by(self, identity: bytes) -> list[bytes]:
        """See `ports.Records.served_by`."""
        return [bytes(row[0]) for row in self._server.rows(_SERVED, (identity,))]

    def signed(self, contract: bytes, party: bytes) -> bool:
        """See `ports.Records.signed`."""
        query = "SELECT 1 FROM agreement WHERE contract = %s AND author = %s LIMIT 1"
        return self._server.row(query, (contract, party)) is not None

    def bound(self, one: bytes, other: bytes) -> bool:
        """See `ports.Records.bound`."""
        values = {"one": one, "other": other}
        return self._server.row(f"SELECT 1{_BONDS} AND theirs.author = %(other)s LIMIT 1", values) is not None

    def partners(self, identity: bytes, limit: int) -> list[IdentityId]:
        """See `ports.Records.partners`."""
        rows = self._server.rows(_PARTNERS, {"one": identity, "limit": limit})
        return [IdentityId(bytes(row[0])) for row in rows]

    def contracts_of(self, identity: bytes) -> list[bytes]:
        """See `ports.Records.contracts_of`."""
        return [bytes(row[0]) for row in self._server.rows(_CONTRACTS, {"one": identity})]

    def traces(self, identities: Collection[bytes], limit: int) -> dict[bytes, list[Trace]]:
        """See `ports.Records.traces`."""
        signed = self._server.rows(_SIGNED, {"ones": list(identities), "limit": limit})
        kinds: dict[bytes, Kinds] = {bytes(row[1]): {} for row in signed}
        for contract, author, kind, count in self._server.rows(_KINDS, (list(kinds),)):
            kinds[bytes(contract)][bytes(author), str(kind)] = int(count)
        found: dict[bytes, list[Trace]] = {one: [] for one in identities}
        for one, contract, client, at in signed:
            name = bytes(contract)
            found[bytes(one)].append(trace(bytes(one), name, bytes(client), int(at), kinds[name]))
        return found
