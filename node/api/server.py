"""The local API on a unix socket that belongs to the node's owner alone."""

from __future__ import annotations

import os
import socket
import struct
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import trio

from .application import application
from .http import serve_connections

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from .port import Office

BACKLOG = 64
_CREDENTIALS = struct.Struct("3i")
"""Linux: process, user and group of the other end."""


async def serve(office: Office, path: Path, task_status: Any = trio.TASK_STATUS_IGNORED) -> None:  # noqa: ANN401
    """Serve until cancelled. The caller holds the folder, so a socket that lies there is a dead node's."""
    with listening(path) as listener:
        await serve_connections(application(office), listener, admits=is_owner, task_status=task_status)


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
    except BaseException:
        found.close()
        raise
    return found
