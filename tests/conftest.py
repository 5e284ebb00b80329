"""Hypothesis draws the same examples on every machine, so that nobody's run is red by luck.

`pytest --hypothesis-profile=roam` looks elsewhere each time, and further; it prints what reproduces a failure.
"""

from hypothesis import settings

settings.register_profile("freehold", derandomize=True, deadline=None, print_blob=True)
settings.register_profile("roam", derandomize=False, deadline=None, print_blob=True, max_examples=1_000)
settings.load_profile("freehold")
