"""Lakes for benchmarks on either catalog, and work done in forked processes.

A process that has opened a lake has threads and must not be forked, so the parent never opens one: all that needs a
connection happens in a child.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from etl.lake.connect import connect_duckdb

SERVER = os.environ.get("COPYDESK_TEST_POSTGRES", "host=127.0.0.1 user=postgres")
"""Where the PostgreSQL for `--catalog postgres` is; a database of its own is made there and dropped."""


def fork(work: Callable[[], object]) -> int:
    """Start `work` in a child process; give its id. An exception is printed and makes exit code 1."""
    sys.stdout.flush()
    child = os.fork()
    if child:
        return child
    try:
        work()
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    sys.stdout.flush()
    os._exit(0)


def wait(children: Sequence[int]) -> list[int]:
    """Exit codes of children, negative for a signal."""
    return [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]


def in_child(work: Callable[[], str | None]) -> str:
    """Run `work` in a child process and give the text that it returns.

    Raises:
        RuntimeError: it failed; its traceback is on stderr.
    """
    reader, writer = os.pipe()

    def tell() -> None:
        os.close(reader)
        with os.fdopen(writer, "w") as pipe:
            pipe.write(work() or "")

    child = fork(tell)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        said = pipe.read()
    if wait([child]) != [0]:
        raise RuntimeError("a child process failed")
    return said


@contextmanager
def on_catalog(kind: str) -> Iterator[Callable[[], None]]:
    """Have `open_lake` use this catalog inside the block; yields what empties the catalog's database.

    Args:
        kind: `sqlite`, a catalog in each warehouse folder, or `postgres`, one database for one warehouse at a time.
    """
    os.environ.pop("COPYDESK_CATALOG", None)
    if kind == "sqlite":
        yield lambda: None
        return
    if kind != "postgres":
        raise ValueError(f"catalog must be sqlite or postgres, got {kind!r}")
    name = f"copydesk_bench_{os.getpid()}"
    _server("postgres", f"CREATE DATABASE {name}")
    os.environ["COPYDESK_CATALOG"] = f"postgres:{SERVER} dbname={name}"
    try:
        yield lambda: _server(name, "DROP SCHEMA public CASCADE", "CREATE SCHEMA public")
    finally:
        del os.environ["COPYDESK_CATALOG"]
        _server("postgres", f"DROP DATABASE {name} WITH (FORCE)")


def _server(database: str, *statements: str) -> None:
    def work() -> None:
        con = connect_duckdb(("postgres_scanner",))
        con.execute(f"ATTACH '{SERVER} dbname={database}' AS pg (TYPE postgres)")
        for statement in statements:
            con.execute(f"CALL postgres_execute('pg', '{statement}', use_transaction => false)")

    in_child(work)
