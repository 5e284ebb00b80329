"""What of py-libp2p's insides is replaced: an upgrade that moves any of it fails here, not in the field."""

from __future__ import annotations

import inspect
from importlib.metadata import version
from typing import Any

import pytest
from libp2p import new_host
from libp2p.host.basic_host import BasicHost
from libp2p.network import swarm
from libp2p.network.auto_connector import AutoConnector
from libp2p.network.connection.raw_connection import RawConnection
from libp2p.pubsub import pubsub
from libp2p.pubsub.gossipsub import GossipSub
from libp2p.pubsub.mcache import CacheEntry, MessageCache
from libp2p.pubsub.rpc_queue import RpcQueue
from libp2p.stream_muxer import muxer_multistream
from libp2p.stream_muxer.yamux import yamux
from libp2p.tools.timed_cache.last_seen_cache import LastSeenCache

from freehold.node.net import muxer, outgoing
from freehold.node.net.gossip import MeteredPubsub, Seen
from freehold.node.net.mesh import ContentCache, SteadyGossipSub

_OVERRIDDEN = [
    (MeteredPubsub, pubsub.Pubsub, "push_msg", ["self", "msg_forwarder", "msg"]),
    (MeteredPubsub, pubsub.Pubsub, "publish", ["self", "topic_id", "data"]),
    (MeteredPubsub, pubsub.Pubsub, "continuously_read_stream", ["self", "stream"]),
    (MeteredPubsub, pubsub.Pubsub, "_replay_recent_messages", ["self", "peer_id", "topic"]),
    (MeteredPubsub, pubsub.Pubsub, "is_peer_blacklisted", ["self", "peer_id"]),
    (MeteredPubsub, pubsub.Pubsub, "notify_subscriptions", ["self", "publish_message"]),
    (SteadyGossipSub, GossipSub, "publish", ["self", "msg_forwarder", "pubsub_msg"]),
    (SteadyGossipSub, GossipSub, "send_recent_messages", ["self", "peer_id", "topic"]),
    (SteadyGossipSub, GossipSub, "handle_iwant", ["self", "iwant_msg", "sender_peer_id"]),
    (SteadyGossipSub, GossipSub, "heartbeat", ["self"]),
    (SteadyGossipSub, GossipSub, "flush_pending_messages", ["self", "peer_id"]),
    (SteadyGossipSub, GossipSub, "on_peer_subscribed", ["self", "peer_id", "topic"]),
    (SteadyGossipSub, GossipSub, "_do_px", ["self", "px_peers"]),
    (SteadyGossipSub, GossipSub, "_periodic_security_cleanup", ["self"]),
    (SteadyGossipSub, GossipSub, "_handle_dropped_rpc", ["self", "peer_id", "rpc", "reason"]),
    (ContentCache, MessageCache, "put", ["self", "msg"]),
    (outgoing.OutgoingQueue, RpcQueue, "push", ["self", "rpc", "priority"]),
    (outgoing.OutgoingQueue, RpcQueue, "pop", ["self"]),
    (muxer.BoundedYamux, yamux.Yamux, "_read_data_body", ["self", "length"]),
    (Seen, LastSeenCache, "has", ["self", "name"]),
    (Seen, LastSeenCache, "add", ["self", "name"]),
]
_CALLED = [
    (BasicHost, "_schedule_identify", ["self", "peer_id", "reason"]),
    (BasicHost, "disconnect", ["self", "peer_id"]),
    (BasicHost, "new_stream", ["self", "peer_id", "protocol_ids"]),
    (AutoConnector, "maybe_connect", ["self"]),
    (swarm.Swarm, "_do_handle_inbound_connection", ["self", "read_write_closer", "maddr", "failure_event"]),
    (swarm.Swarm, "upgrade_inbound_raw_conn", ["self", "raw_conn", "maddr"]),
    (swarm.Swarm, "set_stream_handler", ["self", "stream_handler"]),
    (swarm.Swarm, "dial_addr", ["self", "addr", "peer_id", "source"]),
    (RawConnection, "__init__", ["self", "stream", "initiator", "connection_type", "addresses"]),
    (pubsub.Pubsub, "_peer_is_connected", ["self", "peer_id"]),
    (pubsub.Pubsub, "_schedule_peer_stream_retry", ["self", "peer_id"]),
    (pubsub.Pubsub, "handle_subscription", ["self", "origin_id", "sub_message"]),
    (GossipSub, "_get_peers_to_send", ["self", "topic_ids", "msg_forwarder", "origin", "msg_id"]),
    (GossipSub, "send_rpc", ["self", "peer_id", "rpc", "priority"]),
    (GossipSub, "handle_rpc", ["self", "rpc", "sender_peer_id"]),
    (CacheEntry, "__init__", ["self", "mid", "topics"]),
    (RpcQueue, "__init__", ["self", "max_size", "max_message_size"]),
    (yamux.YamuxStream, "_auto_tune_and_send_window_update", ["self", "bytes_read"]),
    (yamux.YamuxStream, "send_window_update", ["self", "increment", "skip_lock"]),
]


def _parameters(owner: Any, name: str) -> list[str]:
    return list(inspect.signature(vars(owner)[name]).parameters)


def test_the_version_is_the_one_whose_insides_are_known() -> None:
    assert version("libp2p") == "0.8.1"


@pytest.mark.parametrize(("ours", "theirs", "name", "parameters"), _OVERRIDDEN)
def test_what_is_overridden_exists_upstream_with_the_same_parameters(
    ours: Any, theirs: Any, name: str, parameters: list[str]
) -> None:
    assert _parameters(ours, name) == parameters
    upstream = _parameters(theirs, name)
    assert upstream == parameters or (ours is Seen and len(upstream) == len(parameters))
    assert inspect.iscoroutinefunction(vars(ours)[name]) == inspect.iscoroutinefunction(vars(theirs)[name])


@pytest.mark.parametrize(("owner", "name", "parameters"), _CALLED)
def test_what_is_called_or_replaced_exists_with_the_known_parameters(
    owner: Any, name: str, parameters: list[str]
) -> None:
    assert [p for p in _parameters(owner, name) if p != "kwargs"] == parameters


def test_upstream_looks_the_replaced_classes_up_where_they_are_put() -> None:
    assert "Yamux" in vars(muxer_multistream)
    assert "Yamux(" in inspect.getsource(muxer_multistream)
    assert "RpcQueue()" in inspect.getsource(pubsub.Pubsub._handle_new_peer)
    assert yamux.DEFAULT_WINDOW_SIZE == 256 * 1024


def test_a_slow_data_read_still_closes_the_connection() -> None:
    """`muxer.Overdrawn` is a TooSlowError for this reason."""
    source = inspect.getsource(yamux.Yamux.handle_incoming)
    assert "except trio.TooSlowError:" in source
    assert source.count("raise") >= 1


def test_the_parts_of_a_host_that_are_used_are_there() -> None:
    network: Any = new_host().get_network()
    for name in ("common_stream_handler", "listeners", "connections", "auto_connector", "retry_config", "peerstore"):
        assert hasattr(network, name), name


def test_the_parts_of_gossipsub_that_are_used_are_there() -> None:
    router = SteadyGossipSub()
    assert isinstance(router.mcache, ContentCache)
    assert router.back_off == {}
    assert router.spam_protection_enabled is router.adaptive_gossip_enabled is router.do_px is False
