"""The page: what a person does in a browser. It calls the operations of the API in the same process and shows their
answers through templates, so that no rule stands twice. It works without JavaScript, and better with it."""

from .routing import routes
from .site import Session, Site

__all__ = ["Session", "Site", "routes"]
