"""Offers in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .markets import beside
from .output import headline, print_fields, print_table, say, short
from .people import name_in, person_in
from .words import budget, moment, score

if TYPE_CHECKING:
    from .client import Json

_SIDES = {"wanted": "wanted", "service": "service offered"}


def listing(page: Json) -> None:
    """A page of offers as a table."""
    compared = any("market" in view for view in page["offers"])
    print_table(
        ("Offer", "Title", "Budget", "By", "Reputation", "Expires", *(("Market",) if compared else ())),
        (
            (
                short(str(view["offer"])),
                str(view["title"]),
                budget(view.get("budget")) or "open",
                name_in(view, "author"),
                score(view.get("reputation")),
                moment(view["expires"]),
                *(("; ".join(beside(view)),) if compared else ()),
            )
            for view in page["offers"]
        ),
    )
    if len(page["offers"]) > 1 and page.get("order") == "reputation":
        say(f"ordered {page['ordered']}; to turn that off: --order time", err=True)
    if page.get("hidden"):
        say(f"hidden: {page['hidden']} of people whom you blocked; to see them: --blocked", err=True)
    if not page["offers"]:
        say("No offers.", err=True)
    elif page.get("next") is not None:
        say(f"more: add --before {page['next']}", err=True)


def show_offer(view: Json) -> None:
    """One offer in full."""
    intake: Json = view.get("intake") or {}
    headline(str(view["title"]))
    print_fields(
        [
            ("offer", str(view["offer"])),
            ("side", _SIDES.get(str(view["side"]), "") + (" (closed)" if view["closed"] else "")),
            ("by", person_in(view, "author")),
            ("reputation", score(view.get("reputation"))),
            ("budget", budget(view.get("budget")) or "open"),
            ("market", "\n".join(beside(view))),
            ("skills", ", ".join(view.get("skills") or [])),
            ("languages", ", ".join(view.get("languages") or [])),
            ("published", moment(view.get("published"))),
            ("expires", moment(view["expires"])),
            ("asks", "\n".join(intake.get("questions") or [])),
            ("at least", f"{intake['least_characters']} characters" if intake.get("least_characters") else ""),
            ("description", str(view.get("description") or "")),
        ]
    )
