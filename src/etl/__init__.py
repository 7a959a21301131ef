"""Copydesk: wire copy in, a warehouse out."""

__version__ = "0.1.0"
