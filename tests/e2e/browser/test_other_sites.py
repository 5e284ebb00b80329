"""Rules 2 and 3 of the local surface in real Chromium, with the owner signed in: another site, another port of this
machine, another name for it (DNS rebinding). Nothing is read, nothing is changed, nothing is framed."""

import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest

from tests.cast import alice
from tests.e2e.browser.chromium import launched, tab
from tests.e2e.browser.doors import open_doors
from tests.node.api.counter import StallOffice
from tests.node.api.page.reader import whole_status
from tests.node.core.market import Market

pytestmark = pytest.mark.slow
NAMES = ("evil.example", "rebound.example")
BAN = '{"peer": "attacked", "hours": 1}'
ATTACKS = """
async ([node, ban]) => {
  const told = [], note = (what, value) => told.push([what, value]);
  const api = node + "/api/v1";
  const tries = {
    read: [api + "/status", {credentials: "include"}],
    readBlind: [api + "/status", {credentials: "include", mode: "no-cors"}],
    write: [api + "/node/ban", {method: "POST", body: ban, credentials: "include",
                                headers: {"Content-Type": "application/json"}}],
    writeBlind: [api + "/node/ban", {method: "POST", body: ban, credentials: "include", mode: "no-cors"}],
    writeWithToken: [api + "/node/ban", {method: "POST", body: ban, headers: {"Authorization": "Bearer x"}}],
    stop: [api + "/shutdown", {method: "POST", credentials: "include", mode: "no-cors"}],
    put: [api + "/identity", {method: "PUT", body: "{}", credentials: "include"}],
  };
  for (const [name, [url, options]] of Object.entries(tries)) {
    try {
      const answer = await fetch(url, options);
      note(name, answer.type === "opaque" ? "opaque" : "READ " + await answer.text());
    } catch (error) { note(name, "refused"); }
  }
  await new Promise(done => {
    const source = new EventSource(api + "/events?since=0", {withCredentials: true});
    source.onmessage = event => { note("events", "READ " + event.data); done(); };
    source.onopen = () => { note("events", "READ open"); done(); };
    source.onerror = () => { note("events", "refused"); source.close(); done(); };
  });
  for (const [tag, path] of [["img", "/static/logo.svg"], ["script", "/api/v1/status"], ["iframe", "/"]]) {
    await new Promise(done => {
      const element = document.createElement(tag);
      element.onload = () => { note(tag, tag === "iframe" ? String(element.contentDocument?.body.innerText) : "LOADED");
                               done(); };
      element.onerror = () => { note(tag, "refused"); done(); };
      element.src = node + path;
      document.body.append(element);
    });
  }
  for (const kind of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]) {
    await new Promise(done => {
      const frame = document.createElement("iframe"), form = document.createElement("form");
      frame.name = "f" + Math.random();
      frame.onload = () => setTimeout(done, 50);
      document.body.append(frame, form);
      Object.assign(form, {method: "post", enctype: kind, action: api + "/node/ban", target: frame.name});
      form.innerHTML = `<input name='{"peer": "attacked", "x": "' value='"}'>`;
      form.submit();
    });
  }
  return told;
}
"""


@dataclass
class Site:
    """A web site that means harm, on a port of this machine. `asked` are the hosts by which it was visited."""

    port: int
    asked: list[str] = field(default_factory=list)


@contextmanager
def evil_site():
    class Page(BaseHTTPRequestHandler):
        def do_GET(self):
            site.asked.append(self.headers["Host"])
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<!doctype html><title>Free kittens</title><body>Kittens!")

        def log_message(self, format, *args):  # noqa: A002
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    site = Site(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(scope="module")
def rebinding(playing):
    """A browser whose names for other sites lead to this machine."""
    with launched(playing, "--host-resolver-rules=" + ",".join(f"MAP {name} 127.0.0.1" for name in NAMES)) as found:
        yield found


@pytest.fixture(scope="module")
def door():
    async def prepare():
        market = Market()
        office = StallOffice(market, market.open(alice))
        office.status = lambda: whole_status(office)
        return [office]

    with open_doors(prepare) as found:
        yield found


def status_of(page, address):
    answer = page.goto(address)
    assert answer is not None
    return answer.status


@contextmanager
def signed_in(browser, door):
    """A tab whose browser has the owner's cookie, and the answers of the node to it: (status, url)."""
    with tab(browser) as found:
        assert status_of(found.page, door.link()) == 200
        found.page.wait_for_load_state("networkidle")
        answers = []
        port = urlsplit(door.address()).port

        def note(answer):
            if urlsplit(answer.url).port == port:
                answers.append((answer.status, answer.url))

        found.page.context.on("response", note)
        yield found.page, answers


def untouched(door):
    office = door.offices[0]
    return (office.banned, office.stopped) == ({}, 0)


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "localhost"])
def test_another_site_and_another_port_get_nothing_and_change_nothing(rebinding, door, host):
    with evil_site() as site, signed_in(rebinding, door) as (page, answers):
        page.goto(f"http://{host}:{site.port}/")
        told = dict(page.evaluate(ATTACKS, [door.address(), BAN]))
        assert site.asked
        assert not [pair for pair in told.items() if "READ" in pair[1] or "LOADED" in pair[1]], told
        assert {told["read"], told["write"], told["events"], told["script"], told["img"]} == {"refused"}
        assert told["iframe"] in ("null", "undefined", "refused")  # an error page of the browser's own
        assert {urlsplit(url).path for _, url in answers} >= {"/", "/api/v1/node/ban"}
        assert {status for status, _ in answers} <= {401, 403, 405, 421}, answers
        assert untouched(door)


def test_a_link_on_another_site_leads_to_an_explanation_and_shows_nothing(rebinding, door):
    with evil_site() as site, signed_in(rebinding, door) as (page, answers):
        page.goto(f"http://evil.example:{site.port}/")
        page.evaluate("address => { location.href = address }", door.address() + "/offers")
        page.wait_for_url("**/offers")
        assert answers[-1][0] == 403
        assert "another site" in page.inner_text("body")


def test_another_name_for_this_machine_gets_nothing_though_it_is_the_same_door(rebinding, door):
    with signed_in(rebinding, door) as (page, answers):
        port = urlsplit(door.address()).port
        rebound = f"http://rebound.example:{port}"
        for path in ("/", "/api/v1/status", "/login?code=x", "/static/x"):
            assert status_of(page, rebound + path) == 421
        asked = page.evaluate(
            "async () => { const answer = await fetch('/api/v1/status'); return [answer.status, await answer.text()] }"
        )
        assert asked[0] == 421
        assert "identity" not in asked[1]
        assert {status for status, _ in answers} == {421}
        assert untouched(door)


def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(rebinding, door):
    with evil_site() as site, signed_in(rebinding, door) as (page, _):
        assert page.evaluate("document.cookie") == ""
        (cookie,) = page.context.cookies()
        assert (cookie.get("httpOnly"), cookie.get("sameSite")) == (True, "Strict")
        page.goto(f"http://127.0.0.1:{site.port}/")
        assert page.evaluate("document.cookie") == ""


def test_the_same_question_from_our_own_page_is_answered(rebinding, door):
    """What the attacks ask is right but for where they come from: else they would prove nothing."""
    with signed_in(rebinding, door) as (page, _):
        ask = """async ([path, options]) => { const a = await fetch('/api/v1' + path, options); return a.status }"""
        assert page.evaluate(ask, ["/status", {}]) == 200
        office, held = door.offices[0], door.surfaces[0]
        (cookie,) = page.context.cookies()
        token = door.run(lambda: held.sessions.find(cookie.get("value", ""))).page_token
        headers = {"Content-Type": "application/json"}
        options = {"method": "POST", "body": BAN, "headers": headers}
        assert page.evaluate(ask, ["/node/ban", options]) == 403
        assert untouched(door)
        assert page.evaluate(ask, ["/node/ban", options | {"headers": headers | {"X-Page-Token": token}}]) == 200
        assert office.banned == {"attacked": 1}
        office.banned.clear()
        events = "new Promise(done => { new EventSource('/api/v1/events').onopen = () => done('open') })"
        assert page.evaluate(events) == "open"
