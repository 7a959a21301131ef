"""One real command in a fork of its own, with its workers in a process group, killed when it is time.

The parent has the models loaded and has opened no lake; so a command costs a fork, not a start. The command's code is
what `copydesk` calls. It is watched from outside: a pipe says which phase it is in and what has been committed.
"""

from __future__ import annotations

import contextlib
import io
import json
import multiprocessing
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import IO, Any

from etl.cli import main, options
from etl.ingest import run as steps
from etl.ingest.worker import models
from etl.ingest.workers import Workers
from etl.pipeline import process_file
from etl.records import Delivery
from etl.rows import Origin

# By their names in full: `etl.cli.run` is the command, not the module.
_RUN, _HISTORY, _MAINTAIN = (import_module(f"etl.cli.{name}") for name in ("run", "history", "maintain"))
_COMMIT = import_module("etl.ingest.commit")


def warm_up(samples: Sequence[Path]) -> None:
    """Load here, once, what each command would load for itself: models, lists, and the libraries they import late."""
    import_module("pandas")  # DuckDB does it with the first bound value
    origin = Origin("0" * 64, "a/b", "a", "x", "run", "batch")
    for path in samples:
        data = path.read_bytes()
        list(process_file(Delivery("a/b", io.BytesIO(data), len(data)), origin, models()))


@dataclass(slots=True)
class Ended:
    """How a command ended: exit code (negative: the signal), last phase, files acknowledged, what it printed."""

    code: int
    doing: str = "starting"
    acknowledged: set[str] = field(default_factory=set)
    output: str = ""
    errors: str = ""


def command(
    line: Sequence[str], *, after: float | None = None, stop_at: str = "", ahead: timedelta = timedelta(0)
) -> Ended:
    """Run `copydesk` with these arguments.

    Args:
        line: the arguments.
        after: seconds from when the command has begun until it and its workers are killed; None: never.
        stop_at: the phase at whose beginning it is killed.
        ahead: how far the clock of `maintain` is ahead.
    """
    reader, writer = os.pipe()
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        child = os.fork()
        if not child:
            _be_the_command(line, writer, (output, errors), stop_at, ahead)
        os.close(writer)
        with os.fdopen(reader) as pipe:
            pipe.readline()  # it has begun
            if after is not None:
                time.sleep(after)
                _kill_group(child)
            code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            _kill_group(child)
            said = pipe.read().splitlines()
        ended = Ended(code, output=_read(output), errors=_read(errors))
    for word in said:
        if word.startswith("["):
            ended.acknowledged |= set(json.loads(word))
        else:
            ended.doing = word
    return ended


def _kill_group(child: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)


def _read(file: IO[str]) -> str:
    file.seek(0)
    return file.read()[-2000:]


def _be_the_command(
    line: Sequence[str], pipe: int, files: tuple[IO[str], IO[str]], stop_at: str, ahead: timedelta
) -> None:
    try:
        os.setsid()
        for number, file in zip((1, 2), files, strict=True):
            os.dup2(file.fileno(), number)
        _watch(pipe, stop_at)
        # Models are in this process: workers are forked from it before anything opens a lake.
        if line[0] in ("run", "backfill"):
            _fork_workers(2)
        _MAINTAIN.now = lambda: options.now() + ahead  # type: ignore[attr-defined]
        sys.argv = ["copydesk", *line]
        os.write(pipe, b"begun\n")
        main()
    except SystemExit as left:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(left.code if isinstance(left.code, int) else 1)
    os._exit(1)


def _fork_workers(count: int) -> None:
    pool = ProcessPoolExecutor(count, mp_context=multiprocessing.get_context("fork"))
    pool.submit(os.getpid).result()
    Workers._start = lambda self, processes: pool  # type: ignore[method-assign]  # noqa: ARG005


def _watch(pipe: int, stop_at: str) -> None:
    """Have the steps of a command say when they begin, and the commits what is committed."""

    def watched(
        name: str, step: Callable[..., Any], done: Callable[[Any], Collection[str]] | None
    ) -> Callable[..., Any]:
        def wrapped(*values: Any, **named: Any) -> Any:
            os.write(pipe, f"{name}\n".encode())
            if name == stop_at:
                os.killpg(0, signal.SIGKILL)
            result = step(*values, **named)
            if done is not None:
                os.write(pipe, (json.dumps(sorted(done(result))) + "\nreading\n").encode())
            return result

        return wrapped

    for module, attribute, name in (
        (_RUN, "work", "reading"),
        (steps, "resolve_lake", "linking"),
        (steps, "publish", "publishing"),
        (_RUN, "resolve_lake", "linking"),
        (_RUN, "publish", "publishing"),
        (_HISTORY, "resolve_lake", "linking"),
        (_HISTORY, "publish", "publishing"),
        (_MAINTAIN, "do_maintain", "maintaining"),
        (_HISTORY.history, "restore", "restoring"),
    ):
        setattr(module, attribute, watched(name, getattr(module, attribute), None))
    commit = watched("committing", vars(_COMMIT)["commit_batch"], lambda made: (*made.loaded, *made.already))
    setattr(_COMMIT, "commit_batch", commit)  # noqa: B010 - it is that module's import, not its own
