"""What somebody may do in a contract, as one table: the verb of the API, its words, and the fields of its form.

Which of them are possible now is not decided here: the table of the protocol says it, by the milestone's state and by
who asks. An act that is offered too long (somebody was faster) is refused by the core, in words.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from freehold.protocol import contract as table
from freehold.protocol.kinds import changes, disputes, entries, payments

from .terms import N_

if TYPE_CHECKING:
    from ..port import Json

LINE, TEXT, LONG, FILES, CLAUSES, WAY, AMOUNT, HOURS, DAY, PERCENT, FAULT, FINDINGS = (
    "line", "text", "long", "files", "clauses", "way", "amount", "hours", "day", "percent", "fault", "findings",
)  # fmt: skip
"""How a field is typed; `act_form.html` draws them, `act_form.py` reads them."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a form: its name in the API, how it is typed, what it is called, and a hint."""

    name: str
    typed: str
    label: str
    hint: str = ""
    required: bool = False


@dataclass(frozen=True, slots=True)
class Act:
    """A verb: the word on its button, what its signature means, and what is asked for."""

    verb: str
    label: str
    follows: str
    fields: tuple[Field, ...] = ()
    in_part: bool = True


_NOTE = Field("note", LONG, N_("Words"))
_CLAUSES = Field("clauses", CLAUSES, N_("Clauses"))
_FILES = Field("files", FILES, N_("Files"), N_("Up to 25 MiB each. Your node keeps them for the other side to fetch."))
ACTS = {
    act.verb: act
    for act in (
        Act(
            "deliver",
            N_("Deliver"),
            N_("The client has the agreed time to look at it."),
            (
                _NOTE,
                _FILES,
            ),
        ),
        Act("accept", N_("Accept the work"), N_("The price is due from now on."), (_NOTE,)),
        Act(
            "revise",
            N_("Ask for a revision"),
            N_("Only what a clause covers can be asked for. Anything else is a change that both sign."),
            (
                Field("clauses", CLAUSES, N_("Clauses that are not met yet"), required=True),
                _NOTE,
                _FILES,
            ),
        ),
        Act(
            "block",
            N_("Something is missing"),
            N_("Your clock stands still until the client gives it."),
            (Field("need", LONG, N_("What you need"), required=True),),
        ),
        Act("unblock", N_("Give what is needed"), N_("The freelancer's clock runs again."), (_NOTE,)),
        Act(
            "timesheet",
            N_("Report hours"),
            N_("The client has the agreed time to look at it."),
            (
                Field("begins", DAY, N_("First day of that time"), required=True),
                Field("minutes", HOURS, N_("Hours worked"), N_("Such as 7.5"), required=True),
                _NOTE,
            ),
        ),
        Act("finish", N_("End the hourly work"), N_("Nothing more is reported or owed for it.")),
        Act("fund", N_("Show the money"), N_("The work can begin."), (Field("evidence", TEXT, N_("What shows it")),)),
        Act(
            "pay",
            N_("I have paid"),
            N_("Freehold moves no money: you say that you have paid, and the other side confirms it."),
            (
                Field("rail", WAY, N_("How you paid"), required=True),
                Field("reference", TEXT, N_("Reference"), N_("By which they find it.")),
                Field("amount", AMOUNT, N_("Amount"), N_("Only if it is not exactly what is due.")),
            ),
        ),
        Act(
            "confirm",
            N_("The money is here"),
            N_("The milestone is settled."),
            (Field("amount", AMOUNT, N_("Amount"), N_("Only if it is not exactly what is due.")),),
        ),
        Act("deny", N_("No money came"), N_("The arbiter is called."), (Field("reason", LONG, N_("What happened")),)),
        Act("cancel", N_("Cancel the milestone"), N_("It ends, and everybody can see who ended it.")),
        Act(
            "settle",
            N_("Propose to end it"),
            N_("It ends so if the other side agrees."),
            (Field("award", PERCENT, N_("Percent of the price for the freelancer"), required=True),),
        ),
        Act(
            "dispute",
            N_("Call the arbiter"),
            N_("The arbiter of the agreement is asked. Award and fault are decided apart."),
            (
                Field("text", LONG, N_("What happened"), required=True),
                _CLAUSES,
            ),
        ),
        Act(
            "answer",
            N_("Answer the dispute"),
            N_("The arbiter and the other side read it."),
            (Field("text", LONG, N_("Your side of it"), required=True),),
        ),
        Act(
            "take",
            N_("Take the case"),
            N_("The other side is asked for an answer; then you have the agreed time to decide."),
        ),
        Act("pass", N_("Leave it to the next arbiter"), N_("Nobody holds that against you.")),
        Act(
            "rule",
            N_("Decide"),
            N_("The award is owed, apart from whose fault it was. It is public; your reasons are for the parties."),
            (
                Field("award", PERCENT, N_("Percent of the price for the freelancer"), required=True),
                Field("fault", FAULT, N_("Whose fault it was"), required=True),
                Field("findings", FINDINGS, N_("Clause by clause")),
                Field("reasons", LONG, N_("Reasons")),
            ),
        ),
        Act("appeal", N_("Appeal"), N_("The next arbiter decides anew.")),
        Act(
            "claim",
            N_("Claim: the time is over"),
            N_("The other side has a last time to answer. After it, what was agreed for silence follows."),
        ),
        Act("ping", N_("Ask for a sign of life"), N_("The other side owes one within the agreed time."), in_part=False),
        Act("pong", N_("Give a sign of life"), N_("It says that you are there, and nothing else."), in_part=False),
        Act(
            "absence",
            N_("Announce an absence"),
            N_("Clocks against you stand still meanwhile, within what the agreement allows."),
            (
                Field("since", DAY, N_("First day"), required=True),
                Field("until", DAY, N_("Until"), required=True),
            ),
            in_part=False,
        ),
        Act("resume", N_("I am back"), N_("The absence ends now."), in_part=False),
        Act(
            "evidence",
            N_("Add words or files"),
            N_("The other party, and the arbiter of a dispute, can read them."),
            (
                Field("text", LONG, N_("Words"), required=True),
                _FILES,
            ),
            in_part=False,
        ),
        Act("agree", N_("Agree to the change"), N_("From now on the changed terms hold."), in_part=False),
        Act(
            "decline",
            N_("Decline the change"),
            N_("Nothing changes. Declining can never be held against you."),
            in_part=False,
        ),
        Act("withdraw", N_("Take it back"), N_("The change is no longer proposed."), in_part=False),
    )
}
_VERBS = {
    entries.DELIVERY.name: "deliver",
    entries.ACCEPTANCE.name: "accept",
    entries.REVISION.name: "revise",
    entries.BLOCKED.name: "block",
    entries.UNBLOCKED.name: "unblock",
    entries.TIMESHEET.name: "timesheet",
    entries.FINISH.name: "finish",
    payments.FUNDING.name: "fund",
    payments.PAYMENT_SENT.name: "pay",
    payments.PAYMENT_RECEIVED.name: "confirm",
    payments.PAYMENT_DENIED.name: "deny",
    changes.CANCELLATION.name: "cancel",
    disputes.DISPUTE.name: "dispute",
    disputes.ANSWER.name: "answer",
    disputes.APPEAL.name: "appeal",
    disputes.CASE_TAKEN.name: "take",
    disputes.CASE_DECLINED.name: "pass",
    disputes.RULING.name: "rule",
}
_PARTIES = ("client", "freelancer")
_GRAVE = ("cancel", "dispute", "settle", "deny", "pass", "appeal")
"""What ends or burdens something is never the main button."""


def of_entry(word: str) -> Act | None:
    """The act by which an entry is made, by the first word of its kind."""
    return next((ACTS[verb] for kind, verb in _VERBS.items() if kind.partition("/")[0] == word), None)


def possible(contract: Json, part: Json) -> tuple[Act | None, list[Act]]:
    """What the reader may do in a milestone now: the main thing, if there is one, and what else."""
    role, state = contract["my_role"], part["state"]
    moves = table.HOURLY_MOVES if part["basis"] == "hourly" else table.MOVES
    verbs = [
        _VERBS[kind] for (when, kind), move in moves.items() if when == state and _may(contract, part, role, move.who)
    ]
    if not contract["arbiters"]:
        verbs = [verb for verb in verbs if verb != "dispute"]
    if not contract["appeal"]:
        verbs = [verb for verb in verbs if verb != "appeal"]
    if part["part"] in contract["my_claims"]:
        verbs.append("claim")
    if role in _PARTIES and state in table.SETTLEABLE:
        verbs.append("settle")
    main = next((verb for verb in verbs if verb not in _GRAVE), None)
    return None if main is None else ACTS[main], [ACTS[verb] for verb in verbs if verb != main]


def _may(contract: Json, part: Json, role: str | None, who: str) -> bool:
    if who == table.EITHER:
        return role in _PARTIES
    if who in (table.ARBITER, table.RESPONDENT):
        return part["part"] in contract["my_turns"]
    return role == who


def in_general(contract: Json, now: int) -> list[Act]:
    """What the reader may do in the contract as a whole."""
    role = contract["my_role"]
    if role is None or contract["state"] not in (table.ACTIVE, table.CLOSED):
        return []
    verbs = ["evidence"]
    if role in _PARTIES and contract["state"] == table.ACTIVE:
        away = any(one["role"] == role and one["since"] <= now < one["until"] for one in contract["absences"])
        owed = any(ping["turn"] == role for ping in contract["pings"])
        asked = any(ping["turn"] != role for ping in contract["pings"])
        verbs = [*(["pong"] if owed else []), *([] if asked else ["ping"]), "resume" if away else "absence", *verbs]
    return [ACTS[verb] for verb in verbs]
