"""Children that do not outlive their parent, however it ends: it holds the other end of their stdin."""

from __future__ import annotations

import os
import signal
import threading


def end_with_parent() -> None:
    """Send this process SIGTERM when its stdin is closed."""

    def wait() -> None:
        while os.read(0, 1):  # not sys.stdin, whose lock an interpreter that ends would wait for
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, name="lifeline", daemon=True).start()
