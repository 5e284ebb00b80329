"""A leashed node ends with whoever holds the other end of its standard input."""

import os
from pathlib import Path

import pytest
import trio

from freehold.node.lifetime import stop_with_starter


async def test_it_goes_on_until_the_other_end_is_closed(monkeypatch, autojump_clock):
    reading, writing = os.pipe()
    with os.fdopen(reading) as given, monkeypatch.context() as patch:
        patch.setattr("sys.stdin", given)
        stopped = trio.Event()
        async with trio.open_nursery() as nursery:
            nursery.start_soon(stop_with_starter, stopped.set)
            os.write(writing, b"words that nobody needs\n")
            await trio.testing.wait_all_tasks_blocked()
            assert not stopped.is_set()
            os.close(writing)
            await stopped.wait()


@pytest.mark.parametrize("content", [None, "", "more than nothing\n" * 1000])
async def test_a_file_in_its_place_ends_at_once(monkeypatch, tmp_path, content):
    """`< /dev/null`: such a thing cannot be waited for."""
    path = Path(os.devnull)
    if content is not None:
        path = tmp_path / "given"
        path.write_text(content)
    with path.open() as given, monkeypatch.context() as patch:
        patch.setattr("sys.stdin", given)
        stopped = trio.Event()
        await stop_with_starter(stopped.set)
        assert stopped.is_set()
