"""One child process of `copydesk serve`, with all that it starts."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Sequence

from flows import LOG

_LONGEST_PAUSE = 60.0
"""Seconds between two starts of a part that keeps ending, at most."""
_LONG_LIFE = 300.0
"""A part that lived for so many seconds is started again at once."""
_GRACE = 30.0
"""Seconds that a part has to end when asked to."""


class Part:
    """A process that is started again when it ends, after a pause that grows while it keeps ending."""

    def __init__(self, name: str, command: Sequence[str], environ: dict[str, str]) -> None:
        """Name it; nothing is started yet."""
        self.name = name
        self._command, self._environ = command, environ
        self._process: subprocess.Popen[bytes] | None = None
        self._born = 0.0
        self._pause = 0.0

    @property
    def is_alive(self) -> bool:
        """True while its process goes on."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start it in a process group of its own: Ctrl-C reaches it through its parent only.

        Its stdin is a pipe that nobody writes to: it is closed when this process ends, however it ends.
        """
        self._process = subprocess.Popen(
            self._command, env=self._environ, stdin=subprocess.PIPE, start_new_session=True
        )
        self._born = time.monotonic()
        LOG.info("started part=%s pid=%d", self.name, self._process.pid)

    def pause(self) -> float:
        """Seconds to wait before it is started again; none before the first start or after a long life."""
        if self._process is None:
            return 0.0
        LOG.warning("ended part=%s code=%s", self.name, self._process.returncode)
        self.kill()
        lived = time.monotonic() - self._born
        self._pause = 0.0 if lived > _LONG_LIFE else min(max(1.0, 2 * self._pause), _LONGEST_PAUSE)
        return self._pause

    def stop(self) -> None:
        """End it and all that it started: by request first, by force after a while."""
        if self._process is None:
            return
        if self.is_alive:
            self._process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(_GRACE)
        self.kill()

    def kill(self) -> None:
        """End it and all that it started, by force; nothing is left to do where it has ended."""
        assert self._process is not None, "it was started"
        assert self._process.stdin is not None, "it is a pipe"
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process.stdin.close()
