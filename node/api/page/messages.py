"""Messages: an honest place for what is to come."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.responses import Response

    from .visit import Visit


async def messages(visit: Visit) -> Response:
    """Private messages, once this node can carry them."""
    return await visit.show("messages.html", area="messages")


PAGES: tuple[tuple[str, dict[str, Callable[[Visit], Awaitable[Response]]]], ...] = (("/messages", {"GET": messages}),)
