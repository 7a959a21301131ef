"""Copydesk: wire copy in, a warehouse out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from etl.notebook import Warehouse, open_warehouse

__version__ = "0.1.0"
__all__ = ["Warehouse", "__version__", "open_warehouse"]


def __getattr__(name: str) -> Any:
    # Every stage imports etl: DuckDB and pandas are loaded only when somebody opens a warehouse.
    if name in {"Warehouse", "open_warehouse"}:
        from etl import notebook

        return getattr(notebook, name)
    raise AttributeError(f"module 'etl' has no attribute {name!r}")
