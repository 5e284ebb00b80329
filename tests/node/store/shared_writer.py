"""A process that writes offers into a shared database until it is ended; it says what was committed."""

import sys
from pathlib import Path

from freehold.node.store.postgres.store import PostgresStore
from tests.cast import START_MS, offer, person


def main() -> None:
    url, folder, name, how_many = sys.argv[1:]
    store = PostgresStore.open(url, Path(folder) / "node.db")
    mine, everybodys = person(name), person("everybody")
    for number in range(int(how_many)):
        written = [offer(mine, number=number), offer(everybodys, number=1, at=START_MS + number)]
        store.records.add_many(written, START_MS, shared=True)
        if number % 3 == 2:
            store.commit()
            sys.stdout.write(f"{number}\n")
            sys.stdout.flush()
    store.commit()
    store.close()


main()
