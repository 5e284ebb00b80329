"""The certificate by which browsers of other machines know the page: looked at before it is used, in words."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from pathlib import Path

EVERYBODY = 0o007
"""A group may read the key: on many systems one does that holds every server's keys."""
PEM_BYTES = 256 * 1024
"""A chain of certificates has some kilobytes."""


class BadCertificate(OSError):
    """The page cannot be served with these files; the message says why, and what to do."""


def context(certificate: Path, key: Path | None, names: Iterable[str], at: datetime) -> ssl.SSLContext:
    """TLS with a certificate for `names` and its key (None: in the same file). Raises BadCertificate."""
    key = key or certificate
    leaf = _certificate(certificate)
    _check_dates(leaf, certificate, at)
    _check_names(leaf, certificate, names)
    _check_key(leaf, certificate, key)
    found = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        found.load_cert_chain(certificate, key)
    except ssl.SSLError as error:
        raise BadCertificate(f"the certificate {certificate} cannot be used: {error.reason}") from error
    return found


def expiry(certificate: Path) -> datetime:
    """Until when a certificate is good. Raises BadCertificate."""
    return _certificate(certificate).not_valid_after_utc


def _certificate(path: Path) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(_read(path))
    except ValueError as error:
        raise BadCertificate(f"{path} is not a certificate in PEM") from error


def _check_dates(leaf: x509.Certificate, path: Path, at: datetime) -> None:
    """Browsers let nobody in with another one, and for good reasons."""
    if at > leaf.not_valid_after_utc:
        raise BadCertificate(f"the certificate {path} expired on {leaf.not_valid_after_utc:%Y-%m-%d}: renew it")
    if at < leaf.not_valid_before_utc:
        raise BadCertificate(
            f"the certificate {path} is good from {leaf.not_valid_before_utc:%Y-%m-%d} on: look at this machine's clock"
        )


def _check_names(leaf: x509.Certificate, path: Path, names: Iterable[str]) -> None:
    try:
        listed = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, ValueError):
        listed = x509.SubjectAlternativeName([])
    known = [*listed.get_values_for_type(x509.DNSName), *map(str, listed.get_values_for_type(x509.IPAddress))]
    for name in names:
        if name not in known and f"*.{name.partition('.')[2]}" not in known:
            listed_names = ", ".join(known)[:300] or "-"
            raise BadCertificate(f"the certificate {path} is not for {name}, which is in page_names: {listed_names}")


def _check_key(leaf: x509.Certificate, certificate: Path, path: Path) -> None:
    data = _read(path)
    if path.stat().st_mode & EVERYBODY:
        raise BadCertificate(f"everybody on this machine can read or change the key {path}: chmod 640 {path}")
    try:
        key = load_pem_private_key(data, None)
    except TypeError as error:
        raise BadCertificate(f"the key {path} is locked by a passphrase, which nobody types here") from error
    except ValueError as error:
        raise BadCertificate(f"{path} holds no private key in PEM") from error
    if key.public_key() != leaf.public_key():
        raise BadCertificate(f"the key {path} does not belong to the certificate {certificate}")


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(PEM_BYTES)
    except OSError as error:
        raise BadCertificate(f"{path} cannot be read: {error.strerror}") from error
