"""The tables of the lake's internal schema that hold the state of sources; see `sources`."""

_TIME = "TIMESTAMP WITH TIME ZONE"

SOURCE_STATE = {
    "sources": f"CREATE TABLE lake.internal.sources (source VARCHAR NOT NULL, visited_at {_TIME}, "
    f"succeeded_at {_TIME}, next_at {_TIME}, failures INTEGER NOT NULL, problem VARCHAR, memory VARCHAR NOT NULL)",
    "source_items": "CREATE TABLE lake.internal.source_items (source VARCHAR NOT NULL, item VARCHAR NOT NULL, "
    "mark VARCHAR NOT NULL, sha256 VARCHAR, path VARCHAR)",
}
"""CREATE TABLE by name."""
