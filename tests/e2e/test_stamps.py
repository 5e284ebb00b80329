"""Two real nodes: a stranger's pays the stamp that is asked, by itself, and the owner sees it."""

import pytest

from tests.e2e.household import answer, eventually, freehold, household

pytestmark = pytest.mark.slow


def test_a_strangers_node_pays_by_itself_and_is_told_what_it_does_not_pay():
    with household() as home:
        alice = home.start("alice")
        bob = home.start("bob", seeds=[alice.address])
        told = freehold("config", "set", "stamp_ask", "14", "--folder", alice.folder)
        assert (told.returncode, told.stdout) == (0, "Written. It holds now.\n"), told.stderr
        offer = answer("offer", "publish", "--title", "A logo", "--folder", alice.folder)["offer"]
        assert eventually(lambda: freehold("offer", "show", offer, "--folder", bob.folder).returncode == 0)
        said = ("--cover", "I draw.", "--part", "Draft=150 EUR/5", "--yes", "--folder", bob.folder)
        assert eventually(lambda: freehold("proposal", "write", offer, *said).returncode == 0)

        def received():
            return answer("proposal", "list", "--folder", alice.folder)["received"]

        found = eventually(received)
        assert [one["stamp"] >= 14 for one in found] == [True]
        shown = freehold("proposal", "show", found[0]["proposal"], "--folder", alice.folder).stdout
        assert f"{found[0]['stamp']} bits" in shown

        freehold("config", "set", "stamp_ask", "24", "--folder", alice.folder)
        answer("proposal", "write", offer, *said)

        def trouble():
            sent = answer("proposal", "list", "--folder", bob.folder)["sent"]
            return [one["reason"] for one in sent if "your node pays up to 20 by itself" in str(one["reason"])]

        assert eventually(trouble)
        notices = bob.api.get("/notices")["notices"]
        assert [one["topic"] for one in notices if one["topic"] == "stamp"] == ["stamp"]
        assert [one["topic"] for one in alice.api.get("/notices")["notices"]] == ["proposal"]
