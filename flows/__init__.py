"""Prefect flows: orchestration only, a task body is one call into etl.

Prefect reads its settings when it is first imported, so what keeps it quiet and offline is set here. Anything
the user has set already stands. What a flow has to say it says to the logger `copydesk`, in lines of
`what key=value ...`; Prefect's own lines are kept to warnings.
"""

import logging
import os
import sys

QUIET = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_CLOUD_ENABLE_ORCHESTRATION_TELEMETRY": "false",
    # A temporary server on a busy machine takes longer to start than Prefect's default allows.
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
    "PREFECT_LOGGING_LEVEL": "WARNING",
    "PREFECT_LOGGING_EXTRA_LOGGERS": "copydesk",
    "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
    "PREFECT_SERVER_LOGGING_LEVEL": "CRITICAL",
    "PREFECT_CLI_PROMPT": "false",
}
for _name, _value in QUIET.items():
    os.environ.setdefault(_name, _value)

LOG = logging.getLogger("copydesk")
"""Where flows log; Prefect keeps the lines with the run."""
LOG.setLevel(logging.INFO)
LOG.propagate = False  # `python -m flows` has a summary of its own to print
if os.environ.get("COPYDESK_SERVED"):  # set by `copydesk serve`, whose output is the journal of all its processes
    _handler = logging.StreamHandler(sys.stderr)
    _handler.setFormatter(logging.Formatter("%(asctime)s copydesk %(message)s", "%Y-%m-%d %H:%M:%S"))
    LOG.addHandler(_handler)
