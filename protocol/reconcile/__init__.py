"""Set reconciliation as a conversation of values: what does either lack? (specs/10-reconciliation.md).

`keys` is one side's ordered set and its sums, `sketch` and `ranges` are the two ways to find differences, `messages`
and `blocks` are what travels, `conversation` is who says what when. Nothing here waits, stores or sends.
"""
