"""For editable installs only: show protocol/, node/ and cli/ as freehold.protocol, freehold.node, freehold.cli."""

import os
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class DevLinks(BuildHookInterface[Any]):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version != "editable":
            return
        links = Path(self.root, "build/dev/freehold")
        links.mkdir(parents=True, exist_ok=True)
        for name in ("protocol", "node", "cli"):
            link = links / name
            if not link.exists():
                link.symlink_to(os.path.relpath(Path(self.root, name), links), target_is_directory=True)
