"""The story reader: how a row of the tables came out of the delivered text."""

from etl.reader.pages import index_page, story_page
from etl.reader.store import Hit, StoryView, Version, find_stories, load_story

__all__ = ["Hit", "StoryView", "Version", "find_stories", "index_page", "load_story", "story_page"]
