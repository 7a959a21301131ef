"""The Prefect server as `copydesk serve` runs it: `python -m flows.server HOST PORT`."""

from __future__ import annotations

import sys

import flows  # sets what Prefect reads at its import
from flows.lifeline import end_with_parent


def main(host: str, port: int) -> None:
    """Serve the API and the UI until told to stop, or until the process that started this one is gone."""
    assert flows.QUIET
    import uvicorn
    from prefect.server.api.server import create_app

    end_with_parent()
    uvicorn.run(create_app(final=True), host=host, port=port, log_level="critical", timeout_keep_alive=5)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
