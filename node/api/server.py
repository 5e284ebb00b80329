"""The door for the command: a unix socket that belongs to the node's owner alone."""

from __future__ import annotations

import logging
import os
import socket
import struct
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import trio

from ..core.desk import Denied
from .callers import CALLER, OWNER
from .http import serve_connections

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from .http import Application, Message, Receive, Send

BACKLOG = 64
AGAIN_S = 1.0
_LOG = logging.getLogger(__name__)
_CREDENTIALS = struct.Struct("3i")
"""Linux: process, user and group of the other end."""


async def serve(
    application: Application,
    path: Path,
    task_status: Any = trio.TASK_STATUS_IGNORED,  # noqa: ANN401
) -> None:
    """Serve until cancelled. The caller holds the folder, so a socket that lies there is a dead node's.

    Raises Denied if it cannot begin: a node that its owner cannot reach is of no use. Later trouble is logged, and the
    socket is made anew.
    """
    begun = False
    while True:
        try:
            with listening(path) as listener:
                if not begun:
                    task_status.started()
                begun = True
                await serve_connections(owners(application), listener, admits=is_owner)
        except Exception as error:  # a mistake of ours in this server must not end the node it stands in
            if not begun and isinstance(error, OSError):
                what = f"the socket {path} cannot be made: {error.strerror}"
                raise Denied("folder-unusable", what, "see what lies there, and move it away") from error
            if not begun:
                raise
            _LOG.exception("the server of the local API ended: it begins anew")
            await trio.sleep(AGAIN_S)


def owners(application: Application) -> Application:
    """The application as the owner is answered."""

    async def for_owner(scope: Message, receive: Receive, send: Send) -> None:
        scope[CALLER] = OWNER
        await application(scope, receive, send)

    return for_owner


@contextmanager
def listening(path: Path) -> Generator[trio.SocketListener]:
    """A unix socket (0600) at `path` for as long as it is served; its folder is 0700, so nobody beats the mode."""
    path.unlink(missing_ok=True)
    listener = trio.SocketListener(trio.socket.from_stdlib_socket(_bound(path)))
    try:
        yield listener
    finally:
        listener.socket.close()
        path.unlink(missing_ok=True)


def is_owner(stream: trio.SocketStream) -> bool:
    """Whether the other end is a process of ours or of root's; where the system does not say, the mode decides."""
    option = getattr(socket, "SO_PEERCRED", None)
    if option is None:
        return True
    _, user, _ = _CREDENTIALS.unpack(stream.getsockopt(socket.SOL_SOCKET, option, _CREDENTIALS.size))
    return user in (0, os.getuid())


def _bound(path: Path) -> socket.socket:
    found = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        found.bind(str(path))
        path.chmod(0o600)
        found.listen(BACKLOG)
    except OSError:
        found.close()
        raise
    return found
