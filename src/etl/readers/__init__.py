"""Readers: raw bytes to stories, one module a format."""
