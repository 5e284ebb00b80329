"""What can be wrong with something that came from outside. The fault is always its sender's or its author's.

A `ProtocolError` is never a bug of ours: whoever catches one may blame the peer (`Unsupported` blames nobody).
"""


class ProtocolError(Exception):
    """Refused because it is ... (the subclass completes the sentence; the message gives the reason)."""


class Malformed(ProtocolError):
    """The bytes are not the one canonical encoding of a value of the right shape."""


class Unverifiable(ProtocolError):
    """The signature, key or hash does not hold."""


class NotAllowed(ProtocolError):
    """Well formed and authentic, but it breaks a rule of its kind or of its context."""


class Unsupported(ProtocolError):
    """A version, suite or kind from a future we do not know: ignored, nobody's fault."""
