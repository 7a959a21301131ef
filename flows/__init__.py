"""Prefect flows: orchestration only, a task body is one call into etl."""
