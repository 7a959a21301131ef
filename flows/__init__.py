"""Prefect flows: orchestration only, a task body is one call into etl.

Prefect reads its settings when it is first imported, so what keeps it quiet and offline is set here. Anything
the user has set already stands.
"""

import os

QUIET = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_CLOUD_ENABLE_ORCHESTRATION_TELEMETRY": "false",
    # A temporary server on a busy machine takes longer to start than Prefect's default allows.
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
    "PREFECT_LOGGING_LEVEL": "WARNING",
    "PREFECT_SERVER_LOGGING_LEVEL": "CRITICAL",
    "PREFECT_CLI_PROMPT": "false",
}
for _name, _value in QUIET.items():
    os.environ.setdefault(_name, _value)
