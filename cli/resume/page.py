"""A reputation as one web page: to be read anywhere, printed, and checked by itself where there is JavaScript.

Nothing is loaded from anywhere, and the page says so to the browser (a policy in a meta tag, by the hashes of its own
script and style). Everything that people wrote is escaped, and stripped of what could steer the reader's eye.
"""

from __future__ import annotations

import base64
import hashlib
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from freehold.protocol import text
from freehold.protocol.kinds.profile import PROFILE

from ..assessment import FIELDS, assessment
from ..assessment_words import GRADES
from ..safe import safe_line, safe_text
from ..words import held, items, utc

if TYPE_CHECKING:
    from freehold.protocol.kinds.profile import Profile
    from freehold.protocol.resume.judging import Judgement

    from ..client import Json

MARK, END = b'<script type="text/plain" id="bundle">', b"</script>"
"""What stands around the bundle in the page: it has no `<` in it, so this is where it ends."""
_SIGNED = "Every record on this page is signed. A browser with JavaScript checks them as the page opens."
_HERE = Path(__file__).parent
_BEST = 4
_LABELS = {
    "scope": "Scope",
    "communication": "Communication",
    "quality": "Quality",
    "time": "On time",
    "again": "Again",
}
_LETTERS = 14
"""Of an identity beside a name; the whole one is in the record."""
_SHOWN = 300
"""Reviews with a card of their own (`verify.js` knows it as MOST); a page is for people, the rest is in the records."""


def page(found: Judgement, bundle: bytes) -> str:
    """The page of a judged bundle, which is embedded in it."""
    style, script = ((_HERE / name).read_text("utf-8") for name in ("page.css", "verify.js"))
    view = assessment(found)
    policy = (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; base-uri 'none';"
        " form-action 'none'"
    )
    name = _name(view["subject"])
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>{name}: reputation</title>
<style>{style}</style>
</head>
<body>
<main>
{_head(view, _profile(found))}
{_score(view)}
<p id="verdict" role="status">{_SIGNED}</p>
{_reviews(view)}
{_contracts(view)}
{_left_out(view)}
{_foot(view)}
</main>
{MARK.decode()}{bundle.decode("ascii")}{END.decode()}
<script>{script}</script>
</body>
</html>
"""


def bundle_in(data: bytes) -> bytes:
    """The bundle in such a page; other bytes as they are."""
    start = data.find(MARK)
    if not data[:15].lower().startswith(b"<!doctype html") or start < 0:
        return data
    return data[start + len(MARK) :].partition(END)[0]


def _head(view: Json, profile: Profile | None) -> str:
    tags = [] if profile is None else [*profile.skills, *profile.languages]
    shown = "".join(f'<li dir="auto">{_line(tag)}</li>' for tag in tags)
    identity = view["subject"]["identity"]
    about = ""
    if profile is not None and profile.about:
        about = f'<p class="about" dir="auto" data-about="{identity}">{_text(profile.about)}</p>'
    return f"""<h1 dir="auto" data-author="{identity}">{_name(view["subject"])}</h1>
<p class="meta"><code>{identity}</code></p>
{about}
{f'<ul class="tags">{shown}</ul>' if shown else ""}"""


def _score(view: Json) -> str:
    lower, mean, upper = (round(100 * float(view[name])) for name in ("lower", "mean", "upper"))
    people, counted = view["witnesses"], view["counted"]
    if counted:
        crowd = "one person" if people == 1 else f"{people} people"
        told = f"From {counted} {'review' if counted == 1 else 'reviews'} of finished contracts, by {crowd}."
    else:
        told = "No reviews yet: the number is what people are like."
    return f"""<section class="score" aria-label="What to expect">
<div class="number">{mean}<small>of 100</small></div>
<svg viewBox="0 0 100 14" preserveAspectRatio="none" role="img" aria-label="likely {lower} to {upper}">
<rect class="track" x="0" y="5" width="100" height="4" rx="2"/>
<rect class="range" x="{lower}" y="3" width="{max(1, upper - lower)}" height="8" rx="2"/>
<rect class="mean" x="{max(0, min(99, mean))}" y="0" width="1" height="14"/></svg>
<p>Likely {lower} to {upper}. {told}<br><span class="small">Everybody's reviews count alike here. Seen from your own
place it may be another number: your node says which.</span></p>
</section>"""


def _reviews(view: Json) -> str:
    points = sorted(items(view, "evidence"), key=lambda point: -int(point["at"]))
    cards = "\n".join(_card(point) for point in points[:_SHOWN])
    more = len(points) - _SHOWN
    rest = f'<p class="meta">{more} older reviews count as well; they are in the records.</p>' if more > 0 else ""
    return f"<h2>Reviews</h2>\n{cards}{rest}" if cards else ""


def _card(point: Json) -> str:
    author, levels = held(point, "author"), held(point, "levels")
    said = f'<blockquote dir="auto" data-text>{_text(point["text"])}</blockquote>' if point["text"] else ""
    answer = f'<p class="reply" dir="auto" data-reply="{point["reply_record"]}">{_text(str(point["reply"]))}</p>'
    reply = answer if point["reply"] else ""
    bars = "".join(_level(field, int(levels[field])) for field in FIELDS)
    moves = f"{100 * float(point['delta']):+.1f}".replace("-", "\N{MINUS SIGN}")
    return f"""<article data-record="{point["review"]}">
<header><h3 dir="auto" data-author="{author["identity"]}">{_name(author)}</h3>
<span class="meta">{_day(point["at"])}</span></header>
{said}<dl class="levels">{bars}</dl>
{reply}<p class="meta">Moves the number by {moves}. Evidence: {GRADES.get(str(point["grade"]), "")}.
<code class="ids">{author["identity"][:_LETTERS]} {point["review"][:_LETTERS]}</code></p>
</article>"""


def _level(field: str, level: int) -> str:
    width = 100 * level // _BEST
    return (
        f'<div><dt>{_LABELS.get(field, field)}</dt><dd data-level="{field}">{level}</dd>'
        '<svg viewBox="0 0 100 5" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="empty" width="100" height="5" rx="2"/>'
        f'<rect class="full" width="{width}" height="5" rx="2"/></svg></div>'
    )


def _contracts(view: Json) -> str:
    rows = "".join(_row(one) for one in items(view, "contracts")[::-1][:_SHOWN])
    facts = "".join(_fact(fact) for fact in items(view, "facts")[:_SHOWN])
    nothing = "<p>These contracts hold nothing against them: no silence, no fault.</p>"
    held_against = f"<ul>{facts}</ul>" if facts else nothing
    head = "<thead><tr><th>Signed</th><th>With</th><th>As</th><th>Milestones</th></tr></thead>"
    return f"<h2>Contracts</h2>\n<table>{head}<tbody>{rows}</tbody></table>\n{held_against}" if rows else ""


def _row(one: Json) -> str:
    other = held(one, "with")
    cells = (f"with {_name(other)}", f"as {one['role']}", escape(", ".join(one["milestones"])))
    return f"<tr><td>{_day(one['signed'])}</td>" + "".join(f'<td dir="auto">{cell}</td>' for cell in cells) + "</tr>"


def _fact(fact: Json) -> str:
    doubt = "" if fact["counts"] else " (nobody else vouches for the time)"
    where = f"<code>{fact['contract'][:_LETTERS]}</code>"
    return f"<li>{escape(str(fact['what']))}, as {fact['role']}, {_day(fact['at'])}, contract {where}{doubt}</li>"


def _left_out(view: Json) -> str:
    found = items(view, "left_out")
    if not found:
        return ""
    shown = "".join(map(_out, found[:_SHOWN]))
    return f"<h2>Reviews that do not count</h2>\n<ul>{shown}</ul>"


def _out(one: Json) -> str:
    by, review = _name(held(one, "author")), str(one["review"])
    told = f"<code>{review[:_LETTERS]}</code> by {by}: {escape(str(one['reason']))}"
    return f'<li dir="auto" data-out="{review}">{told}</li>'


def _foot(view: Json) -> str:
    exporter = view["exporter"]
    signed = f"{_name(exporter)} signed it as a whole." if exporter else "Nobody signed it as a whole."
    return f"""<footer>
<p>Exported {utc(view["exported"])} UTC. {signed} It holds {view["records"]} signed records; their hash is
<code>{view["sha256"]}</code>.</p>
<p>What is on this page was chosen by whoever exported it, and a page can be made to say anything about itself. Save it
and check it with a program of your own: <code>freehold reputation check FILE</code>. It computes the number anew, and
traces every point to its record.</p>
</footer>"""


def _profile(found: Judgement) -> Profile | None:
    profiles = found.bundle.of_kind(PROFILE.name)
    own = next((record for record in profiles if record.author == found.bundle.subject), None)
    return None if own is None else PROFILE.open(own)


def _name(one: Json) -> str:
    return _line(str(one.get("name") or "")) or f"{text.IDENTITY}1…{str(one['identity'])[-6:]}"


def _line(words: str) -> str:
    return escape(safe_line(words))


def _text(words: str) -> str:
    return escape(safe_text(words))


def _day(at: int) -> str:
    return escape(utc(at)[:10])


def _hash(inline: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()
