"""The life of one milestone, written down a second time and independently: no table and no fold of ours is used here.

Times are ms. Names of states, roles and marks are those of the specification.
"""

from __future__ import annotations

from dataclasses import dataclass, field

DAY = 24 * 60 * 60 * 1000
CURE, GRACE, DORMANT, CONTEST = 3 * DAY, 3 * DAY, 60 * DAY, 14 * DAY
C, F, A, R, E = "client", "freelancer", "arbiter", "respondent", "either"

WAITS: dict[str, tuple[str, int, str, str]] = {
    "awaiting funding": (C, 7, "unfunded", "did not fund"),
    "working": (F, 7, "undelivered", "did not deliver"),
    "blocked": (C, 5, "abandoned", "silent"),
    "delivered": (C, 10, "payable", "silent"),
    "revision": (F, 7, "undelivered", "did not deliver"),
    "payable": (C, 7, "unpaid", "did not pay"),
    "paid": (F, 5, "settled, unconfirmed", "silent"),
    "awaiting arbiter": (A, 3, "next", "did not take the case"),
    "awaiting answer": (R, 7, "deliberating", "silent"),
    "deliberating": (A, 14, "next", "silent"),
    "owed": (C, 7, "noncompliant", "did not comply"),
    "award paid": (F, 5, "resolved", "silent"),
}
"""state -> debtor, days, what silence leads to, its mark."""

STEPS: dict[str, dict[str, tuple[str, str]]] = {
    "awaiting funding": {"funding": (C, "working"), "cancellation": (E, "cancelled")},
    "working": {"delivery": (F, "delivered"), "blocked": (F, "blocked"), "cancellation": (E, "cancelled")},
    "blocked": {"unblocked": (C, "working"), "delivery": (F, "delivered"), "cancellation": (E, "cancelled")},
    "delivered": {"acceptance": (C, "payable"), "revision": (C, "revision"), "dispute": (C, "next")},
    "revision": {"delivery": (F, "delivered"), "dispute": (F, "next"), "cancellation": (F, "cancelled")},
    "payable": {"payment-sent": (C, "paid"), "dispute": (E, "next")},
    "paid": {"payment-received": (F, "settled"), "payment-denied": (F, "next")},
    "awaiting arbiter": {"case-taken": (A, "awaiting answer"), "case-declined": (A, "next")},
    "awaiting answer": {"answer": (R, "deliberating")},
    "deliberating": {"ruling": (A, "ruled")},
    "owed": {"payment-sent": (C, "award paid"), "appeal": (E, "next")},
    "award paid": {"payment-received": (F, "resolved"), "payment-denied": (F, "next")},
    "unpaid": {"payment-sent": (C, "paid"), "dispute": (F, "next")},
    "noncompliant": {"payment-sent": (C, "award paid")},
    "undelivered": {"dispute": (F, "next")},
    "abandoned": {"dispute": (F, "next")},
    "resolved": {"appeal": (F, "next")},
    "cancelled by the client": {"dispute": (F, "next")},
    "cancelled by the freelancer": {"dispute": (C, "next")},
}
TIMED = {
    *("unpaid", "undelivered", "abandoned", "noncompliant", "resolved"),
    *("cancelled by the client", "cancelled by the freelancer"),
}
SETTLED_BY_BOTH = set(WAITS) | {"unpaid", "undelivered", "abandoned", "noncompliant", "contested"}


@dataclass
class Model:
    """Where the milestone stands. `who` of an entry is a role, or an arbiter's number (1, 2 ...) as text."""

    start: int
    funded: bool
    arbiters: int
    fallback: str
    appeal: bool
    revisions: int
    state: str = ""
    arbiter: int = 0
    caller: str = ""
    asked: int = 0
    left: int | None = None
    claimed: int | None = None
    ruled: bool = False
    award: int = 1000
    marks: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])

    def __post_init__(self) -> None:
        self.state = "awaiting funding" if self.funded else "working"

    @property
    def debtor(self) -> str | None:
        """Who is waited for."""
        if self.state not in WAITS:
            return None
        owes = WAITS[self.state][0]
        if owes == A:
            return str(self.arbiter)
        return _other(self.caller) if owes == R else owes

    @property
    def deadline(self) -> int | None:
        """When the time is over."""
        if self.state not in WAITS:
            return None
        if self.state == "working":
            return self.start + (7 * DAY + GRACE if self.left is None else self.left)
        return self.start + WAITS[self.state][1] * DAY

    def may(self, who: str, kind: str) -> bool:
        """Whether somebody may make an entry now."""
        step = STEPS.get(self.state, {}).get(kind)
        if step is None:
            return False
        owes = {A: {str(self.arbiter)}, R: {_other(self.caller)}, E: {C, F}}.get(step[0], {step[0]})
        return who in owes

    def pass_time(self, now: int) -> None:
        """What follows from time alone."""
        while (deadline := self.deadline) is not None:
            if self.claimed is not None:
                until = self.claimed + CURE
                if until >= now:
                    return
                _, _, after, mark = WAITS[self.state]
                self.marks.append((self.debtor or "", mark))
                self._go(after, None, until)
            elif deadline + DORMANT < now:
                self.state, self.start = "dormant", deadline + DORMANT
            else:
                return

    def claim(self, who: str, at: int) -> bool:
        """Somebody claims what is owed now; whether that counts."""
        self.pass_time(at)
        if self.deadline is None or who not in (C, F) or who == self.debtor or self.claimed is not None:
            return False
        if at <= self.deadline:
            return False
        self.claimed = at
        return True

    def settle(self, award: int, at: int) -> bool:
        """Both agree; whether that counts."""
        self.pass_time(at)
        if self.state not in SETTLED_BY_BOTH:
            return False
        self.ruled = False
        self._award(award, at, nothing="cancelled by both")
        return True

    def enter(self, who: str, kind: str, at: int, award: int = 0) -> bool:
        """Somebody makes an entry; whether it counts."""
        self.pass_time(at)
        if not self.may(who, kind):
            return False
        if kind == "revision" and self.asked >= self.revisions:
            return False
        if kind == "appeal" and not (self.appeal and self.ruled and self.arbiter < self.arbiters):
            return False
        if kind == "appeal" and self.state == "resolved" and self.award:
            return False
        if self.state in TIMED and at > self.start + CONTEST:
            return False
        self._note(who, kind, at)
        after = STEPS[self.state][kind][1]
        if after == "ruled":
            self.ruled = True
            self.marks.append((F, "at fault"))
            self._award(award, at)
        elif after == "cancelled":
            self._go(f"cancelled by the {who}", who, at)
        else:
            self._go(after, who if who in (C, F) else None, at)
        return True

    def _note(self, who: str, kind: str, at: int) -> None:
        if self.claimed is not None and who == self.debtor:
            self.marks.append((who, "late"))
        if kind == "revision":
            self.asked += 1
        if kind == "case-declined":
            self.marks.append((who, "declined the case"))
        if kind == "blocked":
            self.left = max(0, (self.deadline or 0) - at)
        if kind == "payment-sent" and self.state in ("unpaid", "noncompliant"):
            self.marks = [mark for mark in self.marks if mark[1] not in ("did not pay", "did not comply")]
            self.marks.append((C, "late"))

    def _go(self, state: str, caller: str | None, at: int) -> None:
        if state == "next":
            self.arbiter += 1
            self.caller, self.ruled = caller or self.caller, False
            if self.arbiter <= self.arbiters:
                state = "awaiting arbiter"
            elif self.fallback in (C, F):
                return self._award(1000 if self.fallback == F else 0, at)
            else:
                state = "contested"
        if state == "working" and self.state != "blocked":
            self.left = None
        self.state, self.start, self.claimed = state, at, None
        return None

    def _award(self, award: int, at: int, nothing: str = "resolved") -> None:
        self.award = award
        self.state, self.start, self.claimed = ("owed" if award else nothing), at, None


def _other(role: str) -> str:
    return {C: F, F: C}.get(role, "")
