"""Ingest: what is new in the raw zone, in batches, through the pipeline and into the lake.

The edge of the program: this package lists and reads files, starts processes and commits. The command
line and the flows both call it.
"""
