"""Before anything is said: who comes in, in what clothes, and who is kept waiting by whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import trio
from libp2p.crypto.ed25519 import create_new_key_pair
from libp2p.custom_types import TProtocol
from libp2p.exceptions import BaseLibp2pError
from libp2p.security.insecure.transport import PLAINTEXT_PROTOCOL_ID, InsecureTransport
from libp2p.transport.tcp.tcp import TCP
from multiaddr import Multiaddr

from tests.hostile.mallory import idle_sockets, mallory

if TYPE_CHECKING:
    from tests.hostile.conftest import Victim

_ELSEWHERE = "127.0.0.66"
_QUICKLY_S = 2.0


def _plaintext() -> dict[str, Any]:
    keys = create_new_key_pair()
    return {"sec_opt": {TProtocol(PLAINTEXT_PROTOCOL_ID): InsecureTransport(keys)}}


async def test_the_stock_host_speaks_plaintext_with_whoever_likes_and_ours_with_nobody(
    stock: Victim, ours: Victim
) -> None:
    async with mallory(stock.address, **_plaintext()):
        assert (await stock.settled(lambda facts: facts["connections"] == 1))["connections"] == 1
    with pytest.raises(BaseLibp2pError):
        async with mallory(ours.address, **_plaintext()):
            pass


async def test_300_idle_sockets_lock_the_stock_host_for_everybody_and_ours_for_their_address_only(
    stock: Victim, ours: Victim
) -> None:
    async with idle_sockets(stock.address, 300, _ELSEWHERE):
        with pytest.raises((BaseLibp2pError, trio.TooSlowError)), trio.fail_after(_QUICKLY_S):
            async with mallory(stock.address):
                pass
    async with idle_sockets(ours.address, 300, _ELSEWHERE):
        with trio.fail_after(_QUICKLY_S):
            async with mallory(ours.address) as honest:
                await honest.until_noticed()


async def test_the_stock_listener_shares_a_port_without_a_word() -> None:
    """tests/node/net/test_network.py shows that ours says that the port is taken."""

    async def ignore(stream: object) -> None:
        """Nobody comes."""

    first, second = TCP().create_listener(ignore), TCP().create_listener(ignore)
    await first.listen(Multiaddr("/ip4/127.0.0.1/tcp/0"))
    await second.listen(first.get_addrs()[0])
    assert first.get_addrs() == second.get_addrs()
    await first.close()
    await second.close()
