"""First run: a name and a passphrase, the 24 words on paper, three of them typed again, and the market is open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...core.desk import Denied
from .offer_form import listed

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.responses import Response

    from ..port import Json
    from .visit import Visit

WORDS = 24


async def begin(visit: Visit) -> Response:
    """Who somebody wants to be."""
    if not needed(visit, await visit.ask("/status")):
        return visit.go("/")
    return await _begin(visit, None)


def needed(visit: Visit, status: Json) -> bool:
    """Whether this node has no owner yet, and can get one here."""
    return status["identity"] is None and visit.site.can("POST", "/identity/new")


async def _begin(visit: Visit, problem: Json | None) -> Response:
    known = visit.one("languages") or visit.language
    return await _step(visit, "welcome.html", 1, problem, languages_typed=known, roles=visit.typed.get("role", []))


async def words(visit: Visit) -> Response:
    """The words, this once."""
    body = {
        "name": visit.one("name"),
        "passphrase": _passphrase(visit),
        "roles": visit.typed.get("role", []),
        "skills": listed(visit.one("skills")),
        "languages": listed(visit.one("languages")),
    }
    try:
        if _passphrase(visit, "again") != body["passphrase"]:
            raise Denied("bad-passphrase", "the two passphrases differ", "type the same one twice")  # noqa: TRY301
        told = await visit.act("POST", "/identity/new", body=body)
    except Denied as denied:
        return await _begin(visit, visit.problem(denied))
    return await _step(visit, "welcome_words.html", 2, None, told=told)


async def check(visit: Visit) -> Response:
    """Some of the words are asked for, on a page that does not show them."""
    return await _check(visit, None)


async def _check(visit: Visit, problem: Json | None) -> Response:
    places = [place for place in visit.typed.get("place", []) if place.isdecimal() and 1 <= int(place) <= WORDS]
    return await _step(visit, "welcome_check.html", 3, problem, places=places)


async def keep(visit: Visit) -> Response:
    """The words are on paper: the identity is made, and the market is open."""
    places = [place for place in visit.typed.get("place", []) if place.isdecimal() and len(place) < len("100")]
    try:
        typed = {int(place): visit.one(f"word-{place}")[:20] for place in places}
        await visit.act("POST", "/identity/keep", body={"check": typed})
    except Denied as denied:
        if denied.code == "words-differ":
            return await _check(visit, visit.problem(denied))
        return await _begin(visit, visit.problem(denied))
    return visit.go("/offers", "welcome")


async def come_back(visit: Visit) -> Response:
    """A form for the words of an identity that is there already."""
    return await _step(visit, "welcome_back.html", 1, None)


async def recover(visit: Visit) -> Response:
    """Bring an identity back."""
    try:
        if _passphrase(visit, "again") != _passphrase(visit):
            raise Denied("bad-passphrase", "the two passphrases differ", "type the same one twice")  # noqa: TRY301
        body = {"words": " ".join(visit.one("words").split()), "passphrase": _passphrase(visit)}
        await visit.act("POST", "/identity/recover", body=body)
    except Denied as denied:
        return await _step(visit, "welcome_back.html", 1, visit.problem(denied))
    return visit.go("/", "welcome")


def _passphrase(visit: Visit, name: str = "passphrase") -> str:
    return visit.typed.get(name, [""])[-1]


async def _step(visit: Visit, template: str, step: int, problem: Json | None, **values: Any) -> Response:  # noqa: ANN401
    status = 200 if problem is None else problem["status"]
    return await visit.show(template, status, area="", step=step, problem=problem, typed=visit.one, **values)


PAGES: tuple[tuple[str, dict[str, Callable[[Visit], Awaitable[Response]]]], ...] = (
    ("/welcome", {"GET": begin, "POST": words}),
    ("/welcome/check", {"POST": check}),
    ("/welcome/keep", {"POST": keep}),
    ("/welcome/back", {"GET": come_back, "POST": recover}),
)
