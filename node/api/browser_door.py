"""The door for browsers: TCP on this machine alone, always behind the guard. What goes wrong with it is told and tried
again; it never ends the node."""

from __future__ import annotations

import errno
import ipaddress
import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import trio

from . import certificates
from .guard import Entrance, Guard
from .http import serve_connections

if TYPE_CHECKING:
    from pathlib import Path

    from .http import Application
    from .surface import Surface

AGAIN_S = 30.0
"""A port that another program holds is tried again this often."""
BACKLOG = 64
_LOG = logging.getLogger(__name__)
_COOKIE = "freehold_{port}"
"""Cookies are shared by all ports of a host, so two nodes on a machine need two names."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where to listen. Beyond this machine only with a certificate, and under names that are listed."""

    host: str
    port: int
    certificate: Path | None = None
    key: Path | None = None
    names: tuple[str, ...] = ()

    @property
    def scheme(self) -> str:
        """Of its addresses."""
        return "http" if self.certificate is None else "https"


def is_local(host: str) -> bool:
    """Whether nobody outside of this machine reaches an address."""
    return ipaddress.ip_address(host).is_loopback


async def serve_browsers(
    application: Application,
    held: Surface,
    place: Place,
    task_status: Any = trio.TASK_STATUS_IGNORED,  # noqa: ANN401
) -> None:
    """Serve until cancelled. Started once the first try to listen was made, whatever came of it."""
    while True:
        try:
            await _serve(application, held, place, task_status)
        except OSError as error:
            held.page.address, held.page.trouble = None, _in_words(error, place)
            _LOG.warning("no page: %s", held.page.trouble)
        except Exception:  # noqa: BLE001  -- a mistake of ours in this server must not end the node it stands in
            held.page.address, held.page.trouble = None, "its server made a mistake, see node.log; it is tried again"
            _LOG.exception("a mistake in freehold itself: the server of the page ended")
        if task_status is not trio.TASK_STATUS_IGNORED:
            task_status.started()
            task_status = trio.TASK_STATUS_IGNORED
        await trio.sleep(AGAIN_S)


async def _serve(application: Application, held: Surface, place: Place, task_status: Any) -> None:  # noqa: ANN401
    if not is_local(place.host) and (place.certificate is None or not held.any_token()):
        raise OSError("others could reach it: that needs a certificate, and a token (freehold node token new)")
    context = None
    if place.certificate is not None:
        context = certificates.context(place.certificate, place.key, place.names, datetime.now(UTC))
    (listener,) = await trio.open_tcp_listeners(place.port, host=place.host, backlog=BACKLOG)
    async with listener:
        port = int(listener.socket.getsockname()[1])
        entrance = entrance_of(place, port)
        guard = Guard(application, entrance, held.sessions, held.by_token)
        held.page.address = f"{place.scheme}://{_bracketed(place.host) if not place.names else place.names[0]}:{port}"
        _LOG.info("the page is at %s", held.page.address)
        if task_status is not trio.TASK_STATUS_IGNORED:
            task_status.started()
        door = listener if context is None else trio.SSLListener(listener, context)
        await serve_connections(guard, door, admits=_everybody)


def entrance_of(place: Place, port: int) -> Entrance:
    """The Host values that are ours, exactly as browsers write them."""
    names = place.names or (_bracketed(place.host), "localhost")
    usual = {"http": 80, "https": 443}[place.scheme]
    hosts = [f"{name}:{port}" for name in names] + (list(names) if port == usual else [])
    return Entrance(frozenset(hosts), place.scheme, _COOKIE.format(port=port))


def _everybody(stream: object) -> bool:
    """Whoever can connect is read: the guard decides by what they ask."""
    del stream
    return True


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _in_words(error: OSError, place: Place) -> str:
    if isinstance(error, certificates.BadCertificate):
        return str(error)
    where = f"{_bracketed(place.host)}:{place.port}"
    if error.errno == errno.EADDRINUSE:
        return f"another program listens on {where}; stop it, or choose another port: page_listen in config.toml"
    return f"it cannot listen on {where}: {error.strerror or error}"
