"""Somebody's reputation in one file: what is in it, what follows from it, and as what else it can be written.

`bundle` is the file (specs/09-reputation-bundle.md), `judging` folds its contracts and weighs its reviews, `reckoning`
is the score of specs/08-reputation.md in its plainest form, `credentials` writes what was found for other verifiers.
"""
