"""The network of one node, on py-libp2p."""

from .lean import leave_out

leave_out()  # before any module of this package imports the library
