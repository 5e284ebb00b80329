"""The page: what a person does in a browser. It calls the operations of the API in the same process and shows their
answers through templates, so that no rule stands twice. It works without JavaScript, and better with it."""

from .routing import missing, routes
from .site import Site

__all__ = ["Site", "missing", "routes"]
