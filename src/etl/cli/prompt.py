"""The prompt of `copydesk sql`: statements end in a semicolon, commands begin with a dot."""

from __future__ import annotations

import readline
from collections.abc import Callable

import click
import duckdb

Show = Callable[[duckdb.DuckDBPyConnection], None]

_HELP = """\
SQL ends in ; and may run over several lines.
  .tables          tables, views and macros with what they hold
  .columns NAME    columns of a table or view
  .examples        a query to start from for each view and macro
  .quit            leave (or Ctrl-D)
Tab completes names."""

_OBJECTS = """
SELECT table_name AS name, 'table' AS kind, comment FROM duckdb_tables() WHERE schema_name = 'main'
UNION ALL SELECT view_name, 'view', comment FROM duckdb_views() WHERE NOT internal
UNION ALL SELECT function_name || '(' || array_to_string(parameters, ', ') || ')', 'macro', comment
FROM duckdb_functions() WHERE NOT internal AND schema_name = 'main'
"""

_COMMANDS = {
    ".tables": f"SELECT name, kind, split_part(comment, ' Example: ', 1) AS holds FROM ({_OBJECTS})",
    ".examples": f"SELECT name, split_part(comment, ' Example: ', 2) AS example FROM ({_OBJECTS}) "
    "WHERE contains(comment, ' Example: ')",
    ".columns": "SELECT column_name, data_type, comment FROM duckdb_columns() WHERE schema_name = 'main' "
    "AND table_name = ?",
}


def prompt(con: duckdb.DuckDBPyConnection, show: Show, read: Callable[[str], str] = input) -> None:
    """Answer statements until the end of input. An error of one is said and the next is asked for."""
    _complete_names(con)
    click.echo("DuckDB SQL over the published tables; .help says more, .quit leaves.")
    pending = ""
    while True:
        try:
            line = read("      ...> " if pending else "copydesk> ")
        except EOFError:
            click.echo()
            return
        except KeyboardInterrupt:
            click.echo()
            pending = ""
            continue
        if not pending and line.strip() in {".quit", ".exit", "quit", "exit"}:
            return
        pending = _take(con, show, pending, line)


def _take(con: duckdb.DuckDBPyConnection, show: Show, pending: str, line: str) -> str:
    """Work off one line; gives what of a statement is still open."""
    if not pending and line.strip().startswith("."):
        _command(con, show, line.split())
        return ""
    pending = f"{pending}\n{line}" if pending else line
    if not pending.rstrip().endswith(";"):
        return pending if pending.strip() else ""
    _ask(con, show, pending, [])
    return ""


def _command(con: duckdb.DuckDBPyConnection, show: Show, words: list[str]) -> None:
    query = _COMMANDS.get(words[0])
    if query is None or (words[0] == ".columns") != (len(words) == 2):
        click.echo(_HELP)
        return
    _ask(con, show, query, words[1:])


def _ask(con: duckdb.DuckDBPyConnection, show: Show, query: str, values: list[str]) -> None:
    try:
        show(con.execute(query, values))
    except duckdb.Error as error:
        click.echo("".join(c if c.isprintable() or c == "\n" else " " for c in str(error)), err=True)
    except KeyboardInterrupt:
        click.echo("stopped", err=True)


def _complete_names(con: duckdb.DuckDBPyConnection) -> None:
    query = (
        "SELECT DISTINCT column_name FROM duckdb_columns() WHERE schema_name = 'main' "
        f"UNION SELECT split_part(name, '(', 1) FROM ({_OBJECTS})"
    )
    names = sorted(str(row[0]) for row in con.execute(query).fetchall()) + sorted(_COMMANDS)

    def complete(text: str, state: int) -> str | None:
        found = [name for name in names if name.startswith(text)]
        return found[state] if state < len(found) else None

    readline.set_completer(complete)
    readline.set_completer_delims(" \t\n,()=<>;")
    readline.parse_and_bind("tab: complete")
