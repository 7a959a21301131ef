"""The configuration file, `copydesk.toml`: what it may say, reading it, and an example of it."""

from etl.config.read import FILE_NAME, ConfigError, parse_config, read_config
from etl.config.sections import (
    S3,
    Collecting,
    Config,
    Feed,
    Fetch,
    Folder,
    Http,
    Imap,
    Maintaining,
    Rss,
    Running,
    Schedules,
    Sftp,
    Source,
    SourceKeys,
)

__all__ = [
    "FILE_NAME",
    "S3",
    "Collecting",
    "Config",
    "ConfigError",
    "Feed",
    "Fetch",
    "Folder",
    "Http",
    "Imap",
    "Maintaining",
    "Rss",
    "Running",
    "Schedules",
    "Sftp",
    "Source",
    "SourceKeys",
    "parse_config",
    "read_config",
]
