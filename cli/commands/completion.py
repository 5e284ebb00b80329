"""freehold completion."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from ..errors import Trouble

_SHELLS = ("bash", "zsh", "fish")


@click.command()
@click.argument("shell", type=click.Choice(_SHELLS))
def completion(shell: str) -> None:
    """Print the completion script of a SHELL.

    \b
    bash:  eval "$(freehold completion bash)"
    zsh:   eval "$(freehold completion zsh)"
    fish:  freehold completion fish | source
    """
    found = get_completion_class(shell)
    if found is None:
        raise Trouble("no-completion", f"there is no completion for {shell} in this version of Click", "update click")
    root = click.get_current_context().find_root().command
    click.echo(found(root, {}, "freehold", "_FREEHOLD_COMPLETE").source())
