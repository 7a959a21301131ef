"""The lake: opening it, loading batches, linking across stories, publishing."""

from etl.lake.commit import Committed, commit_batch, record_deliveries, record_unreadable
from etl.lake.connect import Lake, open_lake
from etl.lake.link import resolve_lake
from etl.lake.location import LakeLocation, embedded, located
from etl.lake.publish import PublishReport, publish
from etl.lake.runs import finish_run, start_run
from etl.lake.transaction import LakeError

__all__ = [
    "Committed",
    "Lake",
    "LakeError",
    "LakeLocation",
    "PublishReport",
    "commit_batch",
    "embedded",
    "finish_run",
    "located",
    "open_lake",
    "publish",
    "record_deliveries",
    "record_unreadable",
    "resolve_lake",
    "start_run",
]
