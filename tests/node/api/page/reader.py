"""A browser without JavaScript, in process: it reads pages, follows redirects, sends the forms that it was shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from freehold.node.api.application import application
from freehold.node.api.callers import ALL, CALLER, Caller
from freehold.node.api.http import AFTERWARDS
from freehold.node.api.sessions import Session
from freehold.node.api.surface import surface
from freehold.node.core import identities
from freehold.protocol.text import IDENTITY, show

if TYPE_CHECKING:
    from tests.node.api.counter import StallOffice

TOKEN = "of this session"
VOID = frozenset(("meta", "link", "input", "br", "hr", "img", "option", "path", "rect", "circle", "line"))


@dataclass
class Form:
    method: str
    action: str
    fields: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    buttons: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])


class Page(HTMLParser):
    """What a page holds: its words, its forms, where its links lead, what is loaded."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.html, self.words = text, ""
        self.forms: list[Form] = []
        self.links: list[str] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self._textarea: str | None = None
        self._select: str | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.tags.append((tag, found))
        match tag:
            case "a":
                self.links.append(found.get("href", ""))
            case "form":
                self.forms.append(Form(found.get("method", "get").lower(), found.get("action", "")))
            case "input" if self.forms and found.get("name"):
                if found.get("type") not in ("radio", "checkbox") or "checked" in found:
                    self.forms[-1].fields.append((found["name"], found.get("value", "")))
            case "textarea":
                self._textarea = found.get("name", "")
                self.forms[-1].fields.append((self._textarea, ""))
            case "select":
                self._select = found.get("name")
            case "option" if self._select and "selected" in found:
                self.forms[-1].fields.append((self._select, found.get("value", "")))
            case "button" if self.forms and found.get("name"):
                self.forms[-1].buttons.append((found["name"], found.get("value", "")))
            case _:
                pass

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._textarea = None
        elif tag == "select":
            self._select = None

    def handle_data(self, data: str) -> None:
        if self._textarea is not None:
            name, before = self.forms[-1].fields[-1]
            self.forms[-1].fields[-1] = (name, before + data.removeprefix("\n"))
        self.words += " " + data

    def form(self, action: str) -> Form:
        """The form that is sent somewhere."""
        return next(form for form in self.forms if form.action.startswith(action) and form.method == "post")

    def says(self, *texts: str) -> bool:
        words = " ".join(self.words.split())
        return all(text in words for text in texts)


class Reader:
    """Somebody in front of one owner's page. `status` and `path` are those of the last page."""

    def __init__(self, office: StallOffice, *, signed_in: bool = True) -> None:
        self._office, self.surface = office, surface(office)
        self.session = Session(TOKEN, office.now() + 1_000_000) if signed_in else None
        self.market: Any = None
        self.cookies: dict[str, str] = {}
        self.language = "en"
        self.status, self.path = 0, "/"
        self.headers: list[tuple[str, str]] = []

    @cached_property
    def _application(self) -> Any:
        return application(self._office, self.surface)

    async def get(self, path: str, **headers: str) -> Page:
        return await self._ask("GET", path, b"", headers)

    async def post(self, path: str, fields: Any, content_type: str = "application/x-www-form-urlencoded") -> Page:
        body = fields if isinstance(fields, bytes) else urlencode(fields, doseq=True).encode()
        return await self._ask("POST", path, body, {"content-type": content_type})

    async def send(self, form: Form, button: str = "", **typed: str | list[str]) -> Page:
        """A form with some fields typed anew, by one of its buttons."""
        fields = [(name, value) for name, value in form.fields if name not in typed]
        for name, value in typed.items():
            fields += [(name, one) for one in ([value] if isinstance(value, str) else value)]
        if button:
            fields += [next(pair for pair in form.buttons if pair[1] == button)]
        return await self.post(form.action, fields)

    async def upload(self, form: Form, *files: tuple[str, bytes], **typed: str | list[str]) -> Page:
        """A form with files, as a browser writes it."""
        heads: list[tuple[str, bytes]] = []
        boxes = [(name, "") for name in typed if name not in dict(form.fields)]
        for name, value in (*form.fields, *boxes):
            if name == "upload":
                heads += [(f'name="upload"; filename="{one}"', data) for one, data in files or (("", b""),)]
            else:
                given = typed.get(name, value)
                heads += [(f'name="{name}"', one.encode()) for one in ([given] if isinstance(given, str) else given)]
        body = b"".join(
            b"--of this form\r\nContent-Disposition: form-data; " + head.encode() + b"\r\n\r\n" + data + b"\r\n"
            for head, data in heads
        )
        return await self.post(
            form.action, body + b"--of this form--\r\n", 'multipart/form-data; boundary="of this form"'
        )

    async def _ask(self, method: str, path: str, body: bytes, more: dict[str, str]) -> Page:
        parts = urlsplit(path)
        headers = {"accept-language": self.language, **{name.replace("_", "-"): value for name, value in more.items()}}
        headers["cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        scope: dict[str, Any] = {
            "type": "http", "method": method, "path": parts.path, "raw_path": parts.path.encode(),
            "query_string": parts.query.encode(), "root_path": "", "scheme": "http", "http_version": "1.1",
            "client": None, "server": None, "asgi": {"version": "3.0"},
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        }  # fmt: skip
        if self.session is not None:
            scope[CALLER] = Caller("page", ALL, session=self.session)
        heard: list[Any] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def answer(message: Any) -> None:
            heard.append(message)

        await self._application(scope, receive, answer)
        for call in scope.get(AFTERWARDS, ()):
            call()
        self.status, self.path = heard[0]["status"], path
        self.headers = [(name.decode(), value.decode()) for name, value in heard[0]["headers"]]
        self._keep_cookies()
        location = dict(self.headers).get("location")
        if location is not None:
            return await self.get(location)
        return Page(b"".join(part.get("body", b"") for part in heard[1:]).decode())

    def _keep_cookies(self) -> None:
        for name, value in self.headers:
            if name == "set-cookie":
                key, _, rest = value.partition("=")
                kept = rest.partition(";")[0].strip('"')
                if "max-age=0" in value.lower() or not kept:
                    self.cookies.pop(key, None)
                else:
                    self.cookies[key] = kept


def whole_status(office: StallOffice) -> dict[str, Any]:
    """The status of a whole node, for a stall."""
    desk = office.desk
    totals = desk.stores.records.totals()
    return {
        "version": "0.1.0", "network": desk.network.name, "peer_id": "12D3", "addresses": [], "peers": 3,
        "identity": None if desk.me is None else show(desk.me, IDENTITY),
        "name": None if desk.me is None else identities.name_of(desk, desk.me),
        "records": sum(totals.values()), "offers": totals.get("offer/1", 0), "parked": 0, "undelivered": 0,
        "uptime_s": 60, "key": "unlocked", "folder": "/tmp", "pid": 1, "time": office.now(), "sync": {},
    }  # fmt: skip
