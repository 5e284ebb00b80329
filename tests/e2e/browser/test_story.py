"""The whole story in two browsers over two real nodes: from two empty folders to two reviews and a number with reasons.

Once as most people see the page, and once without JavaScript.
"""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.browser.chromium import WAIT_MS
from tests.e2e.browser.newcomers import command, newcomer

pytestmark = pytest.mark.slow
TITLE = "A sign for a bakery"
WORDS = "A croissant, drawn by hand.\nIt hangs above the door."


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_from_two_empty_folders_to_two_reviews(browser, tmp_path, scripts):
    with newcomer(browser, tmp_path / "a", scripts=scripts) as amelie:
        seed = command(amelie.folder, "status")["addresses"][0]
        with newcomer(browser, tmp_path / "b", "--seed", seed, scripts=scripts) as bo:
            amelie.becomes("Amélie Durand", "Client")
            bo.becomes("Bo Lindqvist", "Freelancer")
            bo.open("/offers")
            offer_is_written(amelie)
            proposal_is_sent(bo)
            contract = proposal_is_accepted(amelie)
            milestone_is_worked_on(amelie, bo, contract)
            for someone, words in ((amelie, "Careful, quick, a pleasure."), (bo, "Paid at once.")):
                review_is_written(someone, words)
            reputation_says_why(amelie, bo)
            assert (amelie.complaints, bo.complaints) == ([], [])


def offer_is_written(client):
    client.page.get_by_role("link", name="Write an offer").first.click()
    client.page.get_by_label("Title").fill(TITLE)
    client.page.get_by_label("Description").fill(WORDS)
    client.page.get_by_label("Skills").fill("Drawing, Lettering")
    client.page.get_by_label("From").fill("400")
    shown = client.signs("Sign and publish", shown=TITLE)
    assert "A croissant, drawn by hand." in shown
    assert "40000 (400.00 EUR)" in shown


def proposal_is_sent(freelancer):
    page = freelancer.page
    freelancer.sees(page.get_by_role("link", name=TITLE)).click()
    freelancer.sees(page.get_by_text("Amélie Durand"))
    page.get_by_role("link", name="Write a proposal").click()
    page.get_by_label("In your words").fill("I drew the signs of forty bakeries.")
    page.get_by_label("1. Title").fill("The sign")
    page.locator("#f-amount-1").fill("450")
    page.locator("#f-clause-1").fill("Two rounds of changes.")
    freelancer.signs("Sign and send", shown="Two rounds of changes.")


def proposal_is_accepted(client):
    page = client.page
    client.open("/")
    client.sees(page.get_by_role("link", name="Read the proposal")).click()
    expect(page.locator("main")).to_contain_text("I drew the signs of forty bakeries.", timeout=WAIT_MS)
    page.get_by_role("button", name="Accept …").click()
    assert "Two rounds of changes." in page.locator(".exact").first.inner_text()
    page.get_by_role("button", name="Sign the contract").click()
    client.sees(page.get_by_role("heading", name="Every signature"))
    found = re.search(r"/contracts/fhc1\w+", page.url)
    assert found is not None
    return found[0]


def milestone_is_worked_on(client, freelancer, contract):
    freelancer.open("/")
    freelancer.sees(freelancer.page.get_by_role("link", name="Deliver the work"))
    first, second = "The sign, first version.", "The sign, second version."
    does(freelancer, contract, "Deliver", note=first, files=f"{'ab' * 32}  sign.svg")
    does(client, contract, "Ask for a revision", hears=first, note="The croissant looks like a moon.", clauses="1")
    why = {"amount-1": "500", "note": "A second croissant was asked for."}
    does(freelancer, contract, "Propose a change", hears="looks like a moon", **why)
    does(client, contract, "Agree", hears="A second croissant was asked for.")
    does(freelancer, contract, "Deliver", hears="agreed to the change", note=second)
    does(client, contract, "Accept the work", hears=second, note="Beautiful.")
    does(client, contract, "I have paid", rail="SEPA", reference="RF18")
    does(freelancer, contract, "The money is here", hears="RF18")
    assert "500.00 EUR" in freelancer.page.locator("main").inner_text()


def does(who, contract, label, hears="", clauses="", **typed):
    """Read what came, choose an act, fill its form, sign what is shown."""
    who.open(contract)
    if hears:
        who.sees(who.page.get_by_text(hears))
    act = who.page.get_by_role("link", name=label, exact=True).first
    if not act.is_visible():
        who.page.get_by_text("More", exact=True).first.click()
    act.click()
    who.page.wait_for_load_state()
    for name, value in typed.items():
        field = who.page.locator(f"[name='{name}']").first
        if not field.is_visible():
            field.locator("xpath=ancestor::details/summary").click()
        field.fill(value)
    if clauses:
        who.page.locator(f"input[name='clauses'][value='{clauses}']").check()
    who.signs(shown=typed.get("note", ""))


def review_is_written(someone, words):
    """In the page of the contract as each left it: open since before the other's last act."""
    someone.sees(someone.page.get_by_role("link", name="Write a review")).click()
    for name, level in {"scope": "4", "communication": "3", "quality": "4", "time": "3", "again": "4"}.items():
        someone.page.locator(f"select[name='{name}']").select_option(level)
    someone.page.get_by_label("In your words").fill(words)
    someone.signs(shown=words)


def reputation_says_why(client, freelancer):
    client.open("/")
    identity = command(freelancer.folder, "status")["identity"]
    client.open(f"/reputation/{identity}")
    client.sees(client.page.get_by_text("Careful, quick, a pleasure."))
    text = client.page.locator("main").inner_text()
    assert "1 review counts" in text
    assert "weighs" in text
