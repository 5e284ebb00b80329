"""People: whom the owner trusts, who serves, who somebody is; and how others see the owner."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...core.desk import Denied
from .offer_form import listed
from .signing import Signature, sign

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.responses import Response

    from ..port import Json
    from .visit import Visit

SHOWN_OFFERS = 10


async def contacts(visit: Visit) -> Response:
    """Whom the owner trusts."""
    return await _contacts(visit, None)


async def _contacts(visit: Visit, problem: Json | None) -> Response:
    found = await visit.ask("/contacts")
    return await visit.show(
        "people.html", 200 if problem is None else problem["status"],
        area="people", tab="contacts", contacts=found["contacts"], labelled=found["labelled"], problem=problem,
        typed=visit.one,
    )  # fmt: skip


async def add(visit: Visit) -> Response:
    """Trust somebody."""
    try:
        await visit.act("POST", "/contacts", body={"identity": visit.one("identity"), "label": visit.one("label")})
    except Denied as denied:
        return await _contacts(visit, visit.problem(denied))
    return visit.go("/people", "trusted")


async def remove(visit: Visit) -> Response:
    """Trust somebody no longer."""
    await visit.act("POST", "/contacts/{ref}/remove", visit.ref)
    return visit.go("/people", "distrusted")


async def blocked(visit: Visit) -> Response:
    """Whom the owner blocked."""
    found = await visit.ask("/contacts")
    return await visit.show("blocked.html", area="people", tab="blocked", blocked=found["blocked"])


async def block(visit: Visit) -> Response:
    """See nothing more of somebody; their page offers to lift it again."""
    one = await visit.act("POST", "/contacts/{ref}/block", visit.ref)
    return visit.go(f"/people/{one['identity']}", "blocked")


async def unblock(visit: Visit) -> Response:
    """As before."""
    one = await visit.act("POST", "/contacts/{ref}/unblock", visit.ref)
    return visit.go("/people/blocked" if visit.one("back") == "list" else f"/people/{one['identity']}", "unblocked")


async def label(visit: Visit) -> Response:
    """The owner's own word for somebody."""
    try:
        one = await visit.act("POST", "/contacts/{ref}/label", visit.ref, {"label": visit.one("label")})
    except Denied as denied:
        return await _person(visit, visit.problem(denied))
    return visit.go(f"/people/{one['identity']}", "labelled")


async def services(visit: Visit) -> Response:
    """Who offers to serve as an arbiter or witness."""
    found = await visit.ask("/services", blocked=visit.query("blocked") and "1")
    return await visit.show(
        "services.html", area="people", tab="services", services=found["services"], hidden=found["hidden"]
    )


async def look_up(visit: Visit) -> Response:
    """Somebody by the name of the identity."""
    return visit.go(f"/people/{(visit.query('identity') or '?').replace('/', '')}")


async def person(visit: Visit) -> Response:
    """Somebody: in their own words, and what contracts show."""
    return await _person(visit, None)


async def _person(visit: Visit, problem: Json | None) -> Response:
    found = await visit.ask("/identities/{ref}", visit.ref)
    name = found["identity"]
    reviews = await visit.ask("/reviews", of=name)
    return await visit.show(
        "person.html",
        200 if problem is None else problem["status"],
        area="people",
        person=found,
        own=name == (await visit.ask("/status"))["identity"],
        label=(found["label"] or "") if problem is None else visit.one("label"),
        problem=problem,
        standing=await visit.ask("/reputation/{ref}", name),
        reviews=[one for one in reviews["reviews"] if one["shown"]],
    )


async def profile(visit: Visit) -> Response:
    """The owner's profile as a form."""
    me = await visit.ask("/identity")
    typed = {
        "name": [me["name"] or ""],
        "about": [me["about"]],
        "role": list(me["roles"]),
        "skills": [", ".join(me["skills"])],
        "languages": [", ".join(me["languages"])],
    }
    return await _profile(visit, None, typed)


async def save_profile(visit: Visit) -> Response:
    """A new version of the profile: shown as it will be signed, then signed."""

    def wanted() -> Signature:
        body = {
            "name": visit.one("name"),
            "about": visit.one("about"),
            "roles": visit.typed.get("role", []),
            "skills": listed(visit.one("skills")),
            "languages": listed(visit.one("languages")),
        }
        return Signature(
            "PUT", "/identity", "", body,
            title=visit.text("Publish this profile?"),
            button=visit.text("Sign and publish"),
            follows=visit.text("Everybody in the market sees you like this. You can change it at any time."),
            done=lambda me: f"/people/{me['identity']}",
            told="profile", area="people", back="/profile",
        )  # fmt: skip

    return await sign(visit, wanted, lambda denied: _profile(visit, denied, visit.typed))


async def _profile(visit: Visit, denied: Denied | None, typed: dict[str, list[str]]) -> Response:
    problem = None if denied is None else visit.problem(denied)

    def value(name: str) -> str:
        return typed.get(name, [""])[-1]

    return await visit.show(
        "profile_form.html", 200 if problem is None else problem["status"],
        area="people", value=value, roles=typed.get("role", []), problem=problem,
    )  # fmt: skip


PAGES: tuple[tuple[str, dict[str, Callable[[Visit], Awaitable[Response]]]], ...] = (
    ("/people", {"GET": contacts, "POST": add}),
    ("/people/find", {"GET": look_up}),
    ("/people/services", {"GET": services}),
    ("/people/blocked", {"GET": blocked}),
    ("/people/{ref}", {"GET": person}),
    ("/people/{ref}/remove", {"POST": remove}),
    ("/people/{ref}/label", {"POST": label}),
    ("/people/{ref}/block", {"POST": block}),
    ("/people/{ref}/unblock", {"POST": unblock}),
    ("/profile", {"GET": profile, "POST": save_profile}),
)
