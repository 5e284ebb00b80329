"""Write the generated parts of the spec pages afresh; with --check, only say which pages are not current.

A part stands between `<!-- generated: NAME -->` and `<!-- end -->`. What a field means is written in the page by hand,
in the last column of its row: it stays when the row is written again, and a row without it is a complaint.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if not __package__:  # run as a file: its neighbours are found from the top of the repository
    sys.path[0] = str(Path(__file__).parent.parent)

from specs.generating import part
from specs.generating.shapes import ROW
from specs.generating.words import Complaint

if TYPE_CHECKING:
    from collections.abc import Sequence

FOLDER = Path(__file__).parent
_PART = re.compile(r"(<!-- generated: ([^>\n]+) -->\n)(.*?)(<!-- end -->)", re.DOTALL)


def renewed(page: str, pages: dict[str, str]) -> str:
    """The text of a page with its generated parts made afresh; `pages` are all of them. Raises Complaint."""
    if page.count("<!-- generated:") != len(_PART.findall(page)):
        raise Complaint("a generated part does not end")
    return _PART.sub(lambda found: found[1] + part(found[2], found[3], pages) + found[4], page)


def complaints(folder: Path, *, write: bool) -> list[str]:
    """What is wrong with the pages below a folder; with `write`, stale ones are written instead."""
    pages = {str(path.relative_to(folder)): path.read_text("utf-8") for path in sorted(folder.rglob("*.md"))}
    found: list[str] = []
    for name, page in pages.items():
        try:
            now = renewed(page, pages)
        except Complaint as complaint:
            found.append(f"{name}: {complaint}")
            continue
        found += [f"{name}: nobody says what `{field}` means" for field in _unexplained(now)]
        if now != page and write:
            (folder / name).write_text(now, "utf-8")
        elif now != page:
            found.append(f"{name}: not current; run: python specs/generate.py")
    return found


def main(arguments: Sequence[str], folder: Path = FOLDER) -> int:
    """Write, or check. 1 if there is something to complain of."""
    if arguments not in ([], ["--check"]):
        sys.stderr.write("usage: python specs/generate.py [--check]\n")
        return 2
    found = complaints(folder, write=not arguments)
    sys.stderr.writelines(f"{line}\n" for line in found)
    return 1 if found else 0


def _unexplained(page: str) -> list[str]:
    """Fields of generated tables whose last column is empty."""
    rows = [row for _, _, text, _ in _PART.findall(page) for row in ROW.findall(text)]
    return [field for field, meaning in rows if not meaning]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
