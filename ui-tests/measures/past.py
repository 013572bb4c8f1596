"""python past.py DATABASE RUN COUNT: so many runs like this one, with its cells and metrics."""

import sqlite3
import sys

#: Members of a run that differ from one to the next; %s is how many minutes later it was.
OTHER = {
    "id": "NULL",
    "idempotency_key": "NULL",
    "created_at": "strftime('%%Y-%%m-%%d %%H:%%M:%%f', created_at, %s)",
    "started_at": "strftime('%%Y-%%m-%%d %%H:%%M:%%f', started_at, %s)",
    "ended_at": "strftime('%%Y-%%m-%%d %%H:%%M:%%f', ended_at, %s, (i %% 60) || ' seconds')",
}


def main(database: str, run: str, count: str) -> None:
    connection = sqlite3.connect(database, timeout=30)
    names = [row[1] for row in connection.execute("pragma table_info(runs)")]
    minutes = f"'-' || ({count} - i) || ' minutes'"
    values = [OTHER.get(name, name).replace("%s", minutes).replace("%%", "%") for name in names]
    numbers = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) "
    with connection:
        connection.execute(
            f"{numbers} INSERT INTO runs ({', '.join(names)}) "
            f"SELECT {', '.join(values)} FROM runs, n WHERE runs.id = ?",
            [run],
        )
        for table in ("run_cells", "metrics"):
            own = [row[1] for row in connection.execute(f"pragma table_info({table})")][1:]
            held = ", ".join(own)
            copied = ", ".join(f"{table}.{name}" for name in own)
            connection.execute(
                f"INSERT INTO {table} (run_id, {held}) SELECT runs.id, {copied} "
                f"FROM {table}, runs WHERE run_id = ? AND runs.id > ?",
                [run, run],
            )


main(*sys.argv[1:])
