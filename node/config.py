"""config.toml: the owner's settings. An unknown key or a bad value is a sentence that names it, never a default."""

from __future__ import annotations

import ipaddress
import os
import re
import tomllib
from typing import TYPE_CHECKING, Any

import msgspec

from freehold.protocol.errors import ProtocolError
from freehold.protocol.header import is_kind_name
from freehold.protocol.network import network
from freehold.protocol.reconcile.domain import KINDS, PEOPLE
from freehold.protocol.text import IDENTITY, parse

from . import choices
from .core.desk import Denied
from .core.participation import Participation
from .folder import open_file, write_new

if TYPE_CHECKING:
    from pathlib import Path

_CONFIG_BYTES = 64 * 1024
_MOST_ADDRESSES = 64
_MOST_PORT = 65535
_OTHERS = 0o077
_MOST_DAYS = 36_500
_ADDRESS = re.compile(
    r"/(?P<family>ip4|ip6|dns|dns4|dns6)/(?P<host>[0-9A-Za-z.:_-]{1,253})/tcp/(?P<port>[0-9]{1,5})"
    r"(?P<peer>/p2p/[1-9A-HJ-NP-Za-km-z]{20,100})?"
)
DEFAULT_STORE_MB, LEAST_STORE_MB = 4096, 16
"""Millions of bytes: room for about three million records; and for the least that a node can do anything with."""
DEFAULT_FILES_MB, MOST_FILES_MB = 1024, 1_000_000
"""Millions of bytes: forty of the largest files; none at all with 0."""
_STORE_URLS = ("postgresql://", "postgres://")
HIDDEN = "set, and not shown"
"""Stands for `store_url` wherever settings are shown."""
DEFAULT_LISTEN = "/ip4/0.0.0.0/tcp/7747"
DEFAULT_PAGE = "127.0.0.1:7777"
NO_PAGE = "off"
_PAGE = re.compile(r"(?:(?P<ip4>[0-9.]{7,15})|\[(?P<ip6>[0-9A-Fa-f:.]{2,45})\]):(?P<port>[0-9]{1,5})")
_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")


class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The settings of one node. Addresses are multiaddrs over TCP."""

    network: str = "freehold"
    listen: tuple[str, ...] = (DEFAULT_LISTEN,)
    seeds: tuple[str, ...] = ()
    announce: tuple[str, ...] = ()
    ranking: str = "personal"
    triage: str = "plain"
    witness: bool = False
    store_mb: int = DEFAULT_STORE_MB
    files_mb: int = DEFAULT_FILES_MB
    store_url: str = ""
    """Of a PostgreSQL database for the records; empty: they are in the node's own file. It may hold a password."""
    page_listen: str = DEFAULT_PAGE
    page_public: bool = False
    page_names: tuple[str, ...] = ()
    page_certificate: str = ""
    page_key: str = ""
    notify_command: tuple[str, ...] = ()
    """Run for each notice, which it gets as JSON on its standard input."""
    notify_topics: tuple[str, ...] = ("turn", "deadline", "claim", "claimable", "change", "proposal", "stamp")
    notify_quiet: str = ""
    stamp_ask: int = 0
    """Bits of the stamp without which strangers are told to come again; 0: none is asked."""
    stamp_pay: int = choices.DEFAULT_PAY_BITS
    """Up to so many bits the node pays for what the owner sends, without asking."""
    fold_stamp: int = 0
    """Strangers' proposals whose stamp has fewer bits are folded; 0: none are."""
    fold_languages: tuple[str, ...] = ()
    """Proposals that seem to be in other languages than these are folded; empty: none are."""
    fold_copies: bool = True
    fold_short: int = 0
    """Proposals with fewer characters are folded."""
    sync_kinds: tuple[str, ...] = ()
    sync_days: int = 0
    sync_people: tuple[str, ...] = ()


QUIET = re.compile(r"(?:([01][0-9]|2[0-3]):([0-5][0-9])-([01][0-9]|2[0-3]):([0-5][0-9]))?")
"""Quiet hours, such as 22:00-07:00; empty for none."""


def load(path: Path) -> Config:
    """Read the settings. Raises Denied with the place of a mistake."""
    try:
        with os.fdopen(open_file(path), "rb") as file:
            data = file.read(_CONFIG_BYTES + 1)
            others = bool(os.fstat(file.fileno()).st_mode & _OTHERS)
    except FileNotFoundError:
        return Config()
    except OSError as error:
        raise _bad(path, f"it cannot be read: {error.strerror}") from error
    if len(data) > _CONFIG_BYTES:
        raise _bad(path, f"it has more than {_CONFIG_BYTES} bytes")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise _bad(path, f"it is not UTF-8 text (byte {error.start})") from error
    config = read(text, path)
    if config.store_url and others:
        raise Denied("bad-config", f"{path} holds store_url, a secret, and others can read it", f"chmod 600 {path}")
    return config


def masked(settings: dict[str, Any]) -> dict[str, Any]:
    """Settings as they may be shown: without the secret."""
    return settings | {"store_url": HIDDEN if settings["store_url"] else ""}


def read(text: str, path: Path) -> Config:
    """The settings that a text holds, which stands at `path` or is to. Raises Denied."""
    try:
        return checked(msgspec.convert(tomllib.loads(text), Config), str(path))
    except ValueError as error:  # of TOML, of a setting's type, of a number with thousands of digits
        raise _bad(path, _placed(str(error), text)) from error
    except RecursionError as error:
        raise _bad(path, "brackets are nested too deep in it") from error


def checked(config: Config, where: str) -> Config:
    """The settings, if every value makes sense. Raises Denied."""
    try:
        network(config.network)
    except ValueError as error:
        raise Denied("bad-config", f"{where}: network: {error}", "correct it and start the node again") from error
    if config.store_mb < LEAST_STORE_MB:
        raise _bad_value(where, "store_mb", f"{config.store_mb} is too little: at least {LEAST_STORE_MB}")
    if not 0 <= config.files_mb <= MOST_FILES_MB:
        raise _bad_value(where, "files_mb", f"{config.files_mb} is not a number from 0 to {MOST_FILES_MB}")
    if config.store_url and not config.store_url.startswith(_STORE_URLS):
        raise _bad_value(where, "store_url", "it does not begin with postgresql://")  # and is not shown: it is a secret
    for name, addresses in (("listen", config.listen), ("seeds", config.seeds), ("announce", config.announce)):
        if len(addresses) > _MOST_ADDRESSES:
            raise _bad_value(where, name, f"more than {_MOST_ADDRESSES} addresses")
        for address in addresses:
            _check_address(where, name, address)
    page_place(config, where)
    if not QUIET.fullmatch(config.notify_quiet):
        raise _bad_value(where, "notify_quiet", f"{config.notify_quiet[:80]!r} is not of the form 22:00-07:00")
    if config.notify_command and not config.notify_command[0]:
        raise _bad_value(where, "notify_command", "its first part is the name of a program")
    participation(config, where)
    choices.postage(config, where)
    choices.taste(config, where)
    return config


def participation(config: Config, where: str = "config.toml") -> Participation:
    """What the node takes part in when it reconciles. Raises Denied."""
    kinds = config.sync_kinds
    if len(kinds) > KINDS or not all(is_kind_name(kind) for kind in kinds):
        raise _bad_value(where, "sync_kinds", f"up to {KINDS} names of kinds such as offer/1")
    if not 0 <= config.sync_days <= _MOST_DAYS:
        raise _bad_value(where, "sync_days", f"{config.sync_days} is not a number of days up to {_MOST_DAYS}, or 0")
    if len(config.sync_people) > PEOPLE:
        raise _bad_value(where, "sync_people", f"more than {PEOPLE} people")
    try:
        people = frozenset(parse(name, IDENTITY) for name in config.sync_people)
    except ProtocolError as error:
        raise _bad_value(where, "sync_people", f"{error}; an identity begins with fh1") from error
    return Participation(frozenset(kinds), config.sync_days, people)


def page_place(config: Config, where: str = "config.toml") -> tuple[str, int] | None:
    """Where the page is served: (IP address, port), None for nowhere. Raises Denied for what is not safe."""
    if config.page_listen == NO_PAGE:
        return None
    found = _PAGE.fullmatch(config.page_listen)
    try:
        host = ipaddress.ip_address((found["ip4"] or found["ip6"]) if found else "")
    except ValueError:
        host = None
    if found is None or host is None or int(found["port"]) > _MOST_PORT:
        shown = config.page_listen[:80]
        raise _bad_value(
            where, "page_listen", f"{shown!r} is neither an address such as {DEFAULT_PAGE} nor {NO_PAGE!r}"
        )
    if not host.is_loopback:
        _check_public(config, where)
    for name in config.page_names:
        if not _NAME.fullmatch(name):
            raise _bad_value(where, "page_names", f"{name[:80]!r} is not a host's name in small letters")
    return str(host), int(found["port"])


def _check_public(config: Config, where: str) -> None:
    """Whoever reaches the page can sign in the owner's name once let in: others are kept away unless it is meant."""
    wanted = {
        "page_public = true": config.page_public,
        "page_certificate": bool(config.page_certificate),
        "page_key": bool(config.page_key),
        "page_names": bool(config.page_names),
    }
    missing = [name for name, given in wanted.items() if not given]
    if missing:
        reason = f"others could reach {config.page_listen}: that needs also {', '.join(missing)}"
        raise _bad_value(where, "page_listen", reason)


def write_first(path: Path, config: Config) -> None:
    """Write the settings of a first start, with comments, for the owner to edit. Raises Denied."""
    lines = [
        "# The network: freehold, or a test network whose name begins with test-. It is signed into every record.",
        f"network = {_toml(config.network)}",
        "# Where to listen. 0.0.0.0 is every IPv4 address of this machine; port 0 takes any free one.",
        f"listen = {_toml(config.listen)}",
        "# Nodes to join by, e.g. /ip4/203.0.113.5/tcp/7747/p2p/12D3Koo...",
        f"seeds = {_toml(config.seeds)}",
        "# Addresses at which others reach this node, if it cannot know them itself (behind a router).",
        f"announce = {_toml(config.announce)}",
        "# How reputation is computed: personal, personal-strict, averages, or a plugin's.",
        f"ranking = {_toml(config.ranking)}",
        "# How received proposals are looked through: plain, or a plugin's. It folds with reasons and deletes nothing.",
        f"triage = {_toml(config.triage)}",
        "# Whether this node vouches for the times in contracts of others that name you as a witness.",
        f"witness = {_toml(config.witness)}",
        "# How much room records may take, in millions of bytes. When it is used up, strangers' records go first.",
        f"store_mb = {_toml(config.store_mb)}",
        "# How much room files of deliveries and disputes may take, in millions of bytes.",
        f"files_mb = {_toml(config.files_mb)}",
        "# Where browsers of this machine find the page; port 0 takes any free one, off serves none.",
        f"page_listen = {_toml(config.page_listen)}",
        "# What this node takes part in: only these kinds of records (none named: all), of the last so many days",
        "# (0: all), by these people (none named: everybody). Other nodes are told so, people included.",
        f"sync_kinds = {_toml(config.sync_kinds)}",
        f"sync_days = {config.sync_days}",
        f"sync_people = {_toml(config.sync_people)}",
    ]
    write_new(path, ("\n".join(lines) + "\n").encode())


def _toml(value: str | bool | int | tuple[str, ...]) -> str:  # noqa: FBT001
    return msgspec.json.encode(value).decode()  # a JSON string or array of strings is valid TOML


def _check_address(where: str, name: str, address: str) -> None:
    found = _ADDRESS.fullmatch(address)
    if found is None or int(found["port"]) > _MOST_PORT:
        raise _bad_value(where, name, f"{address!r} is not an address such as /ip4/203.0.113.5/tcp/7747")
    try:
        if found["family"] == "ip4":
            ipaddress.IPv4Address(found["host"])
        elif found["family"] == "ip6":
            ipaddress.IPv6Address(found["host"])
    except ValueError as error:
        raise _bad_value(where, name, f"{address!r}: {error}") from error
    if (name == "seeds") != (found["peer"] is not None):
        wanted = "ends in /p2p/ and the peer's id" if name == "seeds" else "has no /p2p/ part"
        raise _bad_value(where, name, f"{address!r}: an address here {wanted}")


def _placed(reason: str, text: str) -> str:
    """The reason with a line number, which neither parser gives in every case."""
    lines = text.splitlines() or [""]
    reason = reason.replace("at end of document", f"at the end, line {len(lines)}")
    named = re.search(r"(?:field `|`\$\.)(\w+)", reason)
    if named is None:
        return reason
    places = [number for number, line in enumerate(lines, 1) if re.match(rf"\s*{named[1]}\s*=", line)]
    return f"line {places[0]}: {reason}" if places else reason


def _bad_value(where: str, name: str, reason: str) -> Denied:
    return Denied("bad-config", f"{where}: {name}: {reason}", "correct it and start the node again")


def _bad(path: Path, reason: str) -> Denied:
    return Denied("bad-config", f"{path}: {reason}", "correct the file and start the node again")
