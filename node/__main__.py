"""`python -m freehold.node`: one node on one folder. People start it with `freehold up`."""

from __future__ import annotations

import argparse
import gc
import logging
import os
import resource
import sys
from contextlib import ExitStack
from pathlib import Path

from . import logs
from .core.desk import Denied
from .folder import locked, open_folder
from .startup import Conversation, Wishes, prepare

_LOCKED, _STOPPED = 5, 130
_LOG = logging.getLogger(__name__)


def main() -> int:
    """Prepare, run until told to stop; the exit code. Every failure is said over the pipe and in node.log."""
    options = _options()
    talk = Conversation(sys.stdin, sys.stdout)
    try:
        return _run(options, talk)
    except Denied as denied:
        _LOG.error("not started: %s [%s]", denied.what, denied.code)
        return _say(talk, denied)
    except KeyboardInterrupt:
        return _STOPPED
    except Exception:  # noqa: BLE001  -- the border to the person: a bug is logged, and told in a sentence
        _LOG.exception("the node ended by a mistake of its own")
        log = options.folder / "node.log"
        return _say(
            talk, Denied("internal", "the node ended by a mistake in freehold itself", f"please report it: {log}")
        )


def _say(talk: Conversation, denied: Denied) -> int:
    try:
        talk.trouble(denied)
    except Denied:
        _LOG.warning("nobody was there to hear why the node did not start")
    return _LOCKED if denied.code in ("wrong-passphrase", "key-locked") else 1


def _run(options: argparse.Namespace, talk: Conversation) -> int:
    os.umask(0o077)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a key or a passphrase never lands in a core file
    with ExitStack() as held:
        folder = open_folder(options.folder)
        held.enter_context(locked(folder))
        logs.write_to(folder.log, also_stderr=options.loud)
        wishes = _wishes(options)
        prepared = prepare(folder, wishes, talk)
        gc.disable()  # what is imported stays: looking for garbage in it would be a fifth of the start
        from .daemon import run  # noqa: PLC0415  -- libp2p takes a second: a wrong passphrase is told before

        gc.freeze()
        gc.enable()

        return run(prepared, talk, leashed=options.leash)


def _wishes(options: argparse.Namespace) -> Wishes:
    return Wishes(
        relay=options.relay,
        network=options.network,
        listen=tuple(options.listen),
        seeds=tuple(options.seed),
        witness=options.witness,
        page_listen=options.page_listen,
        locked=options.locked,
        identity_later=options.identity_later,
        unlocked_minutes=options.unlocked_minutes,
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m freehold.node", description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--relay", action="store_true", help="run without an identity")
    parser.add_argument("--locked", action="store_true", help="ask for no passphrase: the key stays locked")
    parser.add_argument("--identity-later", action="store_true", help="make no identity at the start")
    parser.add_argument("--unlocked-minutes", type=int, help="how long the key stays unlocked")
    parser.add_argument("--network", help="network of a new folder")
    parser.add_argument("--listen", action="append", default=[], help="multiaddr to listen on")
    parser.add_argument("--seed", action="append", default=[], help="multiaddr of a node to join by")
    parser.add_argument("--witness", action="store_true", help="vouch for times in contracts that name the owner")
    parser.add_argument("--page-listen", help="where browsers of this machine find the page, or off")
    parser.add_argument("--leash", action="store_true", help="stop when standard input ends")
    parser.add_argument("--loud", action="store_true", help="log to standard error as well")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
