"""A `copydesk serve` to put under strain: started, watched over its API, and parts of it killed."""

from __future__ import annotations

import contextlib
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

ROOT = Path(__file__).parent.parent
T = TypeVar("T")


class Desk:
    """`copydesk serve` in a folder of its own, with the copydesk.toml given."""

    def __init__(self, folder: Path, config: str, *, crash_after: int = 45) -> None:
        """Write the configuration; nothing is started."""
        self.folder, self.port, self._crash_after = folder, free_port(), crash_after
        self.raw, self.warehouse, self.log = folder / "raw", folder / "warehouse", folder / "serve.log"
        self.raw.mkdir(parents=True, exist_ok=True)
        (folder / "copydesk.toml").write_text(config, encoding="utf-8")
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def api(self) -> str:
        """Address of Prefect's API."""
        return f"http://127.0.0.1:{self.port}/api"

    @property
    def environ(self) -> dict[str, str]:
        """The environment for this and for runs by hand against its server."""
        paths = [str(ROOT / "src"), str(ROOT), os.environ.get("PYTHONPATH", "")]
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("PREFECT", "COPYDESK"))}
        return kept | {"PYTHONPATH": os.pathsep.join(filter(None, paths))}

    def start(self) -> None:
        """Start it; what it says is added to `log`."""
        command = [sys.executable, "-c", "from etl.cli import main; main()", "serve"]
        options = ["--port", str(self.port), "--crash-after", str(self._crash_after)]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [*command, *options],
                cwd=self.folder,
                env=self.environ,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def interrupt(self) -> int:
        """Ctrl-C; wait until it has ended, and give its exit code."""
        assert self._process is not None, "it was started"
        self._process.send_signal(signal.SIGINT)
        return self._process.wait(timeout=90)

    def kill(self) -> None:
        """End this process by force; its children have to notice."""
        assert self._process is not None, "it was started"
        self._process.kill()
        self._process.wait()

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """What the API answers."""
        request = urllib.request.Request(
            f"{self.api}{path}", json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def runs(self, flow: str = "ingest") -> list[dict[str, Any]]:
        """Runs of a flow that are or were more than scheduled, oldest first."""
        wanted = {"flows": {"name": {"any_": [flow]}}, "flow_runs": {"state": {"type": {"not_any_": ["SCHEDULED"]}}}}
        found: list[dict[str, Any]] = []
        while page := self.post("/flow_runs/filter", wanted | {"sort": "START_TIME_ASC", "offset": len(found)}):
            found += page
        return found

    def artifacts(self, key: str) -> list[dict[str, Any]]:
        """Artifacts of a key, newest first."""
        found = self.post("/artifacts/filter", {"artifacts": {"key": {"any_": [key]}}, "sort": "CREATED_DESC"})
        return list(found)

    def pid_of(self, part: str) -> int:
        """The process of a part (server, runner) that was started last."""
        pids = re.findall(rf"started part={part} pid=(\d+)", self.log.read_text(encoding="utf-8"))
        return int(pids[-1])

    def processes(self, run_id: str = "") -> list[int]:
        """Processes of a run, or all that belong to this: they have its Prefect home in their environment."""
        mark = f"PREFECT__FLOW_RUN_ID={run_id}" if run_id else f"PREFECT_HOME={self.warehouse / 'prefect'}"
        found = []
        for entry in Path("/proc").iterdir():
            with contextlib.suppress(OSError):
                if entry.name.isdecimal() and mark.encode() in (entry / "environ").read_bytes().split(b"\0"):
                    found.append(int(entry.name))
        return sorted(found)


@contextlib.contextmanager
def running(desk: Desk) -> Iterator[Desk]:
    """The desk, started, and ended with all of its processes on leaving."""
    desk.start()
    try:
        yield desk
    finally:
        with contextlib.suppress(subprocess.TimeoutExpired):
            desk.interrupt()
        for pid in desk.processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def wait_for(what: str, ask: Callable[[], T | None], seconds: float = 300) -> T:
    """What `ask` gives once it gives something; requests that fail meanwhile are asked again.

    Raises:
        TimeoutError: nothing came in time.
    """
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with contextlib.suppress(OSError):
            if found := ask():
                return found
        time.sleep(0.25)
    raise TimeoutError(f"waited {seconds:.0f} s for {what}")


_PLACES = ("Halvorsen Sound", "Bracken Ridge", "Tamarin Bay", "Saint Odile", "Wexcombe", "Port Ilario", "Kestrel Flats")
_THINGS = ("ferry", "dam", "quarry", "tramway", "orchard", "library", "causeway", "cannery", "lighthouse", "reservoir")
_DEEDS = (
    "closed for repairs",
    "sold at auction",
    "put under inspection",
    "promised a new roof",
    "spared from the budget",
)
_NAMES = ("Ada Holm", "Bertil Quist", "Carla Moreno", "Dov Lindqvist", "Elsa Tamm", "Farid Osei", "Greta Vance")
_ROLES = ("harbor master", "county engineer", "council member", "union steward", "school superintendent")


def dispatch(number: int, dice: random.Random) -> str:
    """An invented dispatch of some paragraphs with quotations, like no other number's."""
    place, name, other = dice.choice(_PLACES), *dice.sample(_NAMES, 2)
    first = f"{dice.choice(_THINGS).capitalize()} {number} was {dice.choice(_DEEDS)} on Monday."
    lines = [f"{place.upper()} (Copydesk) - {first}"]
    for paragraph in range(dice.randrange(3, 7)):
        thing, deed, count = dice.choice(_THINGS), dice.choice(_DEEDS), dice.randrange(2, 9000)
        lines.append(
            f"The {thing} at {dice.choice(_PLACES)}, which {count} people use in a week, was {deed} in year {number}, "
            f"said {name}, the {dice.choice(_ROLES)}."
        )
        lines.append(f'"We counted {count + paragraph} of them before the {thing} was {deed}," {other} told the board.')
    return "\n\n".join(lines) + "\n"


def deliver(raw: Path, name: str, text: str) -> None:
    """A file into the raw zone as a careful sender does it: written beside, then renamed."""
    path = raw / name
    path.parent.mkdir(parents=True, exist_ok=True)
    (part := path.with_name(f".{path.name}")).write_text(text, encoding="utf-8")
    part.replace(path)


def free_port() -> int:
    """A port with a free one after it."""
    while True:
        with socket.socket() as one, socket.socket() as next_one:
            one.bind(("127.0.0.1", 0))
            with contextlib.suppress(OSError):
                next_one.bind(("127.0.0.1", one.getsockname()[1] + 1))
                return int(one.getsockname()[1])
