"""The daemon's local API: HTTP over a unix socket, with the standard library (it is quick to import)."""

from __future__ import annotations

import http.client
import io
import json
import socket
from contextlib import closing, contextmanager
from typing import IO, TYPE_CHECKING, Any, cast
from urllib.parse import quote, urlencode

from .errors import Trouble
from .folder import socket_path

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping
    from pathlib import Path

Json = dict[str, Any]
PREFIX = "/api/v1"
TIMEOUT_S = 60.0
"""The slowest call dials another node (10 s) or commits to a busy disk."""
LISTENING_S = 60.0
"""A stream says that it is still there four times as often."""
_LINE_BYTES = 64 * 1024
_PIECE_BYTES = 256 * 1024
_MAX_ANSWER_BYTES = 64 * 1024 * 1024
_FIRST_ERROR_STATUS = 400


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: Path, timeout_s: float) -> None:
        super().__init__("localhost", timeout=timeout_s)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))


class Client:
    """Calls to the daemon of one folder. Every call may raise Trouble: not running, or what the daemon answered."""

    def __init__(self, folder: Path, timeout_s: float = TIMEOUT_S) -> None:
        self._folder = folder
        self._timeout_s = timeout_s

    def get(self, path: str, query: Mapping[str, object] | None = None) -> Json:
        """GET `path` (below /api/v1). None values of the query are left out, sequences are repeated."""
        given = {key: value for key, value in (query or {}).items() if value is not None}
        return self.call("GET", path + ("?" + urlencode(given, doseq=True, errors="replace") if given else ""))

    def post(self, path: str, body: Json | None = None) -> Json:
        """POST a JSON object."""
        return self.call("POST", path, body or {})

    def put(self, path: str, body: Json) -> Json:
        """PUT a JSON object."""
        return self.call("PUT", path, body)

    def lines(self, path: str, query: Mapping[str, object] | None = None) -> Generator[str]:
        """The lines of an answer that does not end by itself. Ends when the node does."""
        given = {key: value for key, value in (query or {}).items() if value is not None}
        connection = _UnixConnection(socket_path(self._folder), LISTENING_S)
        with self._in_words(LISTENING_S), closing(connection):
            connection.request("GET", f"{PREFIX}{path}?{urlencode(given, doseq=True)}")
            response = connection.getresponse()
            if response.status >= _FIRST_ERROR_STATUS:
                _answer(response.status, response.read(_MAX_ANSWER_BYTES + 1))
            while line := response.readline(_LINE_BYTES):
                yield line.decode("utf-8", "replace").rstrip("\r\n")

    def save(self, path: str, query: Mapping[str, object], file: IO[bytes]) -> None:
        """What GET `path` answers, whatever it is, into a file, as it comes."""
        connection = _UnixConnection(socket_path(self._folder), self._timeout_s)
        with self._in_words(self._timeout_s), closing(connection):
            connection.request("GET", f"{PREFIX}{path}?{urlencode(query, doseq=True)}")
            response = connection.getresponse()
            if response.status >= _FIRST_ERROR_STATUS:
                _answer(response.status, response.read(_MAX_ANSWER_BYTES + 1))
            while piece := response.read(_PIECE_BYTES):
                _keep(file, piece)

    def send(self, path: str, query: Mapping[str, object], file: IO[bytes]) -> Json:
        """POST a file as it is read; its length must not change meanwhile."""
        size = file.seek(0, io.SEEK_END)
        file.seek(0)
        connection = _UnixConnection(socket_path(self._folder), self._timeout_s)
        headers = {
            "Accept": "application/json",
            "Content-Type": "application/octet-stream",
            "Content-Length": str(size),
        }
        with self._in_words(self._timeout_s), closing(connection):
            connection.blocksize = _PIECE_BYTES
            connection.request("POST", f"{PREFIX}{path}?{urlencode(query, errors='replace')}", file, headers)
            response = connection.getresponse()
            status, data = response.status, response.read(_MAX_ANSWER_BYTES + 1)
        return _answer(status, data)

    def call(self, method: str, path: str, body: Json | None = None) -> Json:
        """One call, one answer, as a JSON object."""
        connection = _UnixConnection(socket_path(self._folder), self._timeout_s)
        payload = None if body is None else json.dumps(body).encode()
        headers = {"Accept": "application/json"} | ({"Content-Type": "application/json"} if payload else {})
        with self._in_words(self._timeout_s), closing(connection):
            connection.request(method, PREFIX + path, payload, headers)
            response = connection.getresponse()
            status, data = response.status, response.read(_MAX_ANSWER_BYTES + 1)
        return _answer(status, data)

    @contextmanager
    def _in_words(self, timeout_s: float) -> Generator[None]:
        """What can go wrong with a connection, as a Trouble."""
        try:
            yield
        except (FileNotFoundError, ConnectionRefusedError, NotADirectoryError) as error:
            raise self._not_running() from error
        except TimeoutError as error:
            raise Trouble(
                "no-answer",
                f"the node did not answer within {timeout_s:.0f} seconds",
                "look at `freehold status` and at node.log in its folder",
            ) from error
        except (OSError, http.client.HTTPException) as error:
            raise Trouble(
                "connection-lost",
                f"the connection to the node broke: {type(error).__name__} {error}".rstrip(),
                "see whether it still runs: freehold status",
            ) from error

    def _not_running(self) -> Trouble:
        return Trouble("not-running", f"no node is running on {self._folder}", "start it: freehold up")


def _keep(file: IO[bytes], piece: bytes) -> None:
    try:
        file.write(piece)
    except OSError as error:
        what = f"{file.name} cannot be written: {error.strerror}"
        raise Trouble("file-unwritable", what, "make room on the disk") from error


def _answer(status: int, data: bytes) -> Json:
    if len(data) > _MAX_ANSWER_BYTES:
        raise Trouble("bad-answer", "the node's answer is longer than any should be", "see node.log")
    try:
        answer: object = json.loads(data) if data else {}
    except ValueError as error:
        raise Trouble("bad-answer", f"the node's answer could not be read: {error}", "see node.log") from error
    if not isinstance(answer, dict):
        raise Trouble("bad-answer", "the node's answer is not an object", "see node.log")
    found = cast("Json", answer)
    if status >= _FIRST_ERROR_STATUS:
        raise Trouble.from_problem({"status": status, **found})
    return found


def ref(text: str) -> str:
    """A name that a person typed, as one segment of a path."""
    return quote(text.strip(), safe="")
