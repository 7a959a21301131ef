"""Worker processes and the end of their coordinator."""

import os
import subprocess
import sys
import time
from pathlib import Path

COORDINATOR = """
import multiprocessing, os, signal, threading
from concurrent.futures import ProcessPoolExecutor
from etl.ingest.worker import end_with_coordinator

def start():
    threading.Thread(target=end_with_coordinator, daemon=True).start()

if __name__ == "__main__":
    pool = ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), initializer=start)
    print(pool.submit(os.getpid).result(), flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_worker_does_not_outlive_a_killed_coordinator(tmp_path: Path) -> None:
    script = tmp_path / "coordinator.py"
    script.write_text(COORDINATOR)
    environ = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    killed = subprocess.run([sys.executable, str(script)], env=environ, capture_output=True, text=True, timeout=120)
    worker = int(killed.stdout)
    until = time.monotonic() + 60
    while _is_there(worker):
        assert time.monotonic() < until, f"worker {worker} is still there"
        time.sleep(0.05)


def _is_there(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
