"""freehold dev seed."""

from __future__ import annotations

import secrets
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import Trouble
from ..output import print_table, say
from ..session import Session, takes_session

if TYPE_CHECKING:
    from ..client import Json
    from ..intake import Tally
    from ..postings import Rejection
    from ..seeding import Plan

MAX_AUTHORS = 20_000
"""More identities than real rows would only be empty profiles."""
_SEED_BITS = 32


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--authors", type=click.IntRange(1, MAX_AUTHORS), default=1000, show_default=True, help="Identities.")
@click.option("--seed", "number", type=click.IntRange(0), help="Makes the same records again on the same day.")
@takes_session
def seed(session: Session, file: Path, authors: int, number: int | None) -> None:
    """Fill a test network with the job postings in FILE, under many identities.

    The identities are made here and thrown away. Your node judges the records exactly as if a peer had gossiped them;
    other nodes get them when they catch up.
    """
    # These imports cost 70 ms that `--help` does not pay.
    from ..intake import ingest  # noqa: PLC0415
    from ..postings import Posting  # noqa: PLC0415
    from ..progress import bar  # noqa: PLC0415
    from ..seeding import Plan, batches, records  # noqa: PLC0415
    from .importing import rows_of  # noqa: PLC0415

    network = _test_network(session)
    rows = rows_of(file)
    offers = [row.offer for row in rows if isinstance(row, Posting)]
    rejected = [row for row in rows if not isinstance(row, Posting)]
    chosen = secrets.randbits(_SEED_BITS) if number is None else number
    plan = Plan(network, authors, chosen, Plan.day_of(time.time_ns() // 1_000_000))
    with bar(2 * authors + len(offers), "Signing and storing") as progress:
        tally = ingest(session.client, batches(records(plan, offers)), progress.update)
    session.show(_result(plan, len(offers), tally, rejected), _show)
    if left := len(rejected) + tally.records - tally.verdicts["accepted"]:
        raise Trouble("not-all-seeded", f"{left} rows or records were not taken", "the reasons are in the list above")


def _test_network(session: Session) -> str:
    from freehold.protocol.network import TEST_PREFIX  # noqa: PLC0415

    network = str(session.client.get("/status").get("network"))
    if not network.startswith(TEST_PREFIX):
        raise Trouble(
            "not-a-test-network",
            f"this node is on the network {network!r}, where nobody wants made-up offers",
            f"run a node on a network whose name begins with {TEST_PREFIX!r}",
        )
    return network


def _result(plan: Plan, offers: int, tally: Tally, rejected: list[Rejection]) -> Json:
    return {
        "network": plan.network,
        "authors": plan.authors,
        "seed": plan.seed,
        "offers": offers,
        "records": tally.records,
        **{verdict: tally.verdicts[verdict] for verdict in ("accepted", "ignored", "refused")},
        "reasons": dict(tally.reasons.most_common()),
        "seconds": round(tally.seconds, 3),
        "records_per_second": round(tally.rate),
        "rejected": [{"line": row.line, "title": row.title, "reason": row.reason} for row in rejected],
    }


def _show(result: Json) -> None:
    if result["rejected"]:
        rows = ([str(row["line"]), row["title"], row["reason"]] for row in result["rejected"])
        print_table(("line", "title", "why it is no offer"), rows)
    say(
        f"{result['offers']} offers by {result['authors']} authors on {result['network']}: "
        f"{result['records']} records in {result['seconds']:.1f} s, {result['records_per_second']} a second."
    )
    say(f"{result['accepted']} accepted, {result['ignored']} ignored, {result['refused']} refused.")
    for reason, count in result["reasons"].items():
        say(f"  {count} x {reason}")
    say(f"The same again: --authors {result['authors']} --seed {result['seed']}")
