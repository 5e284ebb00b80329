"""Just enough of the curve of Ed25519 (RFC 8032, 5.1.4) to make signatures nobody should accept. Slow, not secret."""

from __future__ import annotations

import hashlib

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, P - 2, P) % P

Point = tuple[int, int]
IDENTITY: Point = (0, 1)
BASE: Point = (
    15112221349535400772501151409588531511454012693041857206046113283949847762202,
    46316835694926478169428394003475163141307993866256225615783033603165251855960,
)


def add(a: Point, b: Point) -> Point:
    """The sum of two points."""
    product = _D * a[0] * b[0] * a[1] * b[1] % P
    x = (a[0] * b[1] + b[0] * a[1]) * pow(1 + product, P - 2, P)
    y = (a[1] * b[1] + a[0] * b[0]) * pow(1 - product, P - 2, P)
    return x % P, y % P


def times(number: int, point: Point) -> Point:
    """A multiple of a point."""
    result = IDENTITY
    while number:
        if number & 1:
            result = add(result, point)
        point, number = add(point, point), number >> 1
    return result


def encoded(point: Point) -> bytes:
    """32 bytes: y, and the lowest bit of x on top."""
    return (point[1] | (point[0] & 1) << 255).to_bytes(32, "little")


def decoded(data: bytes) -> Point:
    """The point behind 32 bytes, leniently: y may be P or more."""
    raw = int.from_bytes(data, "little")
    y = (raw & (1 << 255) - 1) % P
    square = (y * y - 1) * pow(_D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    return (P - x if x and x & 1 != raw >> 255 else x), y


def scalar(seed: bytes) -> int:
    """The secret scalar that grows from a seed."""
    head = int.from_bytes(hashlib.sha512(seed).digest()[:32], "little")
    return head & ((1 << 254) - 8) | 1 << 254


def challenge(r: bytes, key: bytes, message: bytes) -> int:
    """SHA-512(R, A, M), before it is reduced."""
    return int.from_bytes(hashlib.sha512(r + key + message).digest(), "little")


def signature(r: bytes, s: int) -> bytes:
    """R and S as 64 bytes."""
    return r + s.to_bytes(32, "little")
