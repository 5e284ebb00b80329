"""A node whose page is encrypted, as a process of its own: a browser that trusts its certificate signs in."""

import http.client
import json
import ssl
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest

from tests.e2e.household import answer, freehold, household
from tests.node.api.paper_certificates import FROM, NAME, issue

pytestmark = pytest.mark.slow


@pytest.fixture
def home():
    with household() as opened:
        yield opened


def ask(link, trusted, cookie=""):
    """One GET to 127.0.0.1, where nobody has written that the name leads there."""
    place = urlsplit(link)
    connection = http.client.HTTPSConnection("127.0.0.1", place.port, context=trusted, timeout=20)
    connection.connect()
    connection.request("GET", f"{place.path}?{place.query}", headers={"Host": place.netloc, "Cookie": cookie})
    reply = connection.getresponse()
    found = reply.status, dict(reply.getheaders()), reply.read()
    connection.close()
    return found


def test_a_browser_signs_in_over_tls_and_a_bad_certificate_is_told(home):
    home.start("node").process.stop()
    folder = home.root / "node"
    issue(folder)
    settings = f'\npage_certificate = "page.pem"\npage_key = "page.key"\npage_names = ["{NAME}"]\n'
    with (folder / "config.toml").open("a") as file:
        file.write(settings)
    resident = home.start("node")
    assert resident.status["page"]["address"].startswith(f"https://{NAME}:")
    trusted = ssl.create_default_context(cafile=str(folder / "page.pem"))
    link = answer("open", "--print", "--folder", folder)["url"]
    status, headers, _ = ask(link, trusted)
    assert (status, headers["strict-transport-security"]) == (303, "max-age=31536000")
    cookie = headers["set-cookie"]
    assert "Secure" in cookie
    status, _, body = ask(resident.status["page"]["address"] + "/api/v1/status", trusted, cookie.partition(";")[0])
    assert (status, json.loads(body)["pid"]) == (200, resident.process.pid)
    resident.process.stop()
    issue(folder, good=(FROM, datetime(2021, 5, 4, tzinfo=UTC)))
    resident = home.start("node")
    assert resident.status["page"]["address"] is None
    assert "page.pem expired on 2021-05-04" in resident.status["page"]["trouble"]
    told = freehold("doctor", "--json", "--folder", folder).stdout
    found = {one["check"]: one for one in json.loads(told)["findings"]}
    assert "expired on 2021-05-04" in found["page"]["what"]
    assert found["page-certificate"]["state"] == "fail"
    resident.process.stop()
    (folder / "page.key").chmod(0o644)
    issue(folder)[1].chmod(0o644)
    assert "everybody on this machine can read" in home.start("node").status["page"]["trouble"]
