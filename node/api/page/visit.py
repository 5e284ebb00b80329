"""One request to the page: who asks in which language, what was typed, and the way to the operations and back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

import msgspec
from starlette.responses import HTMLResponse, RedirectResponse, Response

from freehold.protocol import text

from ...core.desk import Denied
from .. import reading
from ..http import AFTERWARDS
from ..operations import Call
from ..problems import problem
from . import catalogues, navigation, said

if TYPE_CHECKING:
    from starlette.requests import Request

    from ..callers import Caller
    from ..port import Json
    from ..sessions import Session
    from .catalogues import Catalogue
    from .site import Site
    from .words import Words

FIELDS = 400
"""The longest form there is: a proposal of twenty milestones."""
LANGUAGE_COOKIE, THEME_COOKIE, SAID_COOKIE = "freehold_language", "freehold_theme", "freehold_said"
THEMES = ("light", "dark")
YEAR_S = 365 * 24 * 60 * 60
SEE_OTHER = 303
Typed = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Acquaintance:
    """The owner's own word for somebody, and whether they blocked them."""

    label: str = ""
    blocked: bool = False


_NOBODY = Acquaintance()


@dataclass(slots=True)
class Visit:
    """A request and its answer in the making."""

    site: Site
    request: Request
    caller: Caller
    session: Session
    typed: Typed = field(default_factory=dict[str, list[str]])
    refused: Denied | None = None
    """Why a file that came with the form was not kept."""
    heard_until: int = field(init=False)
    """The last event before anything was read for this page."""

    def __post_init__(self) -> None:
        self.heard_until = self.site.surface.events.last

    @property
    def language(self) -> str:
        """The chosen language, else the best that the browser asks for."""
        known = self.site.paper.languages
        return self.chosen_language or catalogues.wanted(self.request.headers.get("accept-language", ""), known)

    @property
    def chosen_language(self) -> str:
        """What was chosen in the settings; empty: nothing."""
        chosen = self.session.language or self.request.cookies.get(LANGUAGE_COOKIE, "")
        return chosen if chosen in self.site.paper.languages else ""

    @property
    def catalogue(self) -> Catalogue:
        """The reader's language."""
        return self.site.paper.languages[self.language]

    @property
    def words(self) -> Words:
        """How the reader's language says things."""
        return self.site.paper.words(self.language)

    @property
    def theme(self) -> str:
        """`light`, `dark`, or empty: as the system has it."""
        chosen = self.request.cookies.get(THEME_COOKIE, "")
        return chosen if chosen in THEMES else ""

    @property
    def ref(self) -> str:
        """The name in the path."""
        return str(self.request.path_params.get("ref", ""))

    @property
    def partial(self) -> bool:
        """Whether a script asks for a part of the page only."""
        return "hx-request" in self.request.headers

    def acquaintance(self, identity: str) -> Acquaintance:
        """What the owner alone thinks of somebody who is named on a page."""
        contacts = self.site.office.desk.stores.contacts
        labels, blocked = contacts.labels(), contacts.blocked()
        if not identity or not (labels or blocked):
            return _NOBODY
        name = text.parse(identity, text.IDENTITY)
        return Acquaintance(labels.get(name, ""), name in blocked)

    def text(self, message: str, **values: object) -> str:
        """A text in the reader's language."""
        return self.catalogue.gettext(message) % values

    def problem(self, error: Exception) -> Json:
        """The problem object of an exception."""
        return msgspec.json.decode(problem(error)[1])

    def one(self, name: str) -> str:
        """What was typed into a field, without spaces around it."""
        return self.typed.get(name, [""])[-1].strip()

    def query(self, name: str) -> str:
        """A value of the address, cut to what any field holds."""
        return self.request.query_params.get(name, "")[:300].strip()

    async def ask(self, path: str, ref: str = "", **query: object) -> Json:
        """Read: GET `path` of the API. Empty values are left out. Raises Denied."""
        given = {name: value for name, value in query.items() if value not in ("", None, (), [])}
        return await self._call("GET", path, ref, given, strict=False)

    async def act(self, method: str, path: str, ref: str = "", body: Json | None = None) -> Json:
        """Change something: an operation of the API. Raises Denied; Drafted, if the body asks for a draft."""
        return await self._call(method, path, ref, body or {}, strict=True)

    async def _call(self, method: str, path: str, ref: str, given: Json, *, strict: bool) -> Json:
        operation = self.site.table.get((method, path))
        if operation is None:
            raise Denied("not-found", f"this node has no operation {method} {path}", "see: freehold --help")
        read = reading.fields(given, operation.takes, strict=strict)
        call = Call(self.site.office, read, self.site.surface, self.caller, ref)
        answer = await operation.act(call)
        self.request.scope.setdefault(AFTERWARDS, []).extend(call.afterwards)
        return msgspec.to_builtins(answer)

    async def show(self, template: str, status: int = 200, **values: Any) -> Response:  # noqa: ANN401
        """A page. `area` among the values names the place in the navigation that it belongs to."""
        frame = await navigation.frame(self)
        notice = said.SENTENCES.get(self.request.cookies.get(SAID_COOKIE, ""))
        page = self.site.paper.write(
            self.language, template, {"visit": self, "said": notice and self.text(notice), **frame, **values}
        )
        response = HTMLResponse(page, status, {"vary": "Cookie, Accept-Language"})
        if notice:
            response.delete_cookie(SAID_COOKIE, samesite="strict")
        return response

    def go(self, path: str, told: str = "", **query: str) -> Response:
        """Somewhere else after a change, with a word about it from `said`."""
        response = RedirectResponse(path + ("?" + urlencode(query) if query else ""), SEE_OTHER)
        if told:
            assert told in said.SENTENCES, told  # noqa: S101  -- a word of ours
            response.set_cookie(SAID_COOKIE, told, httponly=True, samesite="strict", max_age=60)
        return response

    async def trouble(self, error: Exception, template: str = "trouble.html", **values: Any) -> Response:  # noqa: ANN401
        """A page that says what happened and what to do; a form's page keeps what was typed."""
        found = self.problem(error)
        return await self.show(template, found["status"], **{"area": "", **values, "problem": found})


async def read_form(request: Request) -> Typed:
    """The fields of a form. Raises Denied `bad-request` for anything else."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise reading.bad_request("it is not a form")
    try:
        text = (await request.body()).decode("ascii")
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=FIELDS, errors="strict")
    except ValueError as error:
        raise reading.bad_request(f"the form cannot be read: {error}") from error
    typed: Typed = {}
    for name, value in pairs:
        typed.setdefault(name, []).append(value.replace("\r\n", "\n"))
    return typed


def expired() -> Denied:
    """A form of another session."""
    return Denied("page-expired", "this form belongs to an earlier session, so nothing was done", "send it once more")
