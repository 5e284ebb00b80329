"""An export as one web page: without script, loading nothing, to be read anywhere and printed.

What people wrote is escaped, and stripped of what could steer the reader's eye.
"""

from __future__ import annotations

import base64
import hashlib
import unicodedata
from html import escape
from typing import TYPE_CHECKING

from freehold.protocol.money import show_money

from .export_tables import moment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from .port import Json

_STYLE = """
:root { color-scheme: light dark; }
body { max-width: 50rem; margin: 2rem auto; padding: 0 1rem; font: 16px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1, h2, h3 { line-height: 1.2; } h2 { margin-top: 2.5rem; border-bottom: 1px solid; }
article { margin: 1.5rem 0; break-inside: avoid-page; } .text { white-space: pre-line; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; } td, th { border-bottom: 1px solid #8888; padding: .25rem .5rem .25rem 0; text-align: start; vertical-align: top; }
code, small { font-size: .8rem; } tr { break-inside: avoid; } thead { display: table-header-group; }
@media print { body { margin: 0; max-width: none; font-size: 10.5pt; } h2 { break-after: avoid; } h3 { break-after: avoid; } }
"""  # noqa: E501
_DROPPED = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Controls, invisible formatting (bidirectional marks among them), halves of characters, Unicode's own line breaks."""


def write(head: Json, sections: Iterable[tuple[str, Iterator[Json | None]]]) -> Iterator[str]:
    """The page in pieces. Sections that are for programs alone are left out."""
    yield _top(head)
    for name, rows in sections:
        if name in _SECTIONS:
            title, shown = _SECTIONS[name]
            yield f"<h2>{title}</h2>\n"
            count = 0
            for row in rows:
                count += row is not None
                yield "" if row is None else shown(row)
            yield "" if count else "<p>None.</p>\n"
    yield (
        "<footer><p><small>This page is for reading. What proves it are the signed records: in the same export as JSON,"
        " and in the files that <code>freehold contract verify</code> checks.</small></p></footer>\n</body></html>\n"
    )


def clean(words: object) -> str:
    """What somebody wrote, harmless in a page."""
    text = "" if words is None else str(words)
    return escape("".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in _DROPPED))


def _top(head: Json) -> str:
    policy = f"default-src 'none'; style-src 'sha256-{_hash(_STYLE)}'; base-uri 'none'; form-action 'none'"
    name = clean(head["name"] or head["identity"])
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>{name}: Freehold export</title><style>{_STYLE}</style></head>
<body><h1><bdi>{name}</bdi></h1>
<p><code>{clean(head["identity"])}</code><br>Exported {moment(head["exported"])} UTC from the network
{clean(head["network"])}.</p>
"""


def _contract(one: Json) -> str:
    parts = "".join(map(_part, one["milestones"]))
    steps = "".join(map(_step, one["timeline"]))
    clauses = "".join(_clause(clause) for clause in one["clauses"] or ())
    terms = f"<h4>Clauses</h4><ul>{clauses}</ul>" if clauses else ""
    history = (
        f"<h4>What was signed</h4><table><thead><tr><th>When (UTC)</th><th>Who</th><th>What</th><th>Record</th></tr>"
        f"</thead><tbody>{steps}</tbody></table>"
    )
    return f"""<article><h3><bdi>{clean(one["offer_title"] or "A contract")}</bdi></h3>
<p><code>{clean(one["contract"])}</code><br>{clean(one["state"])}. Client: {_who(one, "client")}.
Freelancer: {_who(one, "freelancer")}.</p>
<table><thead><tr><th>Milestone</th><th>Price</th><th>State</th><th>Deadline (UTC)</th></tr></thead>
<tbody>{parts}</tbody></table>{terms}{history if steps else ""}</article>
"""


def _part(part: Json) -> str:
    cells = (f"{part['part']}. {part['title'] or ''}", _money(part["price"]), part["state"], moment(part["deadline"]))
    return _row(cells)


def _step(step: Json) -> str:
    words: Json = step["words"] or {}
    said = str(words.get("text", ""))
    what = str(step["kind"]).partition("/")[0] + (f", milestone {step['part']}" if step["part"] else "")
    who = step["by_name"] or step["by"]
    return _row((moment(step["at"]), who, f"{what}: {said}" if said else what, step["record"]))


def _clause(clause: Json) -> str:
    return f'<li dir="auto"><b>{clean(clause["id"])}</b> {clean(clause["text"])}</li>'


def _offer(one: Json) -> str:
    state = "closed" if one["closed"] else f"until {moment(one['expires'])} UTC"
    skills = clean(", ".join(one["skills"]))
    return f"""<article><h3><bdi>{clean(one["title"])}</bdi></h3>
<p>{clean(one["side"])}, published {moment(one["published"])} UTC, {state}. {_budget(one["budget"])} {skills}<br>
<code>{clean(one["offer"])}</code></p><p class="text" dir="auto">{clean(one["description"])}</p></article>
"""


def _budget(budget: Json | None) -> str:
    if budget is None:
        return ""
    ends = dict.fromkeys(show_money(budget[end], budget["unit"]) for end in ("low", "high"))
    return clean(f"{' to '.join(ends)} ({budget['basis']}).")


def _proposal(one: Json) -> str:
    return f"""<article><h3><bdi>{clean(one["offer_title"] or one["offer"])}</bdi></h3>
<p>{clean(one["direction"])} {moment(one["written"])} UTC, {clean(one["state"])}. From {_who(one, "author")} to
{_who(one, "recipient")}.</p><p class="text" dir="auto">{clean(one["cover"])}</p></article>
"""


def _standing(one: Json) -> str:
    score, about = one["score"], clean(one["about"])
    lower, mean, upper = (round(100 * score[name]) for name in ("lower", "mean", "upper"))
    return f"""<p class="text" dir="auto">{about}</p><p>{mean} of 100, likely {lower} to {upper}, from
{score["counted"]} reviews that count, seen {clean(one["seen"])}.</p>
"""


def _review(one: Json) -> str:
    levels = ", ".join(f"{name} {level}" for name, level in one["levels"].items())
    reply = f'<p class="text" dir="auto">Reply: {clean(one["reply"])}</p>' if one["reply"] else ""
    return f"""<article><p>{_who(one, "author")} about {_who(one, "subject")}, {moment(one["at"])} UTC: {clean(levels)}
(of 4).</p><p class="text" dir="auto">{clean(one["text"])}</p>{reply}
<p><code>{clean(one["review"])}</code></p></article>
"""


def _contact(one: Json) -> str:
    label = clean(one["label"])
    return f"<p><bdi>{clean(one['name'])}</bdi> <bdi>{label}</bdi> <code>{clean(one['identity'])}</code></p>\n"


def _who(one: Json, role: str) -> str:
    return f"<bdi>{clean(one[f'{role}_name'] or one[role])}</bdi>"


def _money(price: Json | None) -> str:
    return "" if price is None else show_money(price["amount"], price["unit"])


def _row(cells: Iterable[object]) -> str:
    return "<tr>" + "".join(f'<td dir="auto">{clean(cell)}</td>' for cell in cells) + "</tr>"


def _hash(inline: str) -> str:
    return base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()


def _file(one: Json) -> str:
    return f"<p>{clean(one['name'])}, {one['bytes']} bytes<br><code>{clean(one['sha256'])}</code></p>\n"


_SECTIONS: dict[str, tuple[str, Callable[[Json], str]]] = {
    "contracts": ("Contracts", _contract),
    "proposals": ("Proposals", _proposal),
    "offers": ("Offers", _offer),
    "reputation": ("Reputation", _standing),
    "reviews": ("Reviews", _review),
    "contacts": ("People you trust", _contact),
    "files": ("Files of deliveries and disputes", _file),
}
