"""Pages of nodes behind their real door on loopback, served from a thread, so that a browser can be told what to do."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import trio

from freehold.node.api.application import application
from freehold.node.api.browser_door import Place, serve_browsers
from freehold.node.api.surface import surface

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Generator, Sequence

    from freehold.node.api.surface import Surface
    from tests.node.api.counter import StallOffice

START_S = 60


class Doors:
    """One door an owner, in their order."""

    def __init__(self) -> None:
        self.surfaces: list[Surface] = []
        self.offices: Sequence[StallOffice] = ()
        self._token: trio.lowlevel.TrioToken | None = None
        self._open = threading.Event()
        self._close: trio.Event | None = None

    def link(self, number: int = 0, path: str = "/") -> str:
        """A way into somebody's page, good once."""
        held = self.surfaces[number]
        code, _ = self.run(lambda: held.sessions.new_code(path))
        return f"{held.page.address}/login?code={code}"

    def address(self, number: int = 0) -> str:
        """Where somebody's page is."""
        return str(self.surfaces[number].page.address)

    def run(self, act: Callable[[], Any]) -> Any:
        """Something that only the nodes' own thread may do."""
        return trio.from_thread.run_sync(act, trio_token=self._token)

    async def serve(self, prepare: Callable[[], Awaitable[Sequence[StallOffice]]]) -> None:
        """Until the doors are closed."""
        self._token, self._close = trio.lowlevel.current_trio_token(), trio.Event()
        self.offices = await prepare()
        async with trio.open_nursery() as nursery:
            for office in self.offices:
                held = surface(office)
                self.surfaces.append(held)
                await nursery.start(serve_browsers, application(office, held), held, Place("127.0.0.1", 0))
            self._open.set()
            await self._close.wait()
            nursery.cancel_scope.cancel()

    def wait(self) -> None:
        """Until they are open."""
        assert self._open.wait(START_S), "the pages were not served in time"

    def close(self) -> None:
        """Let the thread end."""
        if self._token is not None and self._close is not None:
            trio.from_thread.run_sync(self._close.set, trio_token=self._token)


@contextmanager
def open_doors(prepare: Callable[[], Awaitable[Sequence[StallOffice]]]) -> Generator[Doors]:
    """Doors to the offices that `prepare` makes, in a thread of their own."""
    doors, failures = Doors(), []

    def serve() -> None:
        try:
            trio.run(doors.serve, prepare)
        except BaseException as error:  # noqa: BLE001  -- told to the test that waits for it
            failures.append(error)
            doors._open.set()

    thread = threading.Thread(target=serve, name="doors")
    thread.start()
    try:
        doors.wait()
        if failures:
            raise failures[0]
        yield doors
    finally:
        if not failures:
            doors.close()
        thread.join()
