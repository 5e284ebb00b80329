"""What the doctor looks at around the page."""

from __future__ import annotations

from typing import Any

from freehold.protocol.counted import counted

from . import config
from .api import certificates
from .core.desk import Denied
from .findings import FAIL, OK, WARN, Finding, Patient

DAY_MS = 24 * 60 * 60 * 1000
RENEWED_MS = 14 * DAY_MS
"""Whoever renews by a timer has done it by then."""


def door(patient: Patient) -> Finding:
    """Whether browsers reach it."""
    page: dict[str, Any] = (patient.status or {})["page"]
    if page.get("address") is None and "turned off" not in str(page.get("trouble")):
        why = "no browser reaches your node"
        return Finding(
            WARN, f"there is no page: {page.get('trouble')}", why, "do what it says, or set another page_listen"
        )
    return Finding(OK, f"the page is at {page['address']}" if page.get("address") else "the page is turned off")


def public(patient: Patient) -> Finding:
    """Whether others could."""
    try:
        settings = config.load(patient.folder.config)
    except Denied:
        return Finding(OK, "nothing is known of the page's settings")
    if settings.page_public:
        why = "whoever is let in signs in your name, from anywhere"
        return Finding(WARN, "the page may be reached from other machines", why, "page_public = false in config.toml")
    return Finding(OK, "the page is for browsers of this machine alone")


def certificate(patient: Patient) -> Finding:
    """Whether its certificate is good for a while yet."""
    try:
        name = config.load(patient.folder.config).page_certificate
        if not name:
            return Finding(OK, "the page has no certificate, and needs none on this machine")
        left_ms = int(certificates.expiry(patient.folder.root / name).timestamp() * 1000) - patient.now
    except Denied:
        return Finding(OK, "nothing is known of the page's certificate")
    except certificates.BadCertificate as error:
        return Finding(FAIL, str(error), "no browser reaches your node", "freehold restart, once it is put right")
    if left_ms < 0:
        return Finding(
            FAIL, "the page's certificate has expired", "no browser is let in", "renew it, then freehold restart"
        )
    days = left_ms // DAY_MS
    if left_ms < RENEWED_MS:
        what = counted(days, "the page's certificate expires in {n} day", "the page's certificate expires in {n} days")
        return Finding(WARN, what, "then no browser is let in", "renew it, then freehold restart")
    return Finding(
        OK, counted(days, "the page's certificate is good for {n} day", "the page's certificate is good for {n} days")
    )
